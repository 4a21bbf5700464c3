using Microsoft.Extensions.Time.Testing;
using Srpo.Core.Errors;
using Srpo.Dashboard.Following;
using Srpo.Dashboard.Tests.Support;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Tests;

namespace Srpo.Dashboard.Tests.Following;

/// <summary>What is asked of a population while pages show it, and what they see.</summary>
public sealed class PopulationFollowerTests
{
    /// <summary>Longer than between two questions.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(0.5);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeSource _source = new(teams: 2);
    private readonly EventLog _log;
    private readonly PopulationFollower _follower;

    public PopulationFollowerTests()
    {
        _log = new EventLog(_time);
        _follower = new PopulationFollower(_source, FakeSource.Population, _log, _time);
    }

    [Fact]
    public async Task Nothing_is_asked_while_nobody_looks()
    {
        _time.Advance(10 * Turn);
        Assert.Empty(_source.Asked());

        var first = _follower.Look(() => { });
        var second = _follower.Look(() => { });
        await Until.HoldsAsync("there is an answer", () => _follower.View is not null);
        first.Dispose();
        first.Dispose(); // whoever leaves twice has left once: the other still looks
        _source.Play(0, 1);
        await TurnsUntilAsync("the round is seen", () => _follower.View!.Status.Teams[0].Round == 1);
        second.Dispose();
        _source.Asked();
        _source.Play(0, 2);
        _time.Advance(10 * Turn);
        Assert.Empty(_source.Asked());
        Assert.Equal(1, _follower.View!.Status.Teams[0].Round);

        using var third = _follower.Look(() => { });
        await TurnsUntilAsync("it is followed again", () => _follower.View!.Status.Teams[0].Round == 2);
    }

