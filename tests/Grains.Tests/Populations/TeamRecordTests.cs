using Srpo.Core.Results;

namespace Srpo.Grains.Tests;

public sealed class TeamRecordTests
{
    [Fact]
    public void A_team_that_goes_back_forgets_what_came_later()
    {
        var team = new TeamRecord { Round = 12, Curve = [Point(0), Point(4), Point(8), Point(12)] };
        team.AddCheckpoint(4);
        team.AddCheckpoint(8);
        team.AddCheckpoint(8);
        Assert.Equal([8, 4], team.Checkpoints);
        team.AddCheckpoint(12);
        Assert.Equal([12, 8], team.Checkpoints);
        team.CutTo(8);
        Assert.Equal((8, 3), (team.Round, team.Curve.Count));
        Assert.Equal([8], team.Checkpoints);

        // Round 0 is played again with its point.
        team.CutTo(0);
        Assert.Equal((-1, 0, 0), (team.Round, team.Finished(), team.Curve.Count));
        Assert.Empty(team.Checkpoints);
    }

    private static CurvePoint Point(int round) => new(round, 0, 0, 0, [0, 0]);
}
