using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Json;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Environments;
using Srpo.Language.Questions;
using Srpo.Learning.Devices;

namespace Srpo.Language.Debate;

/// <summary>
/// The rules of a debate as a JSON text, for example <c>{"name": "mine", "questions": "arithmetic:level=2", "responseTokens": 64}</c>: all but its questions may be left out. How many
/// rounds it has is a setting of training and of evaluations.
/// </summary>
public sealed record DebateRules
{
    /// <summary>Name of the environment.</summary>
    public const string Environment = "debate";

    /// <summary>Most rounds: the draws of independent answers need as many numbers again.</summary>
    public const int MaxRounds = 40;

    private const int MaxTokens = 1 << 20;
    private const int MaxHistory = 1 << 22;
    private const string QuestionsInFile = "gsm8k:";

    private static readonly string[] Known = ["kind", "name", "questions", "promptTokens", "responseTokens", "historyTokens", "wording", "reward", "evaluationTemperature"];
    private static readonly DebateWording[] Wordings = [DebateWording.Full, DebateWording.Short];
    private static readonly string[] Rewards = ["strict", "flexible"];

    private static readonly DebateRules[] BuiltIn =
    [
        Generated(1, 192, 32, 320), Generated(2, 192, 32, 320), Generated(3, 256, 56, 480), Generated(4, 320, 80, 640), Generated(5, 384, 112, 832), Generated(6, 384, 160, 1024),
        Generated(7, 192, 32, 320), new() { Name = "gsm8k", Questions = QuestionsInFile + "gsm8k" },
    ];

    /// <summary>Names of the rules that come with the program: a level of generated questions each, in few words, and the paper's with GSM8K in a folder of that name where the program is called.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. BuiltIn.Select(rules => rules.Name)];

    /// <summary>The fields of a definition with what they mean, in the order in which people see them.</summary>
    public static IReadOnlyList<(string Field, string Values, string Default, string Description)> Fields { get; } =
    [
        ("questions", "arithmetic:level=N, or gsm8k:PATH", "must be given", "What is debated. A path is relative to the file that it stands in."),
        ("promptTokens", "whole number, 8 to 1048576", "2048", "Most tokens of a first round's prompt."),
        ("responseTokens", "whole number, 1 to 1048576", "512", "Most tokens of a response."),
        ("historyTokens", "whole number, 16 to 4194304", "4096", "Most tokens of a later round's prompt and response together; earlier responses are cut to fit, their ends are kept."),
        ("wording", "\"full\", \"short\"", "\"full\"", "Words of the prompts: full instructions, or a few marks for tiny models that are trained on them."),
        ("reward", "\"strict\", \"flexible\"", "\"strict\"", "Which number of a response is rewarded: the one after ####, or without marks the last one."),
        ("evaluationTemperature", "number at least 0 and at most 100", "1", "What logits are divided by in validation and matches; 0 takes the most likely token."),
    ];

    /// <summary>The environment, as it can be asked for.</summary>
    public static EnvironmentRegistration Registration { get; } = new(
        Environment, "debate", typeof(DebateSession), Names, name => Load(name).ToJson(),
        (_, _, _, _) => throw new ArgumentException("a debate is held by language models and is not played step by step"))
    {
        IsStepped = false,
        Presets = [new("debate", "Debates as in the authors' configuration, 256 questions an update; name a model as language.model.", Names[1], Training)],
        Describe = (text, label, file) => Parse(text, label, file).Info,
        Complete = (text, label, file) => file is not null && Parse(text, label, file) is var rules && rules.Questions.StartsWith(QuestionsInFile, StringComparison.Ordinal) ? rules.ToJson() : text,
    };

