using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;
using Srpo.Learning.Devices;
using Srpo.Learning.Methods;

namespace Srpo.Bench.Throughput;

/// <summary>
/// Updates of one team on one core, with the first preset of every environment and the methods of the paper. A team is trained for a while, and
/// what it played then is learned from again and again: the update is made from the same states every time.
/// </summary>
internal sealed class UpdateBench : IDisposable
{
    /// <summary>Enough for several blocks of rows, few enough that an update fits into a round of measurements.</summary>
    private const int MostLanes = 16;

    private readonly List<LocalTeam> _teams = [];

    /// <summary>What is measured.</summary>
    /// <param name="rounds">Rounds of training before.</param>
    /// <param name="cancellation">Ends the training early.</param>
    public async Task<IReadOnlyList<Probe>> ProbesAsync(int rounds, CancellationToken cancellation)
    {
        var probes = new List<Probe>();
        foreach (var known in EnvironmentFactory.Stepped.OrderBy(known => known.Name, StringComparer.Ordinal))
        {
            if (known.Presets.Count == 0) continue;
            foreach (var method in new Method[] { new Ippo(), new Learning.Methods.Srpo() })
            {
                if (await ProbeAsync(known, method, rounds, cancellation) is { } probe) probes.Add(probe);
            }
        }

        return probes;
    }

    public void Dispose()
    {
        foreach (var team in _teams) team.Dispose();
    }

    /// <summary>Operations of an update of a whole team: forward and backward passes of every different row that an actor learns from, in every epoch.</summary>
    /// <returns>Rows of policies that went forward and backward, and the operations.</returns>
    public static (double Rows, double Flops) Count(TrainingSettings settings, TeamPlan plan, ActorShape shape, IReadOnlyList<Rollout> rollouts)
    {
        var (rows, flops) = (0.0, 0.0);
        var policy = NetworkFlops.Forward(shape.Policy) + NetworkFlops.Backward(shape.Policy);

        // A head on the policy's features passes their gradient on; a critic of its own has nobody before its first layer.
        var critic = NetworkFlops.Forward(shape.Critic) + (shape.SharedTrunk ? 2 * NetworkFlops.Forward(shape.Critic) : NetworkFlops.Backward(shape.Critic));
        for (var actor = 0; actor < plan.Actors.Count; actor++)
        {
            var different = rollouts.SelectMany(rollout => rollout.Parts).Where(part => part.Actor == actor).Sum(part => part.Row.Distinct().Count());
            var passes = (double)settings.Epochs * different;
            rows += passes;
            flops += passes * (policy + (plan.Objectives[actor].LearnsValues ? critic : 0));

            // What an adversary is held to is evaluated once.
            if (plan.Actors[actor].Kind == ActorKind.Adversary) flops += different * NetworkFlops.Forward(shape.Policy);
        }

        return (rows, flops);
    }

    private async Task<Probe?> ProbeAsync(EnvironmentRegistration known, Method method, int rounds, CancellationToken cancellation)
    {
        var preset = known.Presets[0];
        var spec = new PopulationSpec
        {
            Population = "bench",
            Environment = EnvironmentFactory.Resolve(new EnvironmentSettings(known.Name, preset.Layout)),
            Training = preset.Training with { Method = method.Id, Lanes = Math.Min(MostLanes, preset.Training.Lanes), Minibatches = 1, Iterations = rounds },
            Teams = 1,
            Seed = 1,
        };
        if (TeamPlan.Problems(spec, EnvironmentFactory.Create(spec.Environment, 1).Info).Count > 0) return null;
        var team = new LocalTeam(spec);
        _teams.Add(team);
        while (team.Training.Round < rounds)
        {
            cancellation.ThrowIfCancellationRequested();
            await team.Training.TrainAsync();
        }

        var states = team.Training.States!;
        var rollouts = await ((ITeamHost)team).PlayAsync(rounds + 1, states);
        var (rows, flops) = Count(spec.Training, team.Plan, team.Shape, rollouts);
        return Probe.OfCalls(
            BenchGroups.Updates, $"{preset.Name} {method.Id}", $"{spec.Training.Lanes} lanes of {spec.Training.Horizon} steps, {Network(team.Shape)}", ("M rows/s", 1e6),
            new Work(rows, flops),
            () => ((ITeamHost)team).UpdateAsync(new TeamRound(1, 0, rounds + 1, states, rollouts)).GetAwaiter().GetResult());
    }

    private static string Network(ActorShape shape)
    {
        var policy = shape.Policy;
        var hidden = string.Concat(policy.Hidden.Select(width => $"-{width}"));
        return $"{policy.Inputs}{hidden}{(policy.Gru > 0 ? $"-GRU {policy.Gru}" : "")}-{policy.Outputs}{(shape.SharedTrunk ? ", shared trunk" : "")}";
    }
}
