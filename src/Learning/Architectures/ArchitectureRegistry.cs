using System.Collections.Concurrent;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning;

/// <summary>
/// What actors are made of, by environment: networks, or graphs where these were imported, unless another room has said that it makes the actors of an environment. Thread-safe.
/// </summary>
public static class ArchitectureRegistry
{
    /// <summary>What the names of models begin with that a run trains itself before its populations; all others are folders.</summary>
    public const string TrainedModel = "trained:";

    /// <summary>Hexadecimal digits at the end of the folders of models that runs have trained.</summary>
    private const int HashDigits = 12;

    private static readonly ConcurrentDictionary<string, IArchitectureSource> Sources = new(StringComparer.Ordinal);

    /// <summary>Takes the source of an environment's actors. The first that is given counts.</summary>
    /// <param name="source">The source.</param>
    public static void Register(IArchitectureSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Sources.TryAdd(source.Environment, source);
    }

    /// <summary>Who makes an environment's actors; null for networks.</summary>
    /// <param name="environment">Name of the environment.</param>
    public static IArchitectureSource? Source(string environment) => Sources.GetValueOrDefault(environment);

    /// <summary>What a model is called where people read it: the last part of its path, without the hash of a model that a run has trained.</summary>
    /// <param name="model">The model as settings name it.</param>
    public static string LabelOf(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.StartsWith(TrainedModel, StringComparison.Ordinal)) return model[TrainedModel.Length..];
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(model)) is { Length: > 0 } last ? last : model;
        var dash = name.LastIndexOf('-');
        return dash > 0 && name.Length - dash - 1 == HashDigits && name.AsSpan(dash + 1).IndexOfAnyExcept("0123456789abcdef") < 0 ? name[..dash] : name;
    }

    /// <summary>The architecture of a population's actors.</summary>
    /// <param name="spec">A valid spec.</param>
    /// <exception cref="SettingsException">There is none for these settings.</exception>
    /// <exception cref="ArgumentException">The environment does not offer the observation encoding.</exception>
    public static ActorArchitecture Of(PopulationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return Source(spec.Environment.Name)?.Of(spec) ?? GraphArchitecture.Of(spec) ?? ScriptedArchitecture.Of(spec) ?? (ActorArchitecture)new NetworkArchitecture(ActorShape.For(spec.Training, EnvironmentFactory.Info(spec.Environment)));
    }

    /// <summary>What keeps a population from being trained, besides what every method and environment refuses; none if it can.</summary>
    /// <param name="spec">A spec, valid in itself.</param>
    public static IReadOnlyList<SettingsProblem> Problems(PopulationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (Source(spec.Environment.Name) is { } source) return source.Problems(spec);
        return spec.Training.Language is null ? [] : [new("language", $"agents in {spec.Environment.Name} are networks that observe numbers", "leave it out, or use the environment debate")];
    }

    /// <summary>Plays matches in an environment.</summary>
    /// <param name="environment">The environment.</param>
    public static IMatchPlayer CreateMatchPlayer(EnvironmentSettings environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return Source(environment.Name)?.CreateMatchPlayer(environment) ?? new MatchPlayer(environment, CpuDevice.Default);
    }
}

/// <summary>Makes the actors of an environment that networks cannot play. Thread-safe.</summary>
public interface IArchitectureSource
{
    /// <summary>Name of the environment.</summary>
    string Environment { get; }

    /// <summary>The architecture of a population's actors.</summary>
    /// <param name="spec">A spec without <see cref="Problems"/>.</param>
    ActorArchitecture Of(PopulationSpec spec);

    /// <summary>What keeps a population from being trained; none if it can. Quick: nothing large is read.</summary>
    /// <param name="spec">A spec, valid in itself.</param>
    IReadOnlyList<SettingsProblem> Problems(PopulationSpec spec);

    /// <summary>A policy that plays and does not learn.</summary>
    /// <param name="adapter">What it is made of, as messages say it.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <exception cref="ArgumentException">They do not fit each other.</exception>
    FrozenPolicy Freeze(AdapterForm adapter, float[] parameters);

    /// <summary>Plays matches.</summary>
    /// <param name="environment">The environment.</param>
    IMatchPlayer CreateMatchPlayer(EnvironmentSettings environment);

    /// <summary>What a population costs, known before anything is made ready or trained; rough.</summary>
    /// <param name="spec">A spec without <see cref="Problems"/>.</param>
    ArchitectureCost Cost(PopulationSpec spec);

    /// <summary>
    /// Makes ready what a population stands on, and says with what settings it is then trained: with the folder of a model that was trained for it, and
    /// with the hash of its files. Called before a run begins, for populations of different models at the same time.
    /// </summary>
    /// <param name="spec">The population.</param>
    /// <param name="folder">Where what is made is kept for other runs; it need not exist.</param>
    /// <param name="progress">Told how much is done, from 0 to 1, and how many tokens a second.</param>
    /// <param name="cancellation">Ends it; what is not complete is left out.</param>
    /// <exception cref="Core.Errors.SrpoException">It cannot be had.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    TrainingSettings Prepare(PopulationSpec spec, string folder, Action<double, double> progress, CancellationToken cancellation);
}

/// <summary>What a population of an architecture costs; rough.</summary>
/// <param name="ParametersOfActor">Numbers that learn in an actor.</param>
/// <param name="SecondsOfRound">Seconds of one core, or of the device, that a team's round takes.</param>
/// <param name="SecondsOfEpisode">The same of an episode of a match, and of one on a learning curve.</param>
/// <param name="SecondsOfPreparation">The same of what is made ready once for all populations of the same model.</param>
/// <param name="SharedBytes">Memory that all teams of the same model share.</param>
/// <param name="WorkingBytes">Memory beside it of a team at work.</param>
/// <param name="Preparation">What is made ready, so that it counts once; empty for nothing.</param>
public sealed record ArchitectureCost(
    double ParametersOfActor, double SecondsOfRound, double SecondsOfEpisode, double SecondsOfPreparation, double SharedBytes, double WorkingBytes, string Preparation);

/// <summary>An adapter on weights that every silo has: what messages say of such a policy.</summary>
/// <param name="Environment">Name of the environment that it plays in.</param>
/// <param name="Model">The model as settings name it.</param>
/// <param name="Weights">SHA-256 of its files.</param>
/// <param name="Rank">Rank of the adapter; 0 for a copy of all weights.</param>
/// <param name="Alpha">Its alpha.</param>
/// <param name="Precision">How numbers are rounded.</param>
/// <param name="Device">Where it computes.</param>
public sealed record AdapterForm(string Environment, string Model, string Weights, int Rank, double Alpha, LanguagePrecision Precision, string Device);