    private static TrainingSettings Training => new()
    {
        Method = "",
        SharePolicy = true,
        Entropy = 0.001,
        Iterations = 200,
        Lanes = 256,
        Horizon = 3,
        EvaluationSteps = 3,
        Epochs = 1,
        Minibatches = 3,
        Discount = 1,
        GaeLambda = 1,
        LearningRate = 1e-6,
        MaxGradientNorm = 1,
        Adversary = new AdversarySettings { Kl = KlDirection.AdversaryToPolicy, Entropy = 0.05 },
        CurveInterval = 20 * 256 * 3,
        CurveEpisodes = 256,
        Device = DeviceName.Torch,
        Language = new LanguageSettings(),
    };

    /// <summary>Label, not empty.</summary>
    public string Name { get; init; } = "custom";

    /// <summary>Where questions come from, see <see cref="QuestionSource"/>; a path is absolute.</summary>
    public required string Questions { get; init; }

    /// <summary>Most tokens of a first round's prompt.</summary>
    public int PromptTokens { get; init; } = 2048;

    /// <summary>Most tokens of a response.</summary>
    public int ResponseTokens { get; init; } = 512;

    /// <summary>Most tokens of a later round's prompt and response together.</summary>
    public int HistoryTokens { get; init; } = 4096;

    /// <summary>The words of the prompts.</summary>
    public DebateWording Wording { get; init; } = DebateWording.Full;

    /// <summary>Which number of a response is rewarded.</summary>
    public AnswerRule Reward { get; init; } = AnswerRule.Strict;

    /// <summary>What logits are divided by in validation and matches; 0 takes the most likely token.</summary>
    public double EvaluationTemperature { get; init; } = 1;

    /// <summary>Folder or file of the questions, absolute; null where they are generated.</summary>
    public string? QuestionPath => Questions.StartsWith(QuestionsInFile, StringComparison.Ordinal) ? Questions[QuestionsInFile.Length..] : null;

    /// <summary>Most tokens of a prompt and its response.</summary>
    public int Context => Math.Max(PromptTokens + ResponseTokens, HistoryTokens);

    /// <summary>Sizes and names. There are no observations: what stands for their length is 1, so that plans of teams can be made.</summary>
    public EnvironmentInfo Info => new(Environment, Name, 2, 2, 1, 0, [1, 1, 1, 1], ["answers", "is silent"]) { SharedReward = true };

