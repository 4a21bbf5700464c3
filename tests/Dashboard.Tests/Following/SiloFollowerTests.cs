using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Srpo.Core.Errors;
using Srpo.Dashboard.Following;
using Srpo.Dashboard.Tests.Support;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Tests;

namespace Srpo.Dashboard.Tests.Following;

/// <summary>Silos as pages follow them.</summary>
public sealed class SiloFollowerTests
{
    private static readonly SiloReport A = new("at-a", "active", "a", 2, 0, 0, 0, 0, 0, 0, 0, 0, [], []);
    private static readonly SiloReport B = A with { Silo = "at-b", Name = "b" };

    private readonly FakeTimeProvider _time = new();
    private readonly FakeSource _source = new(teams: 1);
    private readonly EventLog _log;
    private readonly SiloFollower _follower;

    public SiloFollowerTests()
    {
        _log = new EventLog(_time);
        _follower = new SiloFollower(_source, _log, _time);
    }

    [Fact]
    public async Task Pages_share_the_questions_and_are_told_once_in_order()
    {
        var questions = new ConcurrentQueue<TaskCompletionSource<SiloReport[]>>();
        _source.Silos = () =>
        {
            var question = new TaskCompletionSource<SiloReport[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            questions.Enqueue(question);
            return question.Task;
        };
        using var leaving = new CancellationTokenSource();
        var told = 0;
        Task[] pages = [.. Enumerable.Range(0, 3).Select(_ => _follower.RunAsync(() => Task.FromResult(Interlocked.Increment(ref told)), leaving.Token))];
        await AnswerAsync([A], pages: 3);
        await AnswerAsync([A, B], pages: 6);
        await AnswerAsync([A, B with { Name = "", Status = "no answer" }], pages: 9);
        await AnswerAsync([A], pages: 12);
        Assert.Equal(
            ["b: left the cluster (it was at at-b)", "b: active → no answer", "b: joined at at-b"], _log.Of().Select(happened => $"{happened.Subject}: {happened.Text}"));
        Assert.Equal([A], _follower.Silos);
        Assert.Equal(["a", "b"], _follower.Names.Order(StringComparer.Ordinal));

        leaving.Cancel();
        foreach (var page in pages) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);
        questions.Clear();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(questions);

        async Task AnswerAsync(SiloReport[] silos, int pages)
        {
            TaskCompletionSource<SiloReport[]>? question = null;
            await Until.HoldsAsync("somebody asks", () =>
            {
                if (questions.TryDequeue(out question)) return true;
                _time.Advance(TimeSpan.FromSeconds(0.25));
                return false;
            });

            // However long the answer takes, nobody asks beside it.
            _time.Advance(TimeSpan.FromSeconds(5));
            Assert.Empty(questions);
            question!.SetResult(silos);
            await Until.HoldsAsync("all pages are told", () => Volatile.Read(ref told) >= pages);
        }
    }

    [Fact]
    public async Task A_problem_is_said_and_the_silos_stay()
    {
        _source.Silos = () => Task.FromResult<SiloReport[]>([A]);
        using var leaving = new CancellationTokenSource();
        var page = _follower.RunAsync(() => Task.CompletedTask, leaving.Token);
        await Until.HoldsAsync("there is an answer", () => _follower.Silos.Length == 1);
        _source.Silos = () => Task.FromException<SiloReport[]>(new SrpoException(ErrorKind.Environment, "nobody answers"));
        await Until.HoldsAsync("the problem is known", Turn(() => _follower.Problem == "nobody answers"));
        Assert.Equal([A], _follower.Silos);
        _source.Silos = () => Task.FromResult<SiloReport[]>([A]);
        await Until.HoldsAsync("it is mended", Turn(() => _follower.Problem is null));
        Assert.Empty(_log.Of());
        leaving.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);

        Func<bool> Turn(Func<bool> holds) => () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return holds();
        };
    }
}
