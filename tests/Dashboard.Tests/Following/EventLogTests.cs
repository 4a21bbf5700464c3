using Microsoft.Extensions.Time.Testing;
using Srpo.Dashboard.Following;
using Srpo.Grains.Interfaces;

namespace Srpo.Dashboard.Tests.Following;

/// <summary>What is said to have happened between two answers.</summary>
public sealed class EventLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly EventLog _log;

    public EventLogTests() => _log = new EventLog(_time);

    [Fact]
    public void Phases_wishes_errors_and_warnings_are_told_once()
    {
        var training = Status();
        _log.Note(null, training);
        _log.Note(training, training with { TrainingSeconds = 4 });
        Assert.Empty(_log.Of());

        var wished = training with { Wish = PopulationPhase.Paused };
        _log.Note(training, wished);
        _log.Note(wished, wished);
        Assert.Equal(["asked to pause"], Texts());
        _log.Note(wished, training with { Phase = PopulationPhase.Paused });
        Assert.Equal(["training → paused"], Texts());
        _log.Note(training, training with { Wish = PopulationPhase.Stopped });
        Assert.Equal(["asked to stop"], Texts());

        var warned = training with { Warning = "storage is away" };
        _log.Note(training, warned);
        _log.Note(warned, warned);
        _log.Note(warned, training);
        Assert.Equal(["! storage is away"], Texts());
        _log.Note(training, training with { Phase = PopulationPhase.Failed, Error = "the disk is full" });
        Assert.Equal(["! the disk is full", "! training → failed"], Texts());
    }

    [Fact]
    public void The_first_answer_tells_of_trouble_only()
    {
        _log.Note(null, Status() with { Phase = PopulationPhase.Failed, Error = "the disk is full", Warning = "a slot is damaged", Teams = [new TeamStatus(0, 3, 0, null, "not a number")] });
        Assert.Equal(["! team 0 is in quarantine: not a number", "! a slot is damaged", "! the disk is full"], Texts());
    }

    [Fact]
    public void Teams_go_back_and_into_quarantine()
    {
        var before = Status() with { Teams = [new TeamStatus(0, 12, 10, 1), new TeamStatus(1, 12, 10, 1)] };
        var now = before with { Teams = [before.Teams[0] with { Round = 10 }, before.Teams[1] with { Quarantine = "not a number" }] };
        _log.Note(before, now);
        _log.Note(now, now);
        Assert.Equal(["! team 1 is in quarantine: not a number", "! team 0 went back from round 12 to 10, its last checkpoint"], Texts());
    }

    [Fact]
    public void Silos_come_change_and_go_and_teams_move()
    {
        SiloReport a = Silo("a", "p/0", "p/1"), b = Silo("b", "p/2");
        _log.Note([], [a, b]);
        Assert.Empty(_log.Of());
        _log.Note([a], [a, b with { Teams = [] }]);
        Assert.Equal(["joined at at-b"], Texts());
        _log.Note([a, b], [a, b with { Status = "no answer" }]);
        Assert.Equal(["! active → no answer"], Texts());
        _log.Note([a, b with { Status = "no answer" }], [a, b]);
        Assert.Equal(["no answer → active"], Texts());
        _log.Note([a, b], [a with { Teams = ["p/0", "p/1", "p/2"] }]);
        Assert.Equal(["took over p/2", "! left the cluster (it was at at-b)"], Texts());
        _log.Note([a], []);
        Assert.Equal(["ended"], Texts());
        _log.Note([a with { Teams = [.. Enumerable.Range(0, 7).Select(team => $"p/{team}")] }, b], [a with { Teams = [] }, b with { Teams = [.. Enumerable.Range(0, 7).Select(team => $"p/{team}")] }]);
        Assert.Equal(["took over p/0, p/1, p/2, p/3, p/4 and 2 more teams"], Texts());
    }

    [Fact]
    public void The_newest_is_first_with_its_time_and_the_oldest_are_forgotten()
    {
        var told = 0;
        _log.Changed += () => told++;
        for (var i = 0; i < 600; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _log.Add(i % 2 == 0 ? "even" : "odd", $"{i}");
        }

        var all = _log.Of();
        Assert.Equal((500, "599", _time.GetUtcNow(), "100"), (all.Length, all[0].Text, all[0].At, all[^1].Text));
        Assert.Equal(600, told);
        Assert.Equal(250, _log.Of("odd").Length);
        Assert.All(_log.Of("odd"), happened => Assert.Equal("odd", happened.Subject));
    }

    private static PopulationStatus Status() => new("p", PopulationPhase.Training, "ippo", "gridworld official", 100, [new TeamStatus(0, 0, 0, null)], 0, 1000, 0, 0, null, null);

    private static SiloReport Silo(string name, params string[] teams) => new("at-" + name, "active", name, 2, 0, 0, 0, 0, 0, 0, 0, 0, teams, []);

    /// <summary>What was added since the last call of this, newest first; trouble with an exclamation mark.</summary>
    private string[] Texts()
    {
        var all = _log.Of();
        string[] texts = [.. all.Take(all.Length - _told).Select(happened => (happened.IsTrouble ? "! " : "") + happened.Text)];
        _told = all.Length;
        return texts;
    }

    private int _told;
}
