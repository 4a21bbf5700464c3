using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Methods;

namespace Srpo.Bench.Throughput;

/// <summary>
/// Measures training, evaluation, environments and kernels. Each rate is measured after a warm-up of the same code; bare
/// and grain runs do the same work with the same number of workers, alternating, and the better of two is reported for
/// each, so that a passing disturbance of the machine does not count as overhead.
/// </summary>
public sealed class BenchRunner(IGrainFactory grains, int workers, double scale, Action<string> progress)
{
    private const int Teams = 8;
    private static readonly EnvironmentSettings Gridworld = new("gridworld", "official");

    /// <summary>Runs everything; about a minute and a half at scale 1.</summary>
    public async Task<BenchReport> RunAsync(string runtime, string date, CancellationToken cancellation)
    {
        progress("kernels");
        var kernels = KernelBench.Run(0.06 * scale);
        var environments = new SortedDictionary<string, EnvironmentRate>(StringComparer.Ordinal);
        foreach (var name in EnvironmentFactory.Names)
        {
            progress($"environment {name}");
            environments[name] = EnvironmentBench.Run(new EnvironmentSettings(name, EnvironmentFactory.Find(name).Variants[0]), 0.7 * scale);
        }

        var train = new SortedDictionary<string, TrainingRate>(StringComparer.Ordinal);
        var states = new Dictionary<string, LearnerState[][]>(StringComparer.Ordinal);
        foreach (var (method, rounds) in new (Method, int)[] { (new Ippo(), 1953), (new Learning.Methods.Srpo(), 1000) })
        {
            var name = method.Id;
            progress($"training, {name}");
            (train[name], states[name]) = await TrainAsync(name, method, Math.Max(20, (int)(rounds * scale)), cancellation);
        }

        progress("evaluation");
        var evaluate = await EvaluateAsync(states, cancellation);
        return new BenchReport(MachineDescription.Read(workers), date, runtime, train, evaluate, environments, kernels);
    }

    private static PopulationSpec Spec(string population, Method method, int rounds, ulong seed) => new()
    {
        Population = population,
        Environment = EnvironmentFactory.Resolve(Gridworld),
        Training = new TrainingSettings { Method = method.Id, Iterations = rounds },
        Teams = Teams,
        Seed = seed,
    };

    private async Task<(TrainingRate Rate, LearnerState[][] States)> TrainAsync(
        string name, Method method, int rounds, CancellationToken cancellation)
    {
        BareLoops.Train(Spec("warm", method, 20, 1), workers);
        await GrainLoops.TrainAsync(grains, Spec($"warm.{name}", method, 20, 1), cancellation);
        double bare = 0, through = 0;
        var states = Array.Empty<LearnerState[]>();
        for (var repeat = 0; repeat < 2; repeat++)
        {
            cancellation.ThrowIfCancellationRequested();
            (var rate, states) = BareLoops.Train(Spec("bare", method, rounds, 1), workers);
            bare = Math.Max(bare, rate);
            through = Math.Max(through, await GrainLoops.TrainAsync(grains, Spec($"bench{repeat}.{name}", method, rounds, 1), cancellation));
        }

        return (new TrainingRate(Math.Round(through), Math.Round(bare), Overhead(bare, through), Teams, rounds), states);
    }

    private async Task<EvaluationRate> EvaluateAsync(Dictionary<string, LearnerState[][]> states, CancellationToken cancellation)
    {
        const int Episodes = 100;
        const int Steps = 128;
        var environment = EnvironmentFactory.Resolve(Gridworld);
        var shape = ActorShape.For(new TrainingSettings { Method = new Ippo().Id }, EnvironmentFactory.Create(environment, 1).Info);
        FrozenTeam[] teams =
            [.. states.OrderBy(s => s.Key, StringComparer.Ordinal).SelectMany(s => s.Value)
                .Select(team => new FrozenTeam([.. team.Take(2).Select(agent => new FrozenPolicy(shape.Policy, shape.Encoding, agent.Parameters))]))];
        var repeats = Math.Max(1, (int)(8 * scale));
        BareLoops.Evaluate(environment, teams, Episodes, Steps, workers, tabulate: true, 1);
        await Tournaments("warm", 1);
        double bare = 0, through = 0;
        for (var repeat = 0; repeat < 2; repeat++)
        {
            bare = Math.Max(bare, BareLoops.Evaluate(environment, teams, Episodes, Steps, workers, tabulate: true, repeats));
            through = Math.Max(through, await Tournaments($"bench{repeat}", repeats));
        }

        var network = BareLoops.Evaluate(environment, teams, Episodes, Steps, workers, tabulate: false, 1);
        return new EvaluationRate(
            Math.Round(through), Math.Round(bare), Math.Round(network), Overhead(bare, through), teams.Length, Episodes);

        Task<double> Tournaments(string label, int count) => GrainLoops.EvaluateAsync(
            grains,
            [.. Enumerable.Range(0, count).Select(i => (
                $"{label}.matches{i}",
                new TournamentSpec(["bench0.ippo", "bench0.srpo"], environment, Episodes, Steps, (ulong)i)))],
            cancellation);
    }

    private static double Overhead(double bare, double through) => Math.Round(1 - (through / bare), 4);
}
