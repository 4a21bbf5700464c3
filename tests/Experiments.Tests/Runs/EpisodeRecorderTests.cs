using Srpo.Environments;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Tests.Runs;

public class EpisodeRecorderTests
{
    /// <summary>Four steps of one point for each seat; the environment's episode ends with the second.</summary>
    private static readonly ReplayFrame[] Frames = [.. Enumerable.Range(0, 5).Select(step => new ReplayFrame(step, [], step == 0 ? [] : [1, 1], [], [], $"state {step}", step == 2, []))];

    [Fact]
    public void What_never_ends_early_is_shown_for_all_steps_that_count_as_one_episode()
    {
        var info = EnvironmentFactory.Info(ExperimentLoader.Load(ExperimentFiles.Find("overcooked-quick", "/"), "/", []).Environment);
        Assert.False(info.EndsEarly);
        var episode = EpisodeRecorder.ToDrawings("srpo", "title", Frames, info);
        Assert.Equal(["state 0", "state 1", "state 2", "state 3", "state 4"], episode.Drawings.ToArray());
        Assert.Equal([0, 2, 4, 6, 8], episode.Scores.ToArray());
    }

    [Fact]
    public void A_game_that_ends_is_shown_to_its_end_with_its_whole_score()
    {
        var info = EnvironmentFactory.Info(ExperimentLoader.Load(ExperimentFiles.Find("hanabi-2p-quick", "/"), "/", []).Environment);
        Assert.True(info.EndsEarly);
        var episode = EpisodeRecorder.ToDrawings("srpo", "title", Frames, info);
        Assert.Equal(["state 0", "state 1"], episode.Drawings.ToArray());
        Assert.Equal(episode.Scores[^1], 2 * EpisodeRecorder.ToDrawings("srpo", "title", Frames[..2], info).Scores[^1]);
    }
}
