using Srpo.Core.Settings;

namespace Srpo.Environments.Tests.Recall;

public class RecallEnvironmentTests
{
    [Fact]
    public void OnlyBothRightAnswersAtTheLastStepArePaid()
    {
        // Four ways to answer, one a lane: both right, one, the other, none.
        var rig = Rig.Of("recall", "4-back", 4);
        rig.Reset(1);
        var environment = EnvironmentFactory.Create(new EnvironmentSettings("recall", "4-back"), 1);
        Assert.Equal((3, 5, 2), (environment.Info.ObservationLength(ObservationEncoding.Absolute), environment.Info.EpisodeLength, environment.Info.Actions));
        for (var episode = 0; episode < 20; episode++)
        {
            var cues = Enumerable.Range(0, 4).Select(lane => rig.Environment.Render(lane)["the cue is ".Length] - '0').ToArray();
            for (var step = 0; step < 5; step++)
            {
                for (var lane = 0; lane < 4; lane++)
                {
                    rig.Actions[lane] = (byte)(lane is 0 or 1 ? cues[lane] : 1 - cues[lane]);
                    rig.Actions[4 + lane] = (byte)(lane is 0 or 2 ? cues[lane] : 1 - cues[lane]);
                }

                rig.Step();
                var paid = step == 4 ? 1f : 0f;
                Assert.Equal([paid, 0, 0, 0, paid, 0, 0, 0], rig.Rewards);
                Assert.All(rig.Terminated, ended => Assert.Equal(step == 4, ended));
            }
        }
    }

    [Fact]
    public void TheCueIsSeenAtTheFirstStepOnlyAndAllComeUp()
    {
        var environment = EnvironmentFactory.Create(new EnvironmentSettings("recall", "four-cues"), 64);
        var rig = Rig.Of("recall", "four-cues", 64);
        rig.Reset(3);
        var seen = new float[64 * 5];
        var counts = new int[4];
        for (var step = 0; step < 7 * 5; step++)
        {
            rig.Environment.Observe(1, ObservationEncoding.OwnFirst, seen);
            for (var lane = 0; lane < 64; lane++)
            {
                var row = seen.AsSpan(lane * 5, 5);
                var ones = row.Count(1f);
                Assert.Equal(step % 7 is 0 or 6 ? 1 : 0, ones);
                if (step % 7 == 6) Assert.Equal(1, row[4]);
                if (step % 7 == 0) counts[row.IndexOf(1f)]++;
            }

            rig.Step();
        }

        Assert.All(counts, count => Assert.InRange(count, 40, 130));
        Assert.Equal(4, environment.Info.Actions);
    }

    [Theory]
    [InlineData("""{"cues": 1}""", "cues: must be a whole number between 2 and 16, not 1")]
    [InlineData("""{"delay": 0.5}""", "delay: must be a whole number between 1 and 10000, not 0.5")]
    [InlineData("""{"kind": "tag"}""", "kind")]
    [InlineData("""{"cue": 2}""", "cue")]
    public void WrongDefinitionsAreRefused(string json, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => EnvironmentFactory.Create(new EnvironmentSettings("recall", "mine", json), 1)).Message, StringComparison.Ordinal);
}
