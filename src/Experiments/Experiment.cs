using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Plugins;

namespace Srpo.Experiments;

/// <summary>What to train and what to measure, complete: no file or preset is needed any more.</summary>
public sealed record Experiment
{
    /// <summary>Name of the experiment; runs are called NAME-1, NAME-2, ...</summary>
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public string Title { get; init; } = "";

    /// <summary>The environment of training.</summary>
    public required EnvironmentSettings Environment { get; init; }

    /// <summary>Seed of training.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Rounds between checkpoints.</summary>
    public int CheckpointInterval { get; init; } = 250;

    /// <summary>The populations, in the order of reports.</summary>
    public required IReadOnlyList<ExperimentPopulation> Populations { get; init; }

    /// <summary>How the populations are measured.</summary>
    public required Evaluation Evaluation { get; init; }

    /// <summary>Labels of the evaluated populations whose comparison opens the report; empty to choose by their roles.</summary>
    public IReadOnlyList<string> Headline { get; init; } = [];

    /// <summary>The plug-ins that it needs, and where they were; null for none.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PluginFile>? Plugins { get; init; }

    /// <summary>The spec of a population, for the coordinator.</summary>
    /// <param name="population">One of <see cref="Populations"/>.</param>
    /// <param name="nameOf">The name under which a population of this experiment is known, by its label.</param>
    public PopulationSpec Spec(ExperimentPopulation population, Func<string, string> nameOf) => new()
    {
        Population = nameOf(population.Label),
        Environment = Environment,
        Training = population.Training,
        Teams = population.Seeds,
        Seed = Seed,
        CheckpointInterval = CheckpointInterval,
        Opponents = [.. population.Opponents.Select(reference => reference.Policy(nameOf))],
        Partners = population.Partners is { } label ? PartnerPool.Policies(Population(label), nameOf) : [],
        Plugins = LoadedPlugins.NeededBy(Environment.Name, population.Training.Method),
        Snapshots = Populations.Any(other => other.Partners == population.Label) ? PartnerPool.Snapshots(population.Training.Iterations) : [],
    };

    /// <summary>The population with a label; loading has made sure that it exists.</summary>
    public ExperimentPopulation Population(string label) => Populations.First(population => population.Label == label);
}

/// <summary>A plug-in that an experiment needs.</summary>
/// <param name="Plugin">Name, version and hash.</param>
/// <param name="Typed">Its file as the experiment or the command line named it.</param>
/// <param name="File">The same, absolute.</param>
public sealed record PluginFile(PluginReference Plugin, string Typed, string File)
{
    /// <summary>Of an environment in Python the files that it is made of, see <see cref="LoadedPlugin.Sources"/>; null of an assembly.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>Of a plug-in that is loaded.</summary>
    /// <param name="plugin">The plug-in.</param>
    public static PluginFile Of(LoadedPlugin plugin)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        return new PluginFile(plugin.Reference, plugin.Typed, plugin.File) { Sources = plugin.Sources };
    }

    /// <inheritdoc/>
    public bool Equals(PluginFile? other) =>
        other is not null && Plugin == other.Plugin && Typed == other.Typed && File == other.File && (Sources ?? []).SequenceEqual(other.Sources ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Plugin, Typed, File);
}

/// <summary>A population of an experiment.</summary>
/// <param name="Label">Its name within the experiment, for example "srpo".</param>
/// <param name="Training">How its teams are trained.</param>
/// <param name="Seeds">Number of teams.</param>
public sealed record ExperimentPopulation(string Label, TrainingSettings Training, int Seeds)
{
    /// <summary>Whether its teams take part in the evaluation; those that are only opponents or partners do not.</summary>
    public bool Evaluate { get; init; } = true;

    /// <summary>Frozen agents in the seats after the team's, one per seat; empty where whoever sits there learns too.</summary>
    public IReadOnlyList<AgentReference> Opponents { get; init; } = [];

    /// <summary>Label of the population that makes the pool of frozen partners; null for none.</summary>
    public string? Partners { get; init; }

    /// <summary>Paths of the training settings that the command line changed from what the experiment's file says; they are part of its name in reports.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>Labels of the populations that must be trained before this one.</summary>
    public IEnumerable<string> Needs() => Opponents.Select(reference => reference.Population).Concat(Partners is { } pool ? [pool] : []).Distinct();
}

/// <summary>An agent of another population of the same experiment, as it is at the end of its training.</summary>
/// <param name="Population">Label of the population.</param>
/// <param name="Team">The team, from 0.</param>
/// <param name="Seat">The seat that it was trained for.</param>
/// <param name="Round">The last round of its training.</param>
public sealed record AgentReference(string Population, int Team, int Seat, int Round)
{
    /// <summary>Population and team, as an experiment names them.</summary>
    public string Name() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Population}/{Team}");

    /// <summary>The policy in grains.</summary>
    public PolicyReference Policy(Func<string, string> nameOf) => new(GrainKeys.Seat(nameOf(Population), Team, Seat), Round);
}

/// <summary>The evaluation: cross-play of all teams of all evaluated populations on each layout.</summary>
/// <param name="Layouts">The layouts, with several opponents one entry for each.</param>
/// <param name="Episodes">Episodes per pair.</param>
/// <param name="Steps">Steps per episode.</param>
/// <param name="Seed">Seed of the matches.</param>
public sealed record Evaluation(IReadOnlyList<EvaluationLayout> Layouts, int Episodes, int Steps, ulong Seed);

/// <summary>A layout of the evaluation.</summary>
/// <param name="Name">Name in results: "training" for the layout and the opponents of training.</param>
/// <param name="Environment">The environment.</param>
public sealed record EvaluationLayout(string Name, EnvironmentSettings Environment)
{
    /// <summary>Frozen agents in the seats after the team's, one per seat.</summary>
    public IReadOnlyList<AgentReference> Opponents { get; init; } = [];

    /// <summary>How everybody acts.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public ActionChoice Actions { get; init; }

    /// <summary>The layout's name without opponents; null where <see cref="Name"/> is that.</summary>
    public string? Base { get; init; }

    /// <summary>Whether the teams did not train against these opponents.</summary>
    public bool UnseenOpponents { get; init; }
}
