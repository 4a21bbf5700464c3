using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Tests.Operations;

public sealed class ClusterPatienceTests : IDisposable
{
    private readonly StringWriter _error = new();
    private int _asked;

    [Fact]
    public async Task What_is_away_for_a_moment_is_asked_again_and_one_line_says_so()
    {
        var patience = new ClusterPatience(Context("--cluster", "localhost")) { Pause = TimeSpan.FromMilliseconds(1) };
        Assert.Equal(4, await patience.AskAsync(() => AnswerAsync(away: 3, new TimeoutException("no answer\nin detail"))));
        Assert.Equal(8, await patience.AskAsync(() => AnswerAsync(away: 7, new StorageUnavailableException("no database"))));
        var line = Assert.Single(_error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith("waiting until another takes over (no answer)", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stays_away_is_an_error_with_advice()
    {
        var patience = new ClusterPatience(Context("--cluster", "localhost")) { Pause = TimeSpan.FromMilliseconds(1), Limit = TimeSpan.FromMilliseconds(30) };
        var error = await Assert.ThrowsAsync<CommandException>(() => patience.AskAsync(() => AnswerAsync(away: int.MaxValue, new TimeoutException("gone"))));
        Assert.Equal(ExitCode.Environment, error.Code);
        Assert.Contains("srpo cluster status", error.Message, StringComparison.Ordinal);
        Assert.True(_asked > 1);
    }

    [Fact]
    public async Task Refusals_and_grains_of_this_process_are_not_asked_again()
    {
        var cluster = new ClusterPatience(Context("--cluster", "localhost"));
        await Assert.ThrowsAsync<UnknownGrainException>(() => cluster.AskAsync(() => AnswerAsync(away: 1, new UnknownGrainException("nobody"))));
        var here = new ClusterPatience(Context());
        await Assert.ThrowsAsync<TimeoutException>(() => here.AskAsync(() => AnswerAsync(away: 2, new TimeoutException("slow"))));
        Assert.Equal((2, ""), (_asked, _error.ToString()));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_waiting()
    {
        using var pressed = new CancellationTokenSource();
        var patience = new ClusterPatience(Context("--cluster", "localhost")) { Pause = TimeSpan.FromHours(1) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => patience.AskAsync(
            () =>
            {
                pressed.CancelAfter(1);
                return AnswerAsync(away: 1, new TimeoutException("away"));
            },
            pressed.Token));
    }

    public void Dispose() => _error.Dispose();

    private Task<int> AnswerAsync(int away, Exception error) => ++_asked <= away ? Task.FromException<int>(error) : Task.FromResult(_asked);

    private CommandContext Context(params string[] options)
    {
        var shell = new Shell(TextWriter.Null, _error, "/", Width: 80, OutIsTerminal: false, ErrorIsTerminal: false);
        return new CommandContext(shell, RootCommandBuilder.Build(shell).Parse(["population", "list", .. options]), CancellationToken.None);
    }
}
