using Srpo.Client.Sessions;
using Srpo.Core.Errors;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Tests.Operations;

public sealed class ClusterPatienceTests : IDisposable
{
    private readonly StringWriter _error = new();
    private readonly CancellationTokenSource _pressed = new();
    private int _asked;

    [Fact]
    public async Task What_is_away_for_a_moment_is_asked_again_and_one_line_says_so()
    {
        using var patience = Patience();
        await patience.RunAsync(() => AnswerAsync(away: 3, new SiloUnavailableException("no answer\nin detail")));
        await patience.RunAsync(() => AnswerAsync(away: 7, new StorageUnavailableException("no database")));
        Assert.Equal(8, _asked);
        var line = Assert.Single(_error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith("waiting until another takes over (no answer)", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stays_away_is_an_error_with_advice()
    {
        using var patience = Patience(limit: TimeSpan.FromMilliseconds(30));
        var error = await Assert.ThrowsAsync<SrpoException>(() => patience.RunAsync(() => AnswerAsync(away: int.MaxValue, new TimeoutException("gone"))));
        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.Contains("no answer within 5 seconds", error.Message, StringComparison.Ordinal);
        Assert.Contains("srpo cluster status", error.Message, StringComparison.Ordinal);
        Assert.True(_asked > 1);
    }

    [Fact]
    public async Task Refusals_are_not_asked_again()
    {
        using var patience = Patience();
        await Assert.ThrowsAsync<UnknownGrainException>(() => patience.RunAsync(() => AnswerAsync(away: 1, new UnknownGrainException("nobody"))));
        Assert.Equal((1, ""), (_asked, _error.ToString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ctrl_C_ends_waiting_and_calls_under_way_as_cancelled(bool whileWaiting)
    {
        using var patience = Patience(pause: TimeSpan.FromHours(1));
        var silent = new TaskCompletionSource();
        var running = patience.RunAsync(() => whileWaiting ? AnswerAsync(away: 1, new TimeoutException("away")) : silent.Task);
        await _pressed.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_call_that_fails_because_it_was_cancelled_ends_as_cancelled()
    {
        using var patience = Patience();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => patience.RunAsync(async () =>
        {
            await _pressed.CancelAsync();
            throw new TimeoutException("the connection was closed");
        }));
    }

    [Fact]
    public async Task After_an_interrupt_calls_are_made_for_some_time()
    {
        using var patience = Patience(pause: TimeSpan.FromMilliseconds(1));
        await _pressed.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => patience.RunAsync(() => AnswerAsync(away: 0, new TimeoutException())));
        patience.AfterInterrupt(TimeSpan.FromMinutes(1));
        await patience.RunAsync(() => AnswerAsync(away: 2, new TimeoutException()));
        Assert.Equal(3, _asked);
        patience.AfterInterrupt(TimeSpan.FromMilliseconds(20));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => patience.RunAsync(() => AnswerAsync(away: int.MaxValue, new TimeoutException())));
    }

    public void Dispose()
    {
        _error.Dispose();
        _pressed.Dispose();
    }

    private ClusterPatience Patience(TimeSpan? pause = null, TimeSpan? limit = null) =>
        new(_error, _pressed.Token) { Pause = pause ?? TimeSpan.FromMilliseconds(1), Limit = limit ?? TimeSpan.FromMinutes(3) };

    private Task AnswerAsync(int away, Exception error) => ++_asked <= away ? Task.FromException(error) : Task.CompletedTask;
}