    /// <summary>Rules that come with the program.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There are no such rules; the message lists the known ones and the nearest.</exception>
    public static DebateRules Load(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Array.Find(BuiltIn, rules => rules.Name == name) is not { } known) throw new ArgumentException(NearestName.Unknown("debate", name, [.. Names]), nameof(name));
        return known.Questions.StartsWith(QuestionsInFile, StringComparison.Ordinal) ? known with { Questions = QuestionsInFile + Path.GetFullPath(known.Questions[QuestionsInFile.Length..]) } : known;
    }

    /// <summary>The rules of an environment's settings.</summary>
    /// <param name="settings">The settings; without a definition the variant is one of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There are no such rules.</exception>
    /// <exception cref="FormatException">The definition is wrong.</exception>
    public static DebateRules Of(EnvironmentSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Definition is { } text ? Parse(text, settings.Variant) : Load(settings.Variant);
    }

    /// <summary>Reads the JSON text; comments and trailing commas are allowed.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">The name where the text gives none.</param>
    /// <param name="file">The file that the text came from, for messages, and for paths that are relative to it; or null.</param>
    /// <exception cref="FormatException">The text is wrong; the message names the file, the field, its range and what was found.</exception>
    public static DebateRules Parse(string json, string name = "custom", string? file = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(name);
        return JsonFields.Read(json, "debate", """{ "questions": "arithmetic:level=2" }""", root => Read(root, name, file), file);
    }

    /// <summary>Writes the JSON text that <see cref="Parse"/> reads back, with every field.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", Environment);
            writer.WriteString("name", Name);
            writer.WriteString("questions", Questions);
            writer.WriteNumber("promptTokens", PromptTokens);
            writer.WriteNumber("responseTokens", ResponseTokens);
            writer.WriteNumber("historyTokens", HistoryTokens);
            writer.WriteString("wording", Wording.Name);
            writer.WriteString("reward", Rewards[(int)Reward]);
            writer.WriteNumber("evaluationTemperature", EvaluationTemperature);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Opens a part of the questions.</summary>
    /// <param name="split">The part.</param>
    /// <exception cref="SrpoException">A file is not there, or is wrong.</exception>
    public IQuestionSet Open(QuestionSplit split) => QuestionSource.Open(Questions, split);

    private static DebateRules Generated(int level, int prompt, int response, int history) => new()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"arithmetic-{level}"),
        Questions = string.Create(CultureInfo.InvariantCulture, $"arithmetic:level={level}"),
        PromptTokens = prompt,
        ResponseTokens = response,
        HistoryTokens = history,
        Wording = DebateWording.Short,
    };

    private static DebateRules Read(JsonObjectValue root, string name, string? file)
    {
        JsonFields.RequireKnown(root, "", Known);
        if (root["kind"] is { } kind && JsonFields.Text(kind, "kind") != Environment)
            throw JsonFields.Wrong("kind", $"must be \"{Environment}\", not {JsonFields.Quote(kind)}");
        var written = JsonFields.Text(JsonFields.Required(root, "questions", "\"arithmetic:level=2\""), "questions");
        var rules = new DebateRules
        {
            Name = JsonFields.OptionalText(root, "name") ?? name,
            Questions = Absolute(written, file),
            PromptTokens = Whole("promptTokens", 8, MaxTokens, 2048),
            ResponseTokens = Whole("responseTokens", 1, MaxTokens, 512),
            HistoryTokens = Whole("historyTokens", 16, MaxHistory, 4096),
            Wording = Wordings[Word("wording", [.. Wordings.Select(wording => wording.Name)])],
            Reward = (AnswerRule)Word("reward", Rewards),
            EvaluationTemperature = root["evaluationTemperature"] is { } temperature ? Temperature(temperature) : 1,
        };
        if (rules.PromptTokens + (long)rules.ResponseTokens <= rules.HistoryTokens) return rules;
        var least = rules.PromptTokens + (long)rules.ResponseTokens;
        throw JsonFields.Wrong(
            root["historyTokens"] is null ? root["promptTokens"] is null ? "responseTokens" : "promptTokens" : "historyTokens",
            $"historyTokens is {rules.HistoryTokens}, which holds no prompt of {rules.PromptTokens} and response of {rules.ResponseTokens} tokens; use historyTokens of at least {least}, or smaller promptTokens and responseTokens");

        int Whole(string field, int low, int high, int missing) => root[field] is { } value ? JsonFields.Whole(value, field, low, high) : missing;

        int Word(string field, string[] words)
        {
            if (JsonFields.OptionalText(root, field) is not { } word) return 0;
            var index = Array.IndexOf(words, word);
            return index >= 0 ? index : throw JsonFields.Wrong(field, $"'{word}' is not known; use one of {string.Join(", ", words)}");
        }

        static double Temperature(JsonValue value)
        {
            const string field = "evaluationTemperature";
            var number = JsonFields.Number(value, field);
            return number is >= 0 and <= 100 ? number : throw JsonFields.Wrong(field, $"must be at least 0 and at most 100, not {JsonFields.Quote(value)}");
        }
    }

    private static string Absolute(string questions, string? file)
    {
        try
        {
            // Generated questions are there at once; files are opened where they are needed.
            if (!questions.StartsWith(QuestionsInFile, StringComparison.Ordinal) || questions.Length == QuestionsInFile.Length)
            {
                QuestionSource.Open(questions, QuestionSplit.Train);
                return questions;
            }
        }
        catch (SrpoException error)
        {
            throw JsonFields.Wrong("questions", $"{error.Message}");
        }

        var path = questions[QuestionsInFile.Length..];
        if (Path.IsPathFullyQualified(path)) return questions;
        return file is null
            ? throw JsonFields.Wrong("questions", $"'{path}' is relative to nothing; write the whole path")
            : QuestionsInFile + Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(file))!);
    }
}
