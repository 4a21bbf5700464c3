using Srpo.Core.Settings;
using Srpo.Learning;
using Srpo.Learning.Methods;
using Srpo.Learning.Plugins;

namespace Srpo.Plugins.Tests;

/// <summary>The sample's method, and the regularisers that methods of others may have.</summary>
public sealed class RegulariserTests
{
    public RegulariserTests() => LoadedPlugins.Load(Samples.Tsallis, AppContext.BaseDirectory);

    [Theory]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(4)]
    public void Slopes_are_those_of_the_value(double q)
    {
        var regulariser = Entropy(q);
        double[] p = [0.5, 0.3, 0.2, 0], slopes = new double[4];
        regulariser.Gradient(p, Logs(p), slopes);
        Assert.True(double.IsFinite(slopes[3]));
        for (var action = 0; action < 3; action++)
        {
            double[] more = [.. p], less = [.. p];
            (more[action], less[action]) = (p[action] + 1e-6, p[action] - 1e-6);
            Assert.Equal((regulariser.Value(more, Logs(more)) - regulariser.Value(less, Logs(less))) / (more[action] - less[action]), slopes[action], 1e-5);
        }
    }

    [Fact]
    public async Task Near_index_1_it_trains_as_entropy_does_and_the_devices_agree()
    {
        // At q = 1.01 the regulariser is Shannon's entropy but for a hundredth.
        var cpu = await TrainAsync("tsallis-srpo", 1.01, "cpu");
        Assert.True(Distance(cpu, await TrainAsync("tsallis-srpo", 1.01, "plain")) < 1e-4);
        var shannon = await TrainAsync("srpo", null, "cpu");
        var sparse = await TrainAsync("tsallis-srpo", 6, "cpu");
        Assert.True(Distance(cpu, shannon) < 0.1 * Distance(sparse, shannon), $"{Distance(cpu, shannon)} against {Distance(sparse, shannon)}");
    }

    [Fact]
    public void Devices_that_do_not_know_regularisers_are_refused()
    {
        var spec = Spec("tsallis-srpo", 2, "torch");
        Assert.Contains(TeamPlan.Problems(spec, Environments.EnvironmentFactory.Info(spec.Environment)), problem => problem.Field == "learner.device" && problem.Reason.Contains("regulariser", StringComparison.Ordinal));
    }

    private static PolicyRegulariser Entropy(double q) =>
        MethodRegistry.Get("tsallis-srpo").Objective(Spec("tsallis-srpo", q, "cpu").Training, ActorKind.Agent).Regulariser!;

    private static double[] Logs(double[] p) => Array.ConvertAll(p, value => value > 0 ? Math.Log(value) : 0);

    private static double Distance(float[] one, float[] other) => Math.Sqrt(one.Zip(other, (a, b) => Math.Pow(a - b, 2)).Sum());

    private static PopulationSpec Spec(string method, double? q, string device) => new()
    {
        Population = "p",
        Environment = new EnvironmentSettings("gridworld", "official"),
        Training = new TrainingSettings
        {
            Method = method,
            Device = device,
            Iterations = 3,
            Lanes = 4,
            Horizon = 30,
            Entropy = 0.5,
            Network = new NetworkSettings { Hidden = [8] },
            Own = q is null ? null : OwnSettings.With(null, "tsallis-srpo.q", q),
        },
        Teams = 1,
        Plugins = LoadedPlugins.NeededBy("gridworld", method),
    };

    private static async Task<float[]> TrainAsync(string method, double? q, string device)
    {
        using var team = new LocalTeam(Spec(method, q, device));
        for (var round = 0; round < 3; round++) await team.Training.TrainAsync();
        return [.. team.Training.States!.SelectMany(state => state.Parameters)];
    }
}
