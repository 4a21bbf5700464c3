using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments.Matrix;
using Srpo.Games;

namespace Srpo.Environments.Tests.Matrix;

public class MatrixEnvironmentTests
{
    [Fact]
    public void RewardIsPayoffMinusOwnCost()
    {
        var rig = Rig.Of("matrix", "volunteer", 4);
        rig.Reset(1);

        // The four pairs of (contribute, defect), one a lane.
        new byte[] { 0, 0, 1, 1, 0, 1, 0, 1 }.CopyTo(rig.Actions, 0);
        rig.Step();

        Assert.Equal([0.6f, 0.6f, 1f, 0f, 0.6f, 1f, 0.6f, 0f], rig.Rewards);
        Assert.Equal([0.4f, 0.4f, 0f, 0f, 0.4f, 0f, 0.4f, 0f], rig.Costs);
        Assert.All(rig.Terminated, Assert.True);
    }

    [Fact]
    public void PayoffsMayDiffer()
    {
        var rig = Rig.Of("matrix", "battle-of-the-sexes", 2);
        rig.Reset(1);
        new byte[] { 0, 1, 0, 1 }.CopyTo(rig.Actions, 0);
        rig.Step();

        Assert.Equal([2f, 1f, 1f, 2f], rig.Rewards);
    }

    [Fact]
    public void RepeatedGamesEndAfterTheirLength()
    {
        var settings = new EnvironmentSettings("matrix", "mine", """{"rewards": [[1, 0], [0, 1]], "length": 3}""");
        var environment = EnvironmentFactory.Create(settings, 1);
        environment.Reset(new StreamId(0, 0, 0, StreamPurpose.Reset), new StreamId(0, 0, 0, StreamPurpose.Dynamics));
        var ends = new List<bool>();
        var terminated = new bool[1];
        for (var step = 0; step < 7; step++)
        {
            environment.Step([0, 0], new StepOutcome { Rewards = new float[2], Costs = new float[2], Terminated = terminated, Truncated = new bool[1] });
            ends.Add(terminated[0]);
        }

        Assert.Equal([false, false, true, false, false, true, false], ends);
        Assert.Equal("mine", environment.Info.Variant);
    }

    [Theory]
    [InlineData("""{"rewards": [[1, 0, 2], [0, 1, 2]]}""")]
    [InlineData("""{"rewards": [[1]]}""")]
    [InlineData("""{"rewards": [[1e300, 0], [0, 1]]}""")]
    [InlineData("""{"rewards": [[1, 0], [0, 1]], "costs": [1e39, 0]}""")]
    public void GamesThatSeatsCannotPlayAreRefused(string json) =>
        Assert.Throws<ArgumentException>(() => new MatrixEnvironment(MatrixGameDefinition.Parse(json), 1));

    [Fact]
    public void RenderMarksTheLastPair()
    {
        var rig = Rig.Of("matrix", "stag-hunt", 1);
        rig.Reset(1);
        Assert.DoesNotContain("[", rig.Environment.Render(0), StringComparison.Ordinal);
        rig.Actions[1] = 1;
        rig.Step();

        Assert.Equal(
            """
                    stag    hare
            stag    4, 4    [0, 3]
            hare    3, 0    3, 3
            stag-hunt, round 0 of 1

            """.ReplaceLineEndings("\n"),
            rig.Environment.Render(0));
    }
}
