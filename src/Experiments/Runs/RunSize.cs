using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;
using Srpo.Learning.Methods;

namespace Srpo.Experiments.Runs;

/// <summary>
/// How much a run is, known before it begins: numbers of what is trained and played, which are exact, and estimates of time, disk and memory,
/// which are rough. Sums are doubles because what a file asks for may be beyond any whole number.
/// </summary>
public sealed record RunSize
{
    /// <summary>Floating-point operations a second of one core in updates and rollouts, where equal observations are computed once and where not; of the machine in docs/performance.md.</summary>
    private const double MergedSpeed = 4e11, PlainSpeed = 1e11;

    /// <summary>Environment steps a second of one core in matches whose policies are tables, and steps beside the networks elsewhere.</summary>
    private const double TableSpeed = 1.2e7, StepSpeed = 4e6;

    /// <summary>What a process needs before it does anything, bytes.</summary>
    private const double BaseMemory = 2e8;

    /// <summary>What is stored of an actor beside its parameters, of a point of a learning curve, of an actor in one, of a pair of runs, and in a report in any case.</summary>
    private const double BytesOfActor = 6500, BytesOfCurvePoint = 400, BytesOfCurveActor = 680, BytesOfPair = 600, BytesOfReport = 1e6;

    /// <summary>What is stored of a round of a debate in a match.</summary>
    private const double BytesOfDebate = 24;

    /// <summary>Memory of a parameter with its moments, copies that are being stored and what is not collected yet; of an actor beside them; of a pair of runs.</summary>
    private const double MemoryOfParameter = 64, MemoryOfActor = 3e5, MemoryOfPair = 1000;

    /// <summary>Seconds that a process, a team and a pair of runs take beside steps: starting, storing, exporting, intervals of the report.</summary>
    private const double SecondsOfStart = 2, SecondsOfTeam = 0.05, SecondsOfPair = 1e-4;

    /// <summary>Teams to train.</summary>
    public double Teams { get; private init; }

    /// <summary>Environment steps of all teams together.</summary>
    public double TrainingSteps { get; private init; }

    /// <summary>Runs that are played each with each.</summary>
    public double Runs { get; private init; }

    /// <summary>Layouts that they are played on, with several opponents each counted once for each.</summary>
    public double Layouts { get; private init; }

    /// <summary>Pairs of runs on all layouts together.</summary>
    public double Pairs { get; private init; }

    /// <summary>Episodes of all pairs together.</summary>
    public double Episodes { get; private init; }

    /// <summary>Environment steps of all episodes together, the most where they end early.</summary>
    public double PlaySteps { get; private init; }

    /// <summary>Bytes of checkpoints, curves and matrices in the data directory when all is done.</summary>
    public double StateBytes { get; private init; }

    /// <summary>Bytes of the outputs: exported checkpoints, tables and the report.</summary>
    public double OutputBytes { get; private init; }

    /// <summary>Bytes of memory, the most at any time, of a process that does all of it.</summary>
    public double MemoryBytes { get; private init; }

    /// <summary>Seconds of one core; cores share the work well as long as there are teams or pairs for each.</summary>
    public double CoreSeconds { get; private init; }

    /// <summary>How long it takes on so many cores.</summary>
    /// <param name="workers">Worker threads.</param>
    public TimeSpan Time(int workers) => TimeSpan.FromSeconds(SecondsOfStart + Math.Min(CoreSeconds / Math.Max(1, workers), TimeSpan.MaxValue.TotalSeconds / 2));

    /// <summary>An experiment from training to report.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="workers">Worker threads.</param>
    public static RunSize Of(Experiment experiment, int workers)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var info = Info(experiment.Environment);
        var trained = experiment.Populations.ToDictionary(population => population.Label, population => Training(experiment.Spec(population, label => label), info, workers), StringComparer.Ordinal);
        var played = Play(
            [.. experiment.Populations.Where(population => population.Evaluate).Select(population => EvaluationCheck.Teams(experiment.Environment, population))],
            experiment.Evaluation.Layouts, experiment.Evaluation.Episodes, experiment.Evaluation.Steps);
        var together = trained.Values.Aggregate(Sum);

