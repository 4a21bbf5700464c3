using System.Diagnostics;
using Srpo.Client.Cli;
using Srpo.Grains;

namespace Srpo.Client.Sessions;

/// <summary>
/// Asks a cluster again while a silo or a gateway is away: training goes on by itself elsewhere, so whoever follows it waits
/// until it can be seen again. For requests that may be repeated. Grains in this process are asked once.
/// </summary>
internal sealed class ClusterPatience(CommandContext context)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    private long _said = long.MinValue;

    /// <summary>How long a cluster that does not answer is asked again.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Time between two attempts.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Asks until there is an answer or a refusal; Ctrl-C ends the waiting.</summary>
    /// <exception cref="CommandException">The cluster has not answered for <see cref="Limit"/>.</exception>
    /// <exception cref="OperationCanceledException">Ctrl-C was pressed between two attempts.</exception>
    public Task<T> AskAsync<T>(Func<Task<T>> ask) => AskAsync(ask, context.Cancellation);

    /// <inheritdoc cref="AskAsync{T}(Func{Task{T}})"/>
    public Task AskAsync(Func<Task> ask) => AskAsync(async () =>
    {
        await ask();
        return true;
    });

    /// <summary>The same for what is to be done after Ctrl-C, too.</summary>
    public async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        if (!context.UsesCluster) return await ask();
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception error) when (IsAbsence(error) && !cancellation.IsCancellationRequested)
            {
                if (Stopwatch.GetElapsedTime(began) > Limit)
                {
                    throw new CommandException(
                        ExitCode.Environment,
                        $"the cluster has not answered for {Limit.TotalMinutes:0.#} minutes: {FirstLine(error)}\nWhat is under way goes on by itself where silos live; `srpo cluster status` shows them, and the same command follows it again.", error);
                }

                Say(error);
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    /// <summary>Whether it passes when another silo or gateway takes over. A canceled call is one whose connection was closed.</summary>
    private static bool IsAbsence(Exception error) => Transient.Is(error);

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0].TrimEnd();

    /// <summary>One line for an outage, not one for every attempt.</summary>
    private void Say(Exception error)
    {
        var now = Stopwatch.GetTimestamp();
        if (_said == long.MinValue || Stopwatch.GetElapsedTime(_said, now) > Quiet)
            context.Error.WriteLine($"srpo: a part of the cluster does not answer; waiting until another takes over ({FirstLine(error)})");
        _said = now;
    }
}
