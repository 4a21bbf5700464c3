using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Learning.Tests.Updates;

/// <summary>A task that needs memory: networks with it solve it, those without can only guess.</summary>
public sealed class MemoryTests
{
    [Theory]
    [InlineData("ippo")]
    [InlineData("srpo")]
    public async Task What_must_be_remembered_is_learned_with_memory_only(string method)
    {
        var preset = EnvironmentFactory.Find("recall").Presets[0];
        var training = preset.Training with { Method = method, Iterations = 150, CurveInterval = 0 };
        Assert.True(await ReturnAsync(training) > 0.95);

        // Half of the cues are guessed at best.
        Assert.InRange(await ReturnAsync(training with { Network = training.Network with { Gru = 0 } }), 0, 0.65);
    }

    private static async Task<double> ReturnAsync(TrainingSettings training)
    {
        var settings = EnvironmentFactory.Resolve(new EnvironmentSettings("recall", "4-back"));
        var spec = TestData.Spec(training) with { Environment = settings };
        using var team = new LocalTeam(spec);
        while (team.Training.Round < training.Iterations) await team.Training.TrainAsync();
        using var player = new MatchPlayer(settings);
        var policies = team.Policies();
        return player.Play(1, 0, policies, 0, [policies], new MatchRules(Seating.Ordered, 200, 5))[0].MeanReturn;
    }
}
