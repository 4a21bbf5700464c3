using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Methods;

namespace Srpo.Bench.Throughput;

/// <summary>
/// What users feel: training and evaluation on all workers, through the grains as runs do it and in plain loops of threads that do the same
/// work. Every environment step of every rollout counts, those of learning curves do not.
/// </summary>
internal sealed class TrainingBench(IGrainFactory grains, int workers, double scale)
{
    private const int Teams = 8;
    private const int Episodes = 100;
    private const int Steps = 128;
    private const int OtherTeams = 4;

    /// <summary>Environment steps of all teams of a population that trains in another environment.</summary>
    private const double OtherSteps = 600_000;

    private const string PlainLoops = ", plain loops";
    private static readonly (Method Method, int Rounds)[] Methods = [(new Ippo(), 1302), (new Learning.Methods.Srpo(), 667)];
    private static readonly EnvironmentSettings Gridworld = new("gridworld", "official");
    private static readonly (string, double) Unit = ("M env-steps/s", 1e6);

    private readonly EnvironmentSettings _environment = EnvironmentFactory.Resolve(Gridworld);
    private int _populations;
    private int _tournaments;

    /// <summary>The share that the grains take of what plain loops reach, by name: negative where the difference is noise.</summary>
    /// <param name="measures">All measures.</param>
    public static IReadOnlyDictionary<string, double> GrainCost(IReadOnlyList<Measure> measures)
    {
        var bare = measures.ToDictionary(measure => measure.Name, measure => measure.Best, StringComparer.Ordinal);
        return measures.Where(measure => bare.ContainsKey(measure.Name + PlainLoops))
            .ToDictionary(measure => measure.Name, measure => Math.Round(1 - (measure.Best / bare[measure.Name + PlainLoops]), 4), StringComparer.Ordinal);
    }

    /// <summary>What is measured of training, after a warm-up of the same code.</summary>
    public async Task<IReadOnlyList<Probe>> TrainingAsync(int repeats, CancellationToken cancellation)
    {
        var probes = new List<Probe>();
        foreach (var (method, rounds) in Methods)
        {
            var count = Math.Max(20, (int)(rounds * scale));
            BareLoops.Train(Spec(method, 20), workers);
            await GrainLoops.TrainAsync(grains, Spec(method, 20), cancellation);
            var detail = $"preset official, {Teams} teams, {count} rounds, {workers} workers";
            probes.Add(Of(BenchGroups.Training, $"train {method.Id}", detail, repeats, stop => GrainLoops.TrainAsync(grains, Spec(method, count), stop)));
            probes.Add(Of(BenchGroups.Training, $"train {method.Id}{PlainLoops}", detail, repeats, _ => Task.FromResult(BareLoops.Train(Spec(method, count), workers).Rate)));
        }

        foreach (var known in EnvironmentFactory.Stepped.Where(known => known.Name != Gridworld.Name && known.Presets.Count > 0).OrderBy(known => known.Name, StringComparer.Ordinal))
        {
            foreach (var (method, _) in Methods)
            {
                if (await OtherAsync(known, method, repeats, cancellation) is { } probe) probes.Add(probe);
            }
        }

        return probes;
    }

