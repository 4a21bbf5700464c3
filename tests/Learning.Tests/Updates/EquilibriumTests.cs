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
            Method = "srpo",
            Tau = tau,
            Entropy = 0.15,
            Iterations = 1500,
            Lanes = 64,
            Horizon = 64,
            LearningRate = 4e-4,
            Network = new NetworkSettings { Hidden = [16] },
            Adversary = new AdversarySettings { Kl = KlDirection.AdversaryToPolicy },
        };
        var spec = new PopulationSpec { Population = "volunteers", Environment = new EnvironmentSettings("matrix", "volunteer"), Training = training, Teams = 1, Seed = 1 };
        using var team = new LocalTeam(spec);
        while (team.Training.Round < training.Iterations) team.Training.TrainAsync().GetAwaiter().GetResult();
        return [.. team.Policies().Seats.Cast<NetworkPolicy>().Select(policy => policy.Probabilities([1f])[0])];
    }
}
