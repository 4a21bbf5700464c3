using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;
using Srpo.Core.Text;
using Srpo.Language.Debate;
using Srpo.Language.Models;
using Srpo.Language.Questions;
using Srpo.Language.Tokenizers;

namespace Srpo.Language.Bases;

/// <summary>How many of a model's texts are of questions of a level.</summary>
/// <param name="Level">A level of <see cref="ArithmeticQuestions"/>.</param>
/// <param name="Share">Its part, above 0; what counts is what it is of the sum of all.</param>
public sealed record QuestionShare(int Level, double Share);

/// <summary>
/// A small model that is trained from random weights on generated questions, so that there is something to debate with where no model can be had: what it is made of, what it reads, and how
/// it learns. Equal recipes give equal models on one machine.
/// </summary>
public sealed record BaseModelRecipe
{
    /// <summary>Rises when the same recipe gives another model than before; counts for <see cref="Hash"/>.</summary>
    private const int Procedure = 1;

    private const int HashDigits = 12;
    private const int MostTokens = 1 << 16;
    private const string Extension = ".json";
    private const string Prefix = "Bases.";

    private static readonly string[] Fields = ["name", "model", "tokenizer", "questions", "texts", "training"];
    private static readonly string[] ModelFields = ["family", "hiddenSize", "intermediateSize", "layers", "heads", "keyValueHeads", "headDim", "initializerRange"];
    private static readonly string[] TokenizerFields = ["kind", "vocabulary", "digits"];
    private static readonly string[] TextFields = ["first", "later", "sums", "quotedRight", "wording", "learnFrom"];
    private static readonly string[] TrainingFields = ["steps", "batchTokens", "learningRate", "warmUp", "weightDecay", "seed"];
    private static readonly string[] Families = ["qwen2", "qwen3", "llama"];
    private static readonly string[] Kinds = ["words", "pairs"];
    private static readonly string[] Wordings = ["short", "full"];
    private static readonly string[] Parts = ["responses", "all"];

    /// <summary>Its name: small letters, digits, points and hyphens, for folders are called by it.</summary>
    public required string Name { get; init; }

    /// <summary>The family of its architecture.</summary>
    public required ModelFamily Family { get; init; }

    /// <summary>Width of a token's state.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the perceptron of a layer.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Heads of queries.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of a head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Standard deviation of its first weights.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>How its vocabulary is made of its texts.</summary>
    public VocabularyKind Vocabulary { get; init; }

    /// <summary>Most tokens of its vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Most digits of a token.</summary>
    public int Digits { get; init; } = 1;

    /// <summary>The levels of its questions.</summary>
    public required IReadOnlyList<QuestionShare> Questions { get; init; }

    /// <summary>Texts of first rounds, a question and its solution; what counts of this and the next two is what each is of their sum.</summary>
    public double First { get; init; } = 1;

    /// <summary>Texts of later rounds, a question, two responses to it, some of them wrong, and its solution.</summary>
    public double Later { get; init; } = 1;

    /// <summary>Texts that are a solution and nothing else.</summary>
    public double Sums { get; init; }

    /// <summary>Probability of each response that a later round quotes of being right.</summary>
    public double QuotedRight { get; init; } = 0.5;

    /// <summary>The words of the prompts.</summary>
    public DebateWording Wording { get; init; } = DebateWording.Short;

    /// <summary>Whether it learns all tokens of its texts; else those of responses alone.</summary>
    public bool LearnsPrompts { get; init; }

    /// <summary>Steps of the optimiser.</summary>
    public required int Steps { get; init; }

    /// <summary>Tokens of a step, about.</summary>
    public required int BatchTokens { get; init; }

    /// <summary>Largest learning rate: it rises to it in <see cref="WarmUp"/> steps, and falls to a tenth of it along a cosine.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Steps in which the learning rate rises.</summary>
    public int WarmUp { get; init; } = 50;

    /// <summary>Weight decay of AdamW.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Seed of weights and texts.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>What names the model that it gives: the first digits of the SHA-256 of all that it says, but its name.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData([(byte)Procedure, .. (this with { Name = "" }).Write()]))[..HashDigits];

    /// <summary>The names of the recipes that the program brings along.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Resources().Order(StringComparer.Ordinal)];

    /// <summary>The model, before its tokenizer is known.</summary>
    /// <param name="vocabulary">Size of the vocabulary.</param>
    /// <param name="end">The token that ends a response.</param>
    /// <param name="padding">The token that fills batches up.</param>
    public ModelConfig Config(int vocabulary, int end, int padding) => new()
    {
        Family = Family,
        VocabSize = vocabulary,
        HiddenSize = HiddenSize,
        IntermediateSize = IntermediateSize,
        Layers = Layers,
        Heads = Heads,
        KeyValueHeads = KeyValueHeads,
        HeadDim = HeadDim,
        InitializerRange = InitializerRange,
        MaxPositions = 1024,
        TieWordEmbeddings = true,
        EosTokenIds = [end],
        PadTokenId = padding,
    };

