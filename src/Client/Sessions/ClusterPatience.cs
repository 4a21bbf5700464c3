using System.Diagnostics;
using System.Reflection;
using Srpo.Core.Errors;
using Srpo.Grains;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Sessions;

/// <summary>
/// Makes every call of a client to a cluster patient: a call that has no answer within seconds, since a silo or a gateway is away, is
/// made again, through the next gateway, until another silo has taken over. All contracts allow calls to be repeated.
/// Thread-safe.
/// </summary>
/// <param name="error">Where it is said that the cluster is waited for.</param>
/// <param name="cancellation">Set by Ctrl-C: ends calls at once, also those under way.</param>
internal sealed class ClusterPatience(TextWriter error, CancellationToken cancellation) : IOutgoingGrainCallFilter, IDisposable
{
    /// <summary>Calls that the client makes for itself have patience of their own.</summary>
    private static readonly Assembly Contracts = typeof(ICoordinatorGrain).Assembly;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private long _said = long.MinValue;
    private CancellationTokenSource? _last;

    /// <summary>Time after which a call counts as lost; the answers of grains take less.</summary>
    public static TimeSpan LostAfter { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a cluster that does not answer is asked again.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Time between two attempts.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>From here on calls are made although Ctrl-C was pressed, to leave in good order, and for no longer than this.</summary>
    public void AfterInterrupt(TimeSpan limit)
    {
        _last?.Dispose();
        _last = new CancellationTokenSource(limit);
    }

    /// <inheritdoc/>
    public Task Invoke(IOutgoingGrainCallContext context) =>
        context.InterfaceMethod.DeclaringType?.Assembly == Contracts ? RunAsync(context.Invoke) : context.Invoke();

    /// <summary>Attempts until there is an answer or a refusal.</summary>
    /// <exception cref="SrpoException">The cluster has not answered for <see cref="Limit"/>.</exception>
    /// <exception cref="OperationCanceledException">Ctrl-C was pressed.</exception>
    public async Task RunAsync(Func<Task> attempt)
    {
        var stop = _last?.Token ?? cancellation;
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                await attempt().WaitAsync(stop);
                return;
            }
            catch (Exception absence) when (IsAbsence(absence))
            {
                // A call that was cancelled looks like one whose connection was closed.
                stop.ThrowIfCancellationRequested();
                if (Stopwatch.GetElapsedTime(began) > Limit)
                {
                    throw new SrpoException(
                        ErrorKind.Environment,
                        $"the cluster has not answered for {Limit.TotalMinutes:0.#} minutes: {FirstLine(absence)}\nWhat is under way goes on by itself where silos live; `srpo cluster status` shows them, and the same command follows it again.", absence);
                }

                Say(absence);
                await Task.Delay(Pause, stop);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _last?.Dispose();

    /// <summary>Whether it passes when another silo or gateway takes over. A canceled call is one whose connection was closed.</summary>
    private static bool IsAbsence(Exception error) => Transient.Is(error);

    private static string FirstLine(Exception error) =>
        error is TimeoutException ? $"no answer within {LostAfter.TotalSeconds:0} seconds" : error.Message.Split('\n')[0].TrimEnd();

    /// <summary>One line for an outage, not one for every attempt and call.</summary>
    private void Say(Exception absence)
    {
        lock (_lock)
        {
            var now = Stopwatch.GetTimestamp();
            if (_said == long.MinValue || Stopwatch.GetElapsedTime(_said, now) > Quiet)
                error.WriteLine($"srpo: a part of the cluster does not answer; waiting until another takes over ({FirstLine(absence)})");
            _said = now;
        }
    }
}