    [Fact]
    public async Task Pages_wait_for_first_answers_though_not_long()
    {
        var followers = new Followers(_source, _log, _time);
        var follower = followers.Of(FakeSource.Population);
        var waiting = followers.AnsweredAsync([follower], CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        using (follower.Look(() => { })) await waiting;
        Assert.NotNull(follower.View);
        Assert.True(followers.AnsweredAsync([follower], CancellationToken.None).IsCompletedSuccessfully);

        // That there is no answer is one.
        _source.Fail(new InvalidOperationException("gone"));
        var silent = followers.Of("another");
        var both = followers.AnsweredAsync([follower, silent], CancellationToken.None);
        using (silent.Look(() => { })) await both;
        Assert.Equal("gone", silent.Problem);

        // Nobody looks, so that nobody answers.
        var late = followers.AnsweredAsync([followers.Of("third")], CancellationToken.None);
        Assert.False(late.IsCompleted);
        _time.Advance(Turn);
        await late;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => followers.AnsweredAsync([followers.Of("third")], new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Only_new_points_are_asked_for_and_a_team_that_has_not_moved_costs_none()
    {
        _source.Play(0, 2);
        await RefreshAsync();
        Assert.Equal(["spec", "status", "curves after "], _source.Asked());
        Assert.Equal([3, 0], _follower.View!.Curves.Select(curve => curve.Points.Length));

        await RefreshAsync();
        Assert.Equal(["status"], _source.Asked());

        _source.Play(0, 4);
        _source.Play(1, 1);
        await RefreshAsync();
        Assert.Equal(["status", "curves after 3 0"], _source.Asked());
        Assert.Equal([0, 0.5, 1, 1.5, 2], _follower.View.Curves[0].Points.Select(point => point.MeanReturn));
        Assert.Equal([0, 0.5], _follower.View.Curves[1].Points.Select(point => point.MeanReturn));
        Assert.All(_follower.View.Curves, curve => Assert.Equal(FakeSource.Population, curve.Method));
    }

    [Fact]
    public async Task Who_looks_is_told_of_what_changes_and_of_nothing_else()
    {
        var told = 0;
        using var looking = _follower.Look(() => told++);
        await Until.HoldsAsync("there is an answer", () => _follower.View is not null);
        var before = told;
        await RefreshAsync();

        // Rates and seconds change with every answer.
        _source.Change(status => status with { TrainingSeconds = 3, EnvironmentStepsPerSecond = 77 });
        await RefreshAsync();
        Assert.Equal(before, told);
        _source.Change(status => status with { Warning = "storage is away" });
        await RefreshAsync();
        Assert.Equal(before + 1, told);
        Assert.Equal("storage is away", _follower.View!.Status.Warning);
    }

    [Fact]
    public async Task A_team_that_goes_back_has_the_points_of_its_checkpoint()
    {
        _source.Play(0, 5);
        _source.Play(1, 5);
        await RefreshAsync();
        _source.Play(0, 2);
        await RefreshAsync();
        Assert.Equal([3, 6], _follower.View!.Curves.Select(curve => curve.Points.Length));
        Assert.Contains(_log.Of(FakeSource.Population), happened => happened is { IsTrouble: true, Text: "team 0 went back from round 5 to 2, its last checkpoint" });

        _source.Play(0, 6);
        await RefreshAsync();
        Assert.Equal([0, 0.5, 1, 1.5, 2, 2.5, 3], _follower.View.Curves[0].Points.Select(point => point.MeanReturn));
        Assert.Equal([0, 20, 40, 60, 80, 100, 120], _follower.View.Curves[0].Points.Select(point => point.EnvSteps));
    }

    [Fact]
    public async Task A_problem_is_told_once_keeps_what_is_known_and_goes_when_there_is_an_answer()
    {
        var told = 0;
        _follower.Changed += () => told++;
        _source.Play(0, 1);
        await RefreshAsync();
        _source.Fail(new SrpoException(ErrorKind.Environment, "nobody answers"));
        await RefreshAsync();
        await RefreshAsync();
        Assert.Equal(("nobody answers", 2), (_follower.Problem, told));
        Assert.Equal(1, _follower.View!.Status.Teams[0].Round);

        _source.Fail(null);
        await RefreshAsync();
        Assert.Equal((null, 3), (_follower.Problem, told));
    }

    [Fact]
    public async Task A_problem_at_the_first_question_is_mended_by_asking_again()
    {
        _source.Fail(new SrpoException(ErrorKind.NotFound, "there is no such population"));
        using var looking = _follower.Look(() => { });
        await Until.HoldsAsync("the problem is known", () => _follower.Problem == "there is no such population");
        Assert.Null(_follower.View);
        _source.Fail(null);
        await TurnsUntilAsync("there is an answer", () => _follower is { View: not null, Problem: null });
    }

    [Fact]
    public async Task What_has_ended_is_asked_again_in_another_era_or_when_somebody_has_done_something()
    {
        _source.Change(status => status with { Phase = PopulationPhase.Paused });
        using var looking = _follower.Look(() => { });
        await Until.HoldsAsync("there is an answer", () => _follower.View is not null);
        _source.Asked();
        for (var turn = 0; turn < 5; turn++) _time.Advance(Turn);
        Assert.Empty(_source.Asked());

        _source.Change(status => status with { Phase = PopulationPhase.Stopped });
        _follower.Hurry();
        await TurnsUntilAsync("it is asked at once", () => _follower.View!.Status.Phase == PopulationPhase.Stopped);
        _source.Change(status => status with { Phase = PopulationPhase.Training });
        _source.Era = "2";
        await TurnsUntilAsync("the other process is asked", () => _follower.View!.Status.Phase == PopulationPhase.Training);
        Assert.Equal(["stopped → training", "paused → stopped"], _log.Of(FakeSource.Population).Select(happened => happened.Text));
    }

    [Fact]
    public async Task Speed_is_taken_over_seconds()
    {
        await RefreshAsync();
        Assert.Empty(_follower.Rates);
        _time.Advance(TimeSpan.FromSeconds(2));
        _source.Play(0, 20);
        await RefreshAsync();
        Assert.Equal([10, 0], _follower.Rates);

        // Not the last moment alone.
        _time.Advance(TimeSpan.FromSeconds(0.5));
        _source.Play(0, 50);
        await RefreshAsync();
        Assert.Equal([10, 0], _follower.Rates);
        _time.Advance(TimeSpan.FromSeconds(2.5));
        _source.Play(1, 10);
        await RefreshAsync();
        Assert.Equal([10, 2], _follower.Rates);

        // Who went back is not slower than nothing.
        _time.Advance(TimeSpan.FromSeconds(5));
        _source.Play(0, 40);
        await RefreshAsync();
        Assert.Equal([0, 0], _follower.Rates);
    }

    private Task RefreshAsync() => _follower.RefreshAsync(CancellationToken.None);

    /// <summary>Lets time go on until something holds.</summary>
    private Task TurnsUntilAsync(string what, Func<bool> holds) => Until.HoldsAsync(what, () =>
    {
        _time.Advance(Turn);
        return holds();
    });
}
