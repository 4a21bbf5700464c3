using System.Diagnostics;
using Srpo.Core.Errors;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Runs;

/// <summary>Asks for what grains note durably and carry out later, and follows it.</summary>
public static class Wishes
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Asks until the wish is stored. What takes longer than a call goes on meanwhile, and is said once.</summary>
    public static Task<T> AskAsync<T>(RunContext context, Func<Task<T>> ask, CancellationToken cancellation) => AskAsync(ask, context.Observer.Notice, cancellation);

    /// <summary>Asks until the wish is stored.</summary>
    /// <param name="ask">Asks once.</param>
    /// <param name="notice">Told once of what is waited for.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<T> AskAsync<T>(Func<Task<T>> ask, Action<string> notice, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentNullException.ThrowIfNull(notice);
        var said = false;
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (WorkPendingException pending)
            {
                if (!said) notice($"{pending.Message.Replace("; ask again", "", StringComparison.Ordinal)}; waiting");
                said = true;
                await Task.Delay(Poll, cancellation);
            }
        }
    }

    /// <summary>Follows a pause or stop that is stored until it is carried out.</summary>
    /// <exception cref="SrpoException">It takes too long, or Ctrl-C was pressed; the wish stays.</exception>
    public static async Task<PopulationStatus> FollowAsync(RunContext context, ICoordinatorGrain coordinator, PopulationStatus status, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var said = false;
        while (status is { Phase: PopulationPhase.Training, Wish: not null })
        {
            var waited = Stopwatch.GetElapsedTime(began);
            if (waited > Quiet && !said)
            {
                said = true;
                context.Observer.Notice($"the wish is stored; the teams of {status.Population} finish and store their rounds{Reason(status)}");
            }

            if (waited > Limit)
                throw new SrpoException(ErrorKind.Environment, $"{status.Population} is still {Doing(status)} after {Limit.TotalSeconds:0} seconds{Reason(status)}\nThe wish is stored and is carried out by itself; `{context.Command($"population status {status.Population}")}` shows how far it is.");
            try
            {
                await Task.Delay(Poll, cancellation);
                status = await coordinator.GetStatusAsync();
            }
            catch (OperationCanceledException)
            {
                throw new SrpoException(ErrorKind.Interrupted, $"not waited for: {status.Population} is {Doing(status)}, which is stored and carried out by itself");
            }
        }

        return status;
    }

    private static string Doing(PopulationStatus status) => status.Wish == PopulationPhase.Stopped ? "stopping" : "pausing";

    private static string Reason(PopulationStatus status) => status.Warning is { } warning ? $": {warning}" : "";
}