    /// <summary>Training with the first preset of another environment, through the grains; null where the method cannot train there. Opponents of a team are trained a little before, and frozen.</summary>
    private async Task<Probe?> OtherAsync(EnvironmentRegistration known, Method method, int repeats, CancellationToken cancellation)
    {
        var preset = known.Presets[0];
        var environment = EnvironmentFactory.Resolve(new EnvironmentSettings(known.Name, preset.Layout));
        var info = EnvironmentFactory.Create(environment, 1).Info;
        PolicyReference[] opponents = [];
        if (info.TeamSeats < info.Seats)
        {
            var trained = Other(new Ippo(), rounds: 2) with { Teams = 1 };
            if (TeamPlan.Problems(trained, info).Count > 0) return null;
            await GrainLoops.TrainAsync(grains, trained, cancellation);
            opponents = [.. Enumerable.Range(info.TeamSeats, info.Seats - info.TeamSeats).Select(seat => new PolicyReference(GrainKeys.Seat(trained.Population, 0, seat), 2))];
        }

        var warm = Other(method, rounds: 1) with { Teams = 1 };
        if (TeamPlan.Problems(warm, info).Count > 0) return null;
        var count = Math.Max(1, (int)(OtherSteps * scale / (OtherTeams * TeamPlan.For(warm, info).StepsPerRound)));
        await GrainLoops.TrainAsync(grains, warm, cancellation);
        return Of(BenchGroups.Training, $"train {method.Id}, {preset.Name}", $"preset {preset.Name}, {OtherTeams} teams, {count} rounds, {workers} workers", repeats, stop => GrainLoops.TrainAsync(grains, Other(method, count), stop));

        PopulationSpec Other(Method trains, int rounds) => new()
        {
            Population = $"bench{_populations++}.{trains.Id}",
            Environment = environment,
            Training = preset.Training with { Method = trains.Id, Iterations = rounds },
            Teams = OtherTeams,
            Seed = 1,
            Opponents = opponents,
        };
    }

    /// <summary>What is measured of evaluation: the teams of two populations, trained a little, with each other.</summary>
    public async Task<IReadOnlyList<Probe>> EvaluationAsync(int repeats, CancellationToken cancellation)
    {
        var shape = ActorShape.For(new TrainingSettings { Method = Methods[0].Method.Id }, EnvironmentFactory.Create(_environment, 1).Info);
        var (names, teams) = (new List<string>(), new List<FrozenTeam>());
        foreach (var (method, _) in Methods)
        {
            var spec = Spec(method, 100);
            await GrainLoops.TrainAsync(grains, spec, cancellation);
            names.Add(spec.Population);
            teams.AddRange(BareLoops.Train(spec, workers).States
                .Select(team => new FrozenTeam([.. team.Take(2).Select(agent => new NetworkPolicy(shape.Policy, shape.Encoding, agent.Parameters))])));
        }

        FrozenTeam[] players = [.. teams];
        var tournaments = Math.Max(1, (int)(8 * scale));
        BareLoops.Evaluate(_environment, players, Episodes, Steps, workers, tabulate: true, 1);
        await Tournaments(1, cancellation);
        var detail = $"{players.Length} x {players.Length} pairs, {Episodes} episodes of {Steps} steps, {workers} workers";
        return
        [
            Of(BenchGroups.Evaluation, "evaluate", detail, repeats, stop => Tournaments(tournaments, stop)),
            Of(BenchGroups.Evaluation, $"evaluate{PlainLoops}", detail, repeats,
                _ => Task.FromResult(BareLoops.Evaluate(_environment, players, Episodes, Steps, workers, tabulate: true, tournaments))),
            Of(BenchGroups.Evaluation, $"evaluate{PlainLoops}, networks at every step", detail, repeats,
                _ => Task.FromResult(BareLoops.Evaluate(_environment, players, Episodes, Steps, workers, tabulate: false, 1))),
        ];

        Task<double> Tournaments(int count, CancellationToken stop) => GrainLoops.EvaluateAsync(
            grains,
            [.. Enumerable.Range(0, count).Select(i => ($"matches{_tournaments++}", new TournamentSpec([.. names], _environment, Episodes, Steps, (ulong)i)))],
            stop);
    }

    private static Probe Of(string group, string name, string detail, int repeats, Func<CancellationToken, Task<double>> rate) =>
        new(group, name, detail, Unit.Item1, Unit.Item2, default, (_, stop) => rate(stop)) { Repeats = repeats };

    private PopulationSpec Spec(Method method, int rounds) => new()
    {
        Population = $"bench{_populations++}.{method.Id}",
        Environment = _environment,
        Training = new TrainingSettings { Method = method.Id, Iterations = rounds },
        Teams = Teams,
        Seed = 1,
    };
}