    /// <summary>The recipe of a name, or of a file.</summary>
    /// <param name="nameOrFile">One of <see cref="Names"/>, or the path of a file that ends in .json.</param>
    /// <param name="resolve">Makes a path absolute; null for paths that are.</param>
    /// <exception cref="SrpoException">There is none, or the file is not valid; the message names field, line and column.</exception>
    public static BaseModelRecipe Find(string nameOrFile, Func<string, string>? resolve = null)
    {
        ArgumentNullException.ThrowIfNull(nameOrFile);
        if (nameOrFile.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || nameOrFile.Contains('/', StringComparison.Ordinal))
        {
            var path = resolve is null ? nameOrFile : resolve(nameOrFile);
            return Parse(UserFile.ReadText(path, "recipe"), path);
        }

        if (!Names.Contains(nameOrFile)) throw new SrpoException(ErrorKind.Usage, $"{NearestName.Unknown("recipe", nameOrFile, Names)} A file of your own is named by its path, ending in {Extension}.");
        using var stream = typeof(BaseModelRecipe).Assembly.GetManifestResourceStream(Prefix + nameOrFile + Extension)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Parse(reader.ReadToEnd(), nameOrFile);
    }

    /// <summary>Reads a recipe.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">How messages name it.</param>
    /// <exception cref="SrpoException">It is not valid; the message names field, line and column.</exception>
    public static BaseModelRecipe Parse(string json, string source)
    {
        try
        {
            return JsonFields.Read(json, "recipe", """{"name": "mine", "model": {"family": "qwen2", ...}, ...}""", Read, source);
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Usage, error.Message, error);
        }
    }

    /// <summary>The recipe as a file.</summary>
    public byte[] Write() => ModelFiles.Write(writer =>
    {
        writer.WriteString("name", Name);
        writer.WriteStartObject("model");
        writer.WriteString("family", Families[(int)Family]);
        foreach (var (field, value) in new[] { ("hiddenSize", HiddenSize), ("intermediateSize", IntermediateSize), ("layers", Layers), ("heads", Heads), ("keyValueHeads", KeyValueHeads), ("headDim", HeadDim) })
            writer.WriteNumber(field, value);
        writer.WriteNumber("initializerRange", InitializerRange);
        writer.WriteEndObject();
        writer.WriteStartObject("tokenizer");
        writer.WriteString("kind", Kinds[(int)Vocabulary]);
        writer.WriteNumber("vocabulary", VocabularySize);
        writer.WriteNumber("digits", Digits);
        writer.WriteEndObject();
        writer.WriteStartArray("questions");
        foreach (var (level, share) in Questions)
        {
            writer.WriteStartObject();
            writer.WriteNumber("level", level);
            writer.WriteNumber("share", share);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("texts");
        foreach (var (field, value) in new[] { ("first", First), ("later", Later), ("sums", Sums), ("quotedRight", QuotedRight) }) writer.WriteNumber(field, value);
        writer.WriteString("wording", Wording.Name);
        writer.WriteString("learnFrom", Parts[LearnsPrompts ? 1 : 0]);
        writer.WriteEndObject();
        writer.WriteStartObject("training");
        writer.WriteNumber("steps", Steps);
        writer.WriteNumber("batchTokens", BatchTokens);
        writer.WriteNumber("learningRate", LearningRate);
        writer.WriteNumber("warmUp", WarmUp);
        writer.WriteNumber("weightDecay", WeightDecay);
        writer.WriteNumber("seed", Seed);
        writer.WriteEndObject();
    });

    private static BaseModelRecipe Read(JsonObjectValue root)
    {
        JsonFields.RequireKnown(root, "", Fields);
        var name = JsonFields.Text(JsonFields.Required(root, "name", "\"mine\""), "name");
        if (name.Length > 64 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.') || !char.IsAsciiLetterOrDigit(name[0]))
            throw JsonFields.Wrong("name", $"must be at most 64 small letters, digits, points and hyphens, the first a letter or digit, not {JsonFields.Quote(root["name"]!)}");
        var (model, tokenizer, texts, training) = (new Part(root, "model", ModelFields), new Part(root, "tokenizer", TokenizerFields), new Part(root, "texts", TextFields), new Part(root, "training", TrainingFields));
        var (hidden, heads) = (model.Whole("hiddenSize", 1, 1 << 14), model.Whole("heads", 1, 1 << 8));
        var keyValueHeads = model.Whole("keyValueHeads", 1, 1 << 8, heads);
        if (heads % keyValueHeads != 0) throw JsonFields.Wrong("model.keyValueHeads", $"must divide heads, which is {heads}; it is {keyValueHeads}");
        var headDim = model.Whole("headDim", 2, 1 << 10, Math.Max(2, hidden / heads));
        if (headDim % 2 != 0) throw JsonFields.Wrong("model.headDim", $"must be even, since rotary positions turn pairs of numbers; it is {headDim}");
        var recipe = new BaseModelRecipe
        {
            Name = name,
            Family = (ModelFamily)model.Word("family", Families, null),
            HiddenSize = hidden,
            IntermediateSize = model.Whole("intermediateSize", 1, 1 << 16),
            Layers = model.Whole("layers", 1, 1 << 8),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadDim = headDim,
            InitializerRange = model.Number("initializerRange", 0, 10, 0.02),
            Vocabulary = (VocabularyKind)tokenizer.Word("kind", Kinds, Kinds[0]),
            VocabularySize = tokenizer.Whole("vocabulary", 256 + BaseModelText.SpecialTokens.Count, MostTokens),
            Digits = tokenizer.Whole("digits", 1, 9, 1),
            Questions = Shares(root),
            First = texts.Number("first", 0, 1e6, 1),
            Later = texts.Number("later", 0, 1e6, 1),
            Sums = texts.Number("sums", 0, 1e6, 0),
            QuotedRight = texts.Number("quotedRight", 0, 1, 0.5),
            Wording = texts.Word("wording", Wordings, Wordings[0]) == 0 ? DebateWording.Short : DebateWording.Full,
            LearnsPrompts = texts.Word("learnFrom", Parts, Parts[0]) == 1,
            Steps = training.Whole("steps", 1, 10_000_000),
            BatchTokens = training.Whole("batchTokens", 1, 1 << 20),
            LearningRate = training.Number("learningRate", 0, 10, null),
            WarmUp = training.Whole("warmUp", 0, 1_000_000, 50),
            WeightDecay = training.Number("weightDecay", 0, 10, 0.01),
            Seed = training.Seed("seed"),
        };
        return recipe.First + recipe.Later + recipe.Sums > 0 ? recipe : throw JsonFields.Wrong("texts", $"first, later and sums are all 0; use a share above 0 for one of them");
    }

    private static List<QuestionShare> Shares(JsonObjectValue root)
    {
        var items = JsonFields.Elements(JsonFields.Required(root, "questions", """[{"level": 2, "share": 1}]"""), "questions");
        if (items.Count == 0) throw JsonFields.Wrong("questions", $"must not be empty; write for example [{{\"level\": 2, \"share\": 1}}]");
        var shares = new List<QuestionShare>();
        for (var i = 0; i < items.Count; i++)
        {
            var part = new Part(items[i], JsonFields.Indexed("questions", i), ["level", "share"]);
            shares.Add(new QuestionShare(part.Whole("level", 1, ArithmeticQuestions.Levels), part.Number("share", 0, 1e6, 1, above: true)));
        }

        return shares;
    }

    private static IEnumerable<string> Resources() => typeof(BaseModelRecipe).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal)).Select(name => name[Prefix.Length..^Extension.Length]);

    /// <summary>The fields of an object within a recipe.</summary>
    private sealed class Part
    {
        private readonly JsonObjectValue _item;
        private readonly string _prefix;

        public Part(JsonObjectValue root, string field, string[] known)
            : this(JsonFields.Required(root, field, "{ ... }"), field, known)
        {
        }

        public Part(JsonValue item, string field, string[] known)
        {
            (_item, _prefix) = (item as JsonObjectValue ?? throw JsonFields.Wrong(field, $"must be an object, not {JsonFields.Quote(item)}"), field + ".");
            JsonFields.RequireKnown(_item, _prefix, known);
        }

        public int Whole(string field, int low, int high, int? missing = null) =>
            Find(field, missing is not null, string.Create(CultureInfo.InvariantCulture, $"{low}")) is { } value ? JsonFields.Whole(value, _prefix + field, low, high) : missing!.Value;

        public double Number(string field, double low, double high, double? missing, bool above = false)
        {
            if (Find(field, missing is not null, "0.001") is not { } value) return missing!.Value;
            var number = JsonFields.Number(value, _prefix + field);
            return number >= low && number <= high && !(above && number == low)
                ? number
                : throw JsonFields.Wrong(_prefix + field, $"must be {(above ? "above" : "at least")} {low} and at most {high}, not {JsonFields.Quote(value)}");
        }

        public int Word(string field, string[] words, string? missing)
        {
            var word = Find(field, missing is not null, $"\"{words[0]}\"") is { } value ? JsonFields.Text(value, _prefix + field) : missing!;
            return Array.IndexOf(words, word) is var index and >= 0 ? index : throw new JsonFieldException(_prefix + field, $"{_prefix}{field}: {NearestName.Unknown("word", word, words)}");
        }

        public ulong Seed(string field) => _item[field] switch
        {
            null => 1,
            JsonNumberValue number when ulong.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) => seed,
            var value => throw JsonFields.Wrong(_prefix + field, $"must be a whole number from 0, not {JsonFields.Quote(value)}"),
        };

        private JsonValue? Find(string field, bool optional, string example) =>
            _item[field] ?? (optional ? null : throw JsonFields.Wrong(_prefix + field, $"is missing; write for example {example}"));
    }
}
