using Srpo.Core.Settings;

namespace Srpo.Client.Experiments;

/// <summary>What to train and what to measure, complete: no file or preset is needed any more.</summary>
internal sealed record Experiment
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

    /// <summary>The spec of a population, for the coordinator.</summary>
    public PopulationSpec Spec(ExperimentPopulation population, string name) => new()
    {
        Population = name,
        Environment = Environment,
        Training = population.Training,
        Teams = population.Seeds,
        Seed = Seed,
        CheckpointInterval = CheckpointInterval,
    };
}

/// <summary>A population of an experiment.</summary>
/// <param name="Label">Its name within the experiment, for example "srpo".</param>
/// <param name="Training">How its teams are trained.</param>
/// <param name="Seeds">Number of teams.</param>
internal sealed record ExperimentPopulation(string Label, TrainingSettings Training, int Seeds);

/// <summary>The evaluation: cross-play of all teams of all populations on each layout.</summary>
/// <param name="Layouts">The layouts.</param>
/// <param name="Episodes">Episodes per pair.</param>
/// <param name="Steps">Steps per episode.</param>
/// <param name="Seed">Seed of the matches.</param>
internal sealed record Evaluation(IReadOnlyList<EvaluationLayout> Layouts, int Episodes, int Steps, ulong Seed);

/// <summary>A layout of the evaluation.</summary>
/// <param name="Name">Name in results: "training" for the layout of training.</param>
/// <param name="Environment">The environment.</param>
internal sealed record EvaluationLayout(string Name, EnvironmentSettings Environment);
