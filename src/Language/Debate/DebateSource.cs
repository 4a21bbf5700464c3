using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Language.Models;
using Srpo.Language.Questions;
using Srpo.Language.Templates;
using Srpo.Language.Tokenizers;
using Srpo.Learning;
using Srpo.Learning.Devices;
using Srpo.Learning.Methods;

namespace Srpo.Language.Debate;

/// <summary>Debaters: the actors of the environment "debate".</summary>
public sealed class DebateSource : IArchitectureSource
{
    /// <summary>Generated questions of a part whose lengths are looked at before a run begins; of files all are.</summary>
    private const int MostGenerated = 300;

    /// <summary>Makes the environment and its actors known to whoever asks for them by name. Loads nothing.</summary>
    /// <param name="backend">What language models are computed with.</param>
    /// <param name="trained">Models that are trained here before they are used; null for none.</param>
    public static void Register(ICausalModelBackend backend, ITrainedModels? trained = null)
    {
        SharedModels.Use(backend);
        if (trained is not null) SharedModels.Use(trained);
        EnvironmentFactory.Register(DebateRules.Registration);
        ArchitectureRegistry.Register(new DebateSource());
    }

    /// <inheritdoc/>
    public string Environment => DebateRules.Environment;

    /// <inheritdoc/>
    public ActorArchitecture Of(PopulationSpec spec) => DebaterArchitecture.Of(spec);

    /// <inheritdoc/>
    public FrozenPolicy Freeze(AdapterForm adapter, float[] parameters) => DebaterPolicy.Of(adapter, parameters);

    /// <inheritdoc/>
    public IMatchPlayer CreateMatchPlayer(EnvironmentSettings environment) => new DebateMatchPlayer(environment);

    /// <inheritdoc/>
    public IReadOnlyList<SettingsProblem> Problems(PopulationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var (settings, problems) = (spec.Training, new List<SettingsProblem>());
        Method(spec, Add);
        if (settings.Horizon is > DebateRules.MaxRounds) Add("horizon", $"a debate of {settings.Horizon} rounds is too long", $"use a whole number from 1 to {DebateRules.MaxRounds}");
        if (settings.EvaluationSteps != settings.Horizon) Add("evaluationSteps", $"debates are trained with {settings.Horizon} rounds and evaluated with {settings.EvaluationSteps}", $"use {settings.Horizon} for both");
        if (settings.EvaluationActions != ActionChoice.Sampled) Add("evaluationActions", $"how tokens are chosen is a field of the debate", $"leave it out, and use the debate's evaluationTemperature, 0 for the most likely ones");
        if (settings.CriticLearningRate is not null) Add("criticLearningRate", $"critics of language models have a rate of their own", $"use language.criticLearningRate, and leave this one out");
        if (settings.NormaliseValues) Add("normaliseValues", $"critics of language models predict returns as they are", $"use false");
        if (settings.ValueClip is not null) Add("valueClip", $"critics of language models learn from squared errors", $"leave it out");
        if (settings.HuberDelta is not null) Add("huberDelta", $"critics of language models learn from squared errors", $"leave it out");
        switch (DeviceName.TryParseTorch(settings.Device))
        {
            case null:
                Add("learner.device", $"language models do not run on '{settings.Device}'", $"use torch, torch:cpu, torch:cuda or torch:cuda:N");
                break;
            case { Precision: not DevicePrecision.Float32 }:
                Add("learner.device", $"'{settings.Device}' says how numbers are rounded, which for language models language.precision says", $"leave out what follows the +");
                break;
        }

        var rules = DebateRules.Of(spec.Environment);
        if (rules.QuestionPath is { } path && !Path.Exists(path))
            Add("layout", $"the questions of the debate '{rules.Name}' are not there: {path} is no folder or file", $"put train.jsonl and test.jsonl into such a folder, or name rules of your own");
        if (settings.Language is not { } language || language.Model.Length == 0)
        {
            Add("language.model", $"debaters are language models, and none is named", $"name a model's folder, or {SharedModels.TrainedPrefix}NAME for one that is trained first");
            return problems;
        }

        if (problems.TrueForAll(problem => problem.Field == "layout")) Model(spec, language, Add);
        return problems;

        void Add(string field, FormattableString reason, FormattableString remedy) => problems.Add(new(field, FormattableString.Invariant(reason), FormattableString.Invariant(remedy)));
    }

    /// <inheritdoc/>
    public TrainingSettings Prepare(PopulationSpec spec, string folder, Action<double, double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var language = spec.Training.Language ?? throw new SettingsException("language.model", "debaters are language models, and none is named", "name the folder of one");
        var rules = DebateRules.Of(spec.Environment);
        var questions = Questions(rules);
        if (SharedModels.TrainedName(language.Model) is { } name)
        {
            SharedModels.LookIn(folder);
            language = language with { Model = SharedModels.RequireTrained(name).Train(name, folder, progress, cancellation) };
            spec = spec with { Training = spec.Training with { Language = language } };
        }

        cancellation.ThrowIfCancellationRequested();
        var weights = SharedModels.RequireSame(language.Model, language.Weights);
        var problems = Problems(spec);
        if (problems.Count > 0) throw new SettingsException(problems);

        Lengths(rules, questions, language.Model, cancellation);
        return spec.Training with { Language = language with { Model = SharedModels.FolderOf(language.Model), Weights = weights } };
    }

