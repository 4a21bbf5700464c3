using Srpo.Core.Settings;

namespace Srpo.Learning.Tests.Updates;

/// <summary>
/// SRPO with the theory's own penalty learns the equilibria of the theory: the volunteer's game, kappa 0.4, eps 0.15. The
/// equilibria are those of the table in docs/environments/matrix.md, computed apart from this program.
/// </summary>
public sealed class EquilibriumTests
{
    private const double Tolerance = 0.03;

    [Fact]
    public void With_little_risk_aversion_one_agent_rides_free()
    {
        var strategies = Train(tau: 1);
        Assert.InRange(strategies.Max(), 0.964686 - Tolerance, 0.964686 + Tolerance);
        Assert.InRange(strategies.Min(), 0.107204 - Tolerance, 0.107204 + Tolerance);
    }

    [Fact]
    public void Past_the_bifurcation_both_contribute_alike()
    {
        var strategies = Train(tau: 10);
        Assert.All(strategies, contribute => Assert.InRange(contribute, 0.808593 - Tolerance, 0.808593 + Tolerance));
    }

    /// <summary>Both agents' probability of contributing after training.</summary>
    private static double[] Train(double tau)
    {
        var training = new TrainingSettings
        {
            Tau = tau,
            Entropy = 0.15,
            Iterations = 3000,
            Lanes = 64,
            Horizon = 64,
            LearningRate = 2e-4,
            Network = new NetworkSettings { Hidden = [16] },
            Adversary = new AdversarySettings { Kl = KlDirection.AdversaryToPolicy },
        };
        var spec = new PopulationSpec { Population = "volunteers", Environment = new EnvironmentSettings("matrix", "volunteer"), Training = training, Teams = 1, Seed = 1 };
        var shape = ActorShape.For(training, TestData.Info(spec));
        var plan = TeamPlan.For(spec, TestData.Info(spec));
        RolloutPlayer[] players = [.. plan.Instances.Select(instance => new RolloutPlayer(spec, 0, plan, instance))];
        using var updater = new TeamUpdater(training, plan, shape);
        LearnerState[] states = [.. plan.Actors.Select(actor => ActorInitialisation.Create(spec, 0, actor, shape))];
        for (var round = 1; round <= training.Iterations; round++)
        {
            Rollout[] rollouts = [.. plan.Instances.Select((instance, i) => players[i].Play(round, TestData.Parameters(instance, states)))];
            (states, _) = updater.Update(spec.Seed, 0, round, states, rollouts);
        }

        foreach (var player in players) player.Dispose();
        return [.. Enumerable.Range(0, 2).Select(seat => new FrozenPolicy(shape.Policy, shape.Encoding, states[seat].Parameters).Probabilities([1f])[0])];
    }
}
