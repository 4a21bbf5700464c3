using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Games;
using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Methods;
using Srpo.Reporting.Equilibria;

namespace Srpo.Experiments.Equilibria;

/// <summary>Holds what the teams of a run on a matrix game learned against the equilibria that the solver finds.</summary>
internal static class StrategyComparer
{
    private const int SweepPoints = 600;

    /// <summary>How long all searches for equilibria together may take. What was trained and played is not held up, or lost, by a game that is hard to solve.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Whether a population can be held against the theory: its method approximates the theory's game, with an eps above 0.</summary>
    public static bool IsComparable(EnvironmentSettings environment, TrainingSettings training) =>
        Game(environment) is not null && !training.NormaliseAdvantages && MethodRegistry.Of(training).Equilibrium(training) is { Epsilon: > 0 };

    /// <summary>The learned strategies of all populations that can be compared and have begun, and a sentence for each of which the equilibria could not be found.</summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="manifest">The run.</param>
    /// <param name="known">Labels of the populations that have begun.</param>
    /// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
    public static async Task<(ImmutableArray<LearnedStrategies> Learned, ImmutableArray<string> Notes)> CompareAsync(
        IGrainSession session, RunManifest manifest, IReadOnlySet<string> known, Action<string>? older)
    {
        var experiment = manifest.Experiment;
        var populations = experiment.Populations.Where(population => known.Contains(population.Label) && IsComparable(experiment.Environment, population.Training)).ToArray();
        if (populations.Length == 0) return ([], []);
        var (began, notes) = (Stopwatch.GetTimestamp(), ImmutableArray.CreateBuilder<string>());
        var game = Game(experiment.Environment)!.ToFiniteGame();
        var learned = ImmutableArray.CreateBuilder<LearnedStrategies>();
        foreach (var population in populations)
        {
            var risk = Risk(population.Training);
            var (equilibria, why) = await SolveAsync(cancellation => (IReadOnlyList<FiniteEquilibrium>)RqeSolver.FindAll(game, risk, null, cancellation).Equilibria, began);
            if (equilibria is null)
            {
                notes.Add($"The strategies of {population.Label} are not compared with equilibria: {why}.");
                continue;
            }

            for (var team = 0; team < population.Seeds; team++)
            {
                var strategies = new ImmutableArray<double>[2];
                for (var seat = 0; seat < 2; seat++)
                {
                    var agent = session.Grains.GetGrain<IAgentGrain>(GrainKeys.Seat(manifest.PopulationName(population.Label), team, population.Training.UsesOnePolicy() ? 0 : seat));
                    NewestWeights.Check((await agent.QueryAsync()).Older, older);
                    strategies[seat] = [.. await agent.GetActionProbabilitiesAsync([1f])];
                }

                learned.Add(Compare(game, population.Label, team, risk, strategies, equilibria));
            }
        }

        return (learned.ToImmutable(), notes.ToImmutable());
    }

    /// <summary>The equilibria along tau, one sweep for each eps, over the range that was trained, and a sentence for each that could not be computed.</summary>
    public static async Task<(IReadOnlyList<EquilibriumSweep> Sweeps, ImmutableArray<string> Notes)> SweepsAsync(Experiment experiment, ImmutableArray<LearnedStrategies> learned)
    {
        if (learned.IsEmpty) return ([], []);
        var (sweeps, notes) = (new List<EquilibriumSweep>(), ImmutableArray.CreateBuilder<string>());
        var (began, game) = (Stopwatch.GetTimestamp(), Game(experiment.Environment)!.ToFiniteGame());
        foreach (var group in learned.GroupBy(team => team.Epsilon).OrderBy(group => group.Key))
        {
            var top = Math.Max(1, 1.05 * group.Max(team => team.Tau));
            double[] taus = [.. Enumerable.Range(0, SweepPoints + 1).Select(i => top * i / SweepPoints)];
            var (sweep, why) = await SolveAsync(cancellation => FiniteSweep.Compute(game, RiskProfile.Shared(2, 0, group.Key), taus, cancellation), began);
            if (sweep is not null) sweeps.Add(sweep);
            else notes.Add(string.Create(CultureInfo.InvariantCulture, $"The equilibria along tau with eps {group.Key} are not drawn: {why}."));
        }

        return (sweeps, notes.ToImmutable());
    }

    /// <summary>What a search finds, or why it does not.</summary>
    internal static async Task<(T? Found, string Why)> SolveAsync<T>(Func<CancellationToken, T> solve, long began)
        where T : class
    {
        var left = Patience - Stopwatch.GetElapsedTime(began);
        if (left <= TimeSpan.Zero) return (null, "other searches took too long");
        using var patience = new CancellationTokenSource(left);
        try
        {
            return (await Task.Run(() => solve(patience.Token)).WaitAsync(patience.Token), "");
        }
        catch (OperationCanceledException)
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"the search takes longer than {Patience.TotalSeconds:0} seconds"));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return (null, error.Message.TrimEnd('.'));
        }
    }

    /// <summary>Puts a team beside the equilibrium whose probabilities differ least.</summary>
    internal static LearnedStrategies Compare(
        FiniteGame game, string label, int team, RiskProfile risk, IReadOnlyList<ImmutableArray<double>> strategies, IReadOnlyList<FiniteEquilibrium> equilibria)
    {
        var nearest = equilibria.MinBy(equilibrium => Distance(equilibrium.Strategies, strategies))
            ?? throw new InvalidOperationException($"no equilibrium of '{game.Name}' was found");
        return new LearnedStrategies(
            label, team, risk.Tau[0], risk.Epsilon[0], [.. strategies],
            [.. strategies.Select((strategy, seat) => strategy.Zip(game.Costs[seat]).Sum(pair => pair.First * pair.Second))],
            nearest.Strategies, nearest.PrivateCosts, nearest.IsStable, Distance(nearest.Strategies, strategies));
    }

    private static double Distance(ImmutableArray<ImmutableArray<double>> first, IReadOnlyList<ImmutableArray<double>> second) =>
        first.Zip(second).Max(row => row.First.Zip(row.Second).Max(pair => Math.Abs(pair.First - pair.Second)));

    private static MatrixGame? Game(EnvironmentSettings settings) => EnvironmentFactory.Find(settings.Name) is { IsStepped: true } environment ? environment.Game(EnvironmentFactory.Create(settings, lanes: 1)) : null;

    /// <summary>Scaled rewards are the same game with tau and eps in other units.</summary>
    private static RiskProfile Risk(TrainingSettings training)
    {
        var (tau, epsilon) = MethodRegistry.Of(training).Equilibrium(training)!.Value;
        return RiskProfile.Shared(2, tau * training.RewardScale, epsilon / training.RewardScale);
    }
}
