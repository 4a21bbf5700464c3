using Microsoft.Extensions.Time.Testing;
using Srpo.Core.Settings;
using Srpo.Dashboard.Tests.Support;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;

namespace Srpo.Dashboard.Tests.Sources;

/// <summary>Runs as pages find them.</summary>
public sealed class RunShelfTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeSource _source = new(teams: 1);
    private readonly RunShelf _shelf;

    public RunShelfTests() => _shelf = new RunShelf(_source, _time);

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public async Task Runs_are_read_once_for_many_clicks_and_again_later()
    {
        _source.Runs = [Run("a")];
        for (var click = 0; click < 3; click++) await _shelf.AllAsync(CancellationToken.None);
        await _shelf.FindAsync("a", CancellationToken.None);
        Assert.Equal(1, _source.RunsRead);
        _time.Advance(TimeSpan.FromSeconds(10));
        await _shelf.AllAsync(CancellationToken.None);
        Assert.Equal(2, _source.RunsRead);

        // Where something has begun or ended, they are read again soon.
        _source.Era = "another";
        await _shelf.AllAsync(CancellationToken.None);
        Assert.Equal(2, _source.RunsRead);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _shelf.AllAsync(CancellationToken.None);
        Assert.Equal(3, _source.RunsRead);
    }

    [Fact]
    public async Task A_run_that_began_a_moment_ago_is_found()
    {
        Assert.Empty(await _shelf.AllAsync(CancellationToken.None));
        _source.Runs = [Run("a")];
        Assert.Equal("a", (await _shelf.FindAsync("a", CancellationToken.None))!.Id);
        Assert.Single(await _shelf.AllAsync(CancellationToken.None));
    }

    [Fact]
    public async Task The_newest_is_first_and_those_of_unknown_age_last()
    {
        var day = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        _source.Runs = [Run("a"), Run("b") with { Started = day }, Run("c") with { Started = day.AddDays(1) }, Run("0")];
        Assert.Equal(["c", "b", "0", "a"], (await _shelf.AllAsync(CancellationToken.None)).Select(run => run.Id));
    }

    [Fact]
    public async Task An_id_is_found_before_a_name_that_is_the_same()
    {
        _source.Runs = [Run("a") with { Labels = new RunLabels("b", [], null) }, Run("b"), Run("c") with { Labels = new RunLabels("best", [], null) }];
        Assert.Equal("b", (await _shelf.FindAsync("b", CancellationToken.None))!.Id);
        Assert.Equal("c", (await _shelf.FindAsync("best", CancellationToken.None))!.Id);
        Assert.Null(await _shelf.FindAsync("bes", CancellationToken.None));
        Assert.Null(await _shelf.ShowAsync("none", CancellationToken.None));
    }

    [Fact]
    public async Task Populations_have_short_labels_and_looks_also_where_they_only_play()
    {
        _source.Runs = [Run("r") with { Populations = ["r.ippo", "r.srpo"] }, Run("x") with { Kind = RunKind.CrossPlay, Tournaments = ["x.training"] }];
        _source.Tournaments["x.training"] = new TournamentSpec(["r.srpo", "q.srpo"], new EnvironmentSettings("gridworld", "official"), 1, 8, 1);
        var trained = (await _shelf.ShowAsync("r", CancellationToken.None))!;
        Assert.Equal([("r.ippo", "ippo"), ("r.srpo", "srpo")], trained.Labels.ToArray());
        Assert.Equal("SRPO", trained.Styles.Names.Of("srpo"));
        Assert.NotEqual(trained.Styles["ippo"].Colour, trained.Styles["srpo"].Colour);

        // Two that would be called the same keep their names.
        Assert.Equal([("r.srpo", "r.srpo"), ("q.srpo", "q.srpo")], (await _shelf.ShowAsync("x", CancellationToken.None))!.Labels.ToArray());
    }

    [Fact]
    public async Task Where_runs_stand_is_asked_where_no_file_says_it_and_once()
    {
        StoredRun[] runs =
        [
            Run("trained") with { Populations = ["trained"] }, Run("noted") with { Kind = RunKind.Experiment, State = RunState.Paused, Populations = ["noted.a"] },
            Run("left") with { Kind = RunKind.Experiment, State = RunState.Running }, Run("worked-on") with { Kind = RunKind.Experiment, State = RunState.Running },
            Run("broken") with { Problem = "its file is damaged" }, Run("gone") with { Kind = RunKind.Remains }, Run("played") with { Kind = RunKind.CrossPlay, Tournaments = ["played.training"] },
        ];
        _source.Played.Add("played.training");
        foreach (var (phase, word) in new[] { (PopulationPhase.Training, "running"), (PopulationPhase.Paused, "paused"), (PopulationPhase.Stopped, "stopped"), (PopulationPhase.Failed, "failed"), (PopulationPhase.Finished, "finished") })
        {
            _source.Era = word;
            _source.Change(status => status with { Phase = phase });
            _source.Asked();
            for (var look = 0; look < 3; look++)
            {
                var states = await _shelf.StatesAsync(runs, new HashSet<string> { "worked-on" }, CancellationToken.None);
                Assert.Equal([word, "paused", "interrupted", "running", "damaged", "directory gone", "finished"], runs.Select(run => states[run.Id]));
                Assert.All(states.Values, state => Assert.Contains(state, RunStates.All));
            }

            Assert.Equal(["status"], _source.Asked());
        }

        // Somebody who works on it makes a question needless.
        _source.Era = "another";
        Assert.Equal("running", (await _shelf.StatesAsync(runs[..1], new HashSet<string> { "trained" }, CancellationToken.None))["trained"]);
        Assert.Empty(_source.Asked());
    }

    [Fact]
    public async Task Parts_of_a_run_that_stand_differently_are_all_said()
    {
        var run = Run("x") with { Populations = ["x.a"], Tournaments = ["x.training"] };
        _source.Change(status => status with { Phase = PopulationPhase.Stopped });
        Assert.Equal("stopped, interrupted", (await _shelf.StatesAsync([run], new HashSet<string>(), CancellationToken.None))["x"]);
        _source.Era = "2";
        _source.Change(status => status with { Phase = PopulationPhase.Training });
        Assert.Equal("running", (await _shelf.StatesAsync([run], new HashSet<string>(), CancellationToken.None))["x"]);
        _source.Era = "3";
        _source.Fail(new UnknownGrainException("gone"));
        Assert.Equal("deleted in part", (await _shelf.StatesAsync([run], new HashSet<string>(), CancellationToken.None))["x"]);
    }

    private static StoredRun Run(string id) => new(id, RunKind.Population, RunLabels.None, [], []);
}