        // Populations of one batch are in memory together; grains of earlier ones may still be.
        return Sum(together, played) with
        {
            MemoryBytes = BaseMemory + trained.Values.Sum(each => each.MemoryBytes - BaseMemory) + played.MemoryBytes - BaseMemory,
        };
    }

    /// <summary>One population, trained and no more.</summary>
    /// <param name="spec">The population.</param>
    /// <param name="workers">Worker threads.</param>
    public static RunSize Of(PopulationSpec spec, int workers)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return Training(spec, Info(spec.Environment), workers) with { OutputBytes = 0 };
    }

    /// <summary>Matches of teams that exist, each with each.</summary>
    /// <param name="players">The teams.</param>
    /// <param name="layouts">Where they play.</param>
    /// <param name="episodes">Episodes of a pair.</param>
    /// <param name="length">Steps of an episode.</param>
    public static RunSize Play(IReadOnlyList<EvaluatedTeams> players, IReadOnlyList<EvaluationLayout> layouts, int episodes, int length)
    {
        ArgumentNullException.ThrowIfNull(players);
        ArgumentNullException.ThrowIfNull(layouts);
        double runs = players.Sum(player => (double)player.Teams), pairs = runs * runs, seconds = 0, played = 0, steps = 0;
        var shared = players.All(player => player.Training.UsesOnePolicy());
        if (layouts.Count > 0 && ArchitectureRegistry.Source(layouts[0].Environment.Name) is { } source) return Play(players, layouts, episodes, length, source);
        var parameters = players.Sum(player => (double)player.Teams * ActorShape.For(player.Training, Info(player.Environment)).Policy.ParameterCount) / Math.Max(1, runs);
        foreach (var (info, speed) in layouts.Select(layout => (Info(layout.Environment), SpeedOf(layout.Environment))))
        {
            // An episode that may end early is one; else it is as many steps as are asked for.
            var ofPair = (double)Seatings.Episodes(Seatings.For(info.TeamSeats, shared), info.TeamSeats, episodes);
            var ofEpisode = info.EndsEarly ? Math.Min(length, info.EpisodeLength) : length;
            played += pairs * ofPair;
            steps += pairs * ofPair * ofEpisode;
            seconds += pairs * ofPair * ofEpisode * (info.HasStates ? 1 / TableSpeed : (1 / speed) + (parameters * 2 * (info.TurnBased ? 1 : info.Seats) / PlainSpeed));
        }

        return new RunSize
        {
            Runs = runs,
            Layouts = layouts.Count,
            Pairs = pairs * layouts.Count,
            Episodes = played,
            PlaySteps = steps,
            StateBytes = pairs * layouts.Count * BytesOfPair * 0.6,
            OutputBytes = (pairs * layouts.Count * BytesOfPair * 0.4) + BytesOfReport,
            MemoryBytes = BaseMemory + (pairs * (MemoryOfPair + (layouts.Count * 100))),
            CoreSeconds = seconds + (pairs * layouts.Count * SecondsOfPair),
        };
    }

    private static double SpeedOf(EnvironmentSettings environment) => EnvironmentFactory.Find(environment.Name).StepsPerSecond ?? StepSpeed;

    private static RunSize Training(PopulationSpec spec, EnvironmentInfo info, int workers)
    {
        var (settings, plan) = (spec.Training, TeamPlan.For(spec, info));
        if (ArchitectureRegistry.Source(spec.Environment.Name)?.Cost(spec) is { } cost) return Training(spec, plan, workers, cost);
        var shape = ActorShape.For(settings, info);
        double parameters = shape.ParameterCount, actors = plan.Actors.Count, teams = spec.Teams;
        var steps = (double)plan.StepsPerRound * settings.Iterations;
        var samples = info.TurnBased ? 1 : plan.Agents;
        var flops = parameters * ((samples * ((6.0 * settings.Epochs) + 4)) + (2.0 * info.Seats));
        var points = settings.CurveInterval == 0 ? 0 : 1 + Math.Min(settings.Iterations, (double)settings.Iterations * plan.StepsPerAgent / settings.CurveInterval);
        var curves = points * settings.CurveEpisodes * settings.EvaluationSteps;
        var merged = info.HasStates && !shape.IsRecurrent;
        var (speed, stepSpeed) = merged ? (MergedSpeed, TableSpeed) : (PlainSpeed, SpeedOf(spec.Environment));
        var curveBytes = points * (BytesOfCurvePoint + (BytesOfCurveActor * actors));

        // An observation a sample, or its number, with actions, rewards, values, probabilities and what an update makes of them.
        var rows = (double)settings.Lanes * (settings.Horizon + 1) * plan.Instances.Count * Math.Max(1, samples);
        var round = rows * ((merged ? 4 : 4.0 * (shape.Policy.Inputs + (shape.CentralCritic ? shape.Critic.Inputs : 0))) + 100 + (4.0 * info.Actions)) * 2;
        return new RunSize
        {
            Teams = teams,
            TrainingSteps = teams * steps,
            StateBytes = teams * ((actors * ((24 * parameters) + (4 * parameters * spec.Snapshots.Count) + (BytesOfActor / 2))) + (curveBytes * 0.6)),
            OutputBytes = teams * ((actors * ((12 * parameters) + (BytesOfActor / 2))) + (curveBytes * 0.4)),
            MemoryBytes = BaseMemory + (teams * ((actors * ((MemoryOfParameter * parameters) + (4 * parameters * spec.Snapshots.Count) + MemoryOfActor)) + (points * (100 + (120 * actors))))) + (Math.Min(teams, workers) * (round + (parameters * 40))),
            CoreSeconds = teams * (SecondsOfTeam + (steps * ((flops / speed) + (1 / stepSpeed))) + (curves / stepSpeed)),
        };
    }

    /// <summary>Training of actors that are no networks: what they cost, their source says.</summary>
    private static RunSize Training(PopulationSpec spec, TeamPlan plan, int workers, ArchitectureCost cost)
    {
        double parameters = cost.ParametersOfActor, actors = plan.Actors.Count, teams = spec.Teams;
        var settings = spec.Training;
        var points = settings.CurveInterval == 0 ? 0 : 1 + Math.Min(settings.Iterations, (double)settings.Iterations * plan.StepsPerAgent / settings.CurveInterval);
        return new RunSize
        {
            Teams = teams,
            TrainingSteps = teams * plan.StepsPerRound * settings.Iterations,
            StateBytes = teams * actors * ((24 * parameters) + BytesOfActor),
            OutputBytes = teams * actors * ((12 * parameters) + BytesOfActor),
            MemoryBytes = BaseMemory + cost.SharedBytes + (teams * actors * MemoryOfParameter * parameters) + (Math.Min(teams, workers) * cost.WorkingBytes),
            CoreSeconds = cost.SecondsOfPreparation + (teams * ((settings.Iterations * cost.SecondsOfRound) + (points * settings.CurveEpisodes * cost.SecondsOfEpisode))),
        };
    }

    /// <summary>Matches of actors that are no networks.</summary>
    private static RunSize Play(IReadOnlyList<EvaluatedTeams> players, IReadOnlyList<EvaluationLayout> layouts, int episodes, int length, IArchitectureSource source)
    {
        double runs = players.Sum(player => (double)player.Teams), pairs = runs * runs * layouts.Count;
        var seconds = players.Sum(player => player.Teams * source.Cost(new PopulationSpec { Population = player.Name, Environment = player.Environment, Training = player.Training, Teams = player.Teams }).SecondsOfEpisode);
        return new RunSize
        {
            Runs = runs,
            Layouts = layouts.Count,
            Pairs = pairs,
            Episodes = pairs * episodes,
            PlaySteps = pairs * episodes * length,
            StateBytes = pairs * episodes * length * BytesOfDebate,
            OutputBytes = (pairs * BytesOfPair * 0.4) + BytesOfReport,
            MemoryBytes = BaseMemory + (pairs * (MemoryOfPair + (episodes * length * BytesOfDebate))),
            CoreSeconds = pairs * episodes * seconds / Math.Max(1, runs),
        };
    }

    private static RunSize Sum(RunSize one, RunSize other) => new()
    {
        Teams = one.Teams + other.Teams,
        TrainingSteps = one.TrainingSteps + other.TrainingSteps,
        Runs = one.Runs + other.Runs,
        Layouts = one.Layouts + other.Layouts,
        Pairs = one.Pairs + other.Pairs,
        Episodes = one.Episodes + other.Episodes,
        PlaySteps = one.PlaySteps + other.PlaySteps,
        StateBytes = one.StateBytes + other.StateBytes,
        OutputBytes = one.OutputBytes + other.OutputBytes,
        MemoryBytes = Math.Max(one.MemoryBytes, other.MemoryBytes),
        CoreSeconds = one.CoreSeconds + other.CoreSeconds,
    };

    private static EnvironmentInfo Info(EnvironmentSettings settings) => EnvironmentFactory.Info(settings);
}
