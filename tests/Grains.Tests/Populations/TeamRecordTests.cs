using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Srpo.Core.Results;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

public sealed class TeamRecordTests
{
    private static readonly JsonSerializerOptions Named = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

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

    /// <summary>What was written of a curve is kept as text; a team that goes back has other points from there on, as many as before or not.</summary>
    [Fact]
    public void A_curve_is_stored_as_it_is_whatever_was_stored_before()
    {
        var payloads = new StatePayload();
        var team = new TeamRecord();
        AssertStored();
        var next = 0.1;
        for (var round = 0; round < 40; round++)
        {
            team.Curve.Add(Point(round, next += 1 / 3d));
            if (round % 3 == 0) AssertStored();
        }

        AssertStored();
        team.CutTo(20);
        for (var round = 21; round < 40; round++) team.Curve.Add(Point(round, next += 1 / 3d));
        AssertStored();
        team.CutTo(39);
        team.Curve[39] = Point(39, double.NaN);
        AssertStored();
        CurvePoint[] page = [.. team.Curve.Take(16)];
        Assert.True(team.TryMoveToPage(0, page));
        AssertStored();
        team.CutTo(12, page);
        AssertStored();
        team.CutTo(0);
        AssertStored();

        void AssertStored()
        {
            var stored = payloads.Write(team);

            // What a record says that nobody has stored yet.
            Assert.Equal(payloads.Write(new TeamRecord { Round = team.Round, Checkpoints = team.Checkpoints, Curve = [.. team.Curve], PageEnds = team.PageEnds }), stored);
            Assert.Equal(JsonSerializer.Serialize(team.Curve, Named), JsonSerializer.Serialize(payloads.Read<TeamRecord>(stored).Curve, Named));
        }
    }

    [Fact]
    public void A_point_that_cannot_be_stored_costs_the_others_nothing()
    {
        var team = new TeamRecord { Curve = [Point(0), Point(1, double.NaN), Point(2)] };
        Assert.Throws<ArgumentException>(() => JsonSerializer.Serialize(team));
        var good = new TeamRecord { Curve = [Point(0), Point(1, 5), Point(2)] };
        team.Curve[1] = good.Curve[1];
        Assert.Equal(JsonSerializer.Serialize(good), JsonSerializer.Serialize(team));
    }

    /// <summary>Who asks where a population stands reads no other point than the last, and all else as it is.</summary>
    [Fact]
    public void The_last_point_of_a_curve_can_be_read_alone()
    {
        var (all, last) = (new StatePayload(), new StatePayload(lastPoints: true));
        var record = new PopulationRecord
        {
            Sequence = 7,
            Phase = PopulationPhase.Paused,
            Teams =
            [
                new TeamRecord { Round = 2, Checkpoints = [2, 1], Curve = [Point(0), Point(1, double.NaN), Point(2, 5)], PageEnds = [-3], Quarantine = "a [bracket] and a \"quote\"" },
                new TeamRecord(),
                new TeamRecord { Round = 0, Curve = [Point(0, double.PositiveInfinity)] },
            ],
            TrainingSeconds = 1.5,
        };
        var read = last.Read<PopulationRecord>(all.Write(record));
        Assert.Equal([[2], [], [0]], read.Teams.Select(team => team.Curve.Select(point => point.Round)));
        foreach (var team in record.Teams) team.Curve.RemoveRange(0, Math.Max(0, team.Curve.Count - 1));
        Assert.Equal(all.Write(record), all.Write(read));

        // What is no curve is none here either.
        foreach (var wrong in new[] { "7", "{}", "\"\"", "[1]", "[null]", "[[]]", "[" })
        {
            var text = Encoding.UTF8.GetBytes($$"""{"Round":1,"Curve":{{wrong}}}""");
            Assert.ThrowsAny<JsonException>(() => last.Read<TeamRecord>(text));
        }

        Assert.Null(last.Read<TeamRecord>("""{"Round":1,"Curve":null}"""u8.ToArray()).Curve);
        Assert.Throws<NotSupportedException>(() => last.Write(record));
    }

    private static CurvePoint Point(int round, double score = 0) => new(round, 0, 0, score, [0, -score], [new UpdateMetrics(round, score, 1, 2, 3, 4, 5, 6, score / 7)]);
}