    /// <summary>What cannot be read, and questions that are trained on and tested too, show before any work is spent.</summary>
    /// <returns>The questions for training, validation and tests.</returns>
    private static IQuestionSet[] Questions(DebateRules rules)
    {
        IQuestionSet[] parts = [.. new[] { QuestionSplit.Train, QuestionSplit.Validation, QuestionSplit.Test }.Select(rules.Open)];
        if (parts[0] is QuestionFile)
        {
            if (parts[0].Name == parts[2].Name)
                throw new SrpoException(ErrorKind.Usage, $"{rules.Questions} is one file: what is trained on would be tested too; name a folder with train.jsonl and test.jsonl");
            QuestionSource.RequireApart(parts[0], parts[1]);
            QuestionSource.RequireApart(parts[0], parts[2]);
        }

        return parts;
    }

    /// <summary>Questions that do not fit show before anything is trained on them.</summary>
    private static void Lengths(DebateRules rules, IQuestionSet[] parts, string model, CancellationToken cancellation)
    {
        var folder = SharedModels.FolderOf(model);
        var tokenizer = Tokenizer.Load(folder);
        var template = ChatTemplate.Of(folder, tokenizer);
        foreach (var questions in parts)
        {
            for (var number = 0; number < (questions is QuestionFile ? questions.Count : MostGenerated); number++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (var round = 0; round < 2; round++) DebatePrompts.Make(questions[number], rules, 2, round, "", "", messages => SharedModel.Prompt(template, tokenizer, messages).Length);
            }
        }
    }

    /// <inheritdoc/>
    public ArchitectureCost Cost(PopulationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return DebateCost.Of(spec);
    }

    /// <summary>What the method asks for that debates do not have.</summary>
    private static void Method(PopulationSpec spec, Action<string, FormattableString, FormattableString> add)
    {
        var settings = spec.Training;
        if (spec.Opponents.Count > 0) add("opponents", $"a debate has no seats for opponents", $"leave them out");
        if (spec.Partners.Count > 0) add("partners", $"debaters are not trained with frozen partners", $"leave them out, and use another method");
        if (MethodRegistry.Find(settings.Method) is not { } method) return;
        var seats = new TeamSeats(2, 0);
        var plans = method.Rollouts(settings with { SplitLanes = false }, seats);
        if (method.NeedsPartners || plans.Any(plan => plan.Casting == Casting.RandomPartner || plan.Mirrors.Count > 0))
        {
            add("method", $"{method.Title} seats partners that are no actors, which debates do not have", $"use \"ippo\", \"srpo\", \"self-play\" or \"pure-adversarial\"");
            return;
        }

        if (method.Actors(settings, 2).Any(actor => method.Objective(settings, actor.Kind).Regulariser is not null))
            add("method", $"{method.Title} has a regulariser of its own, with which debaters do not learn", $"use another method");
        var adversary = method.Actors(settings, 2).Where(actor => actor.Kind == ActorKind.Adversary).Select(actor => method.Objective(settings, actor.Kind)).FirstOrDefault();
        if (adversary is null) return;
        if (adversary.Reward == RewardSource.MinusAgentsAdvantage) add("adversary.critic", $"debaters act at different contexts, so no advantage is shared", $"use \"own\"");
        if (adversary is { KlWeight: > 0, Kl: not KlDirection.AdversaryToPolicy })
            add("adversary.kl", $"an adversary pays for the tokens that it draws itself, which is KL(p || pi)", $"use \"adversaryToPolicy\"");
    }

    /// <summary>What is wrong with the model's folder, and what does not fit into its context. A model that is trained first need not be there.</summary>
    private static void Model(PopulationSpec spec, LanguageSettings language, Action<string, FormattableString, FormattableString> add)
    {
        try
        {
            if (SharedModels.TrainedName(language.Model) is { } name)
            {
                var trained = SharedModels.RequireTrained(name);
                if (!SharedModels.IsThere(language.Model))
                {
                    Context(trained.SizeOf(name).MaxPositions);
                    return;
                }
            }

            var config = SharedModels.ConfigOf(language.Model);
            var folder = SharedModels.FolderOf(language.Model);
            foreach (var (file, what) in new[] { ("tokenizer.json", "tokenizer"), ("model.safetensors", "weights") })
            {
                if (File.Exists(Path.Combine(folder, file)) || File.Exists(Path.Combine(folder, file + ".index.json"))) continue;
                add("language.model", $"{folder} has no {file}, which holds the {what}", $"copy or download the folder again");
                return;
            }

            Context(config.MaxPositions);
            var form = DebaterArchitecture.Of(spec).Form;
            var (policy, critic) = SharedModels.Layouts(form);
            if (policy.Length + critic.Length > Array.MaxLength)
                add("language.loraRank", $"policy and critic have {policy.Length + critic.Length} numbers, too many to hold in one vector", $"use {(language.LoraRank == 0 ? "adapters: a rank of at least 1" : "a smaller rank")}");
        }
        catch (Exception error) when (error is SrpoException or ArgumentException or FormatException or IOException or UnauthorizedAccessException)
        {
            var message = SrpoException.MessageOf(error);
            var end = message.LastIndexOf("; ", StringComparison.Ordinal);
            add("language.model", $"{(end > 0 ? message[..end] : message.TrimEnd('.'))}", $"{(end > 0 ? message[(end + 2)..] : "name another folder")}");
        }

        void Context(int positions)
        {
            var rules = DebateRules.Of(spec.Environment);
            if (rules.Context <= positions) return;
            add("language.model", $"the debate '{rules.Name}' needs a context of {rules.Context} tokens, and {ArchitectureRegistry.LabelOf(language.Model)} has {positions}",
                $"use smaller promptTokens, responseTokens and historyTokens, or another model");
        }
    }
}
