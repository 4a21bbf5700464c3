using Srpo.Core.Errors;
using Srpo.Grains.Interfaces;

namespace Srpo.Dashboard.Following;

/// <summary>Follows the silos while a page shows them.</summary>
/// <param name="source">Who is asked.</param>
/// <param name="log">Takes what happens.</param>
/// <param name="time">The time.</param>
internal sealed class SiloFollower(IDashboardSource source, EventLog log, TimeProvider time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>The silos at the last answer.</summary>
    public SiloReport[] Silos { get; private set; } = [];

    /// <summary>Why there is no answer; null if there is one.</summary>
    public string? Problem { get; private set; }

    /// <summary>Asks again and again until it is called off.</summary>
    /// <param name="changed">Told of every answer.</param>
    /// <param name="cancellation">Nobody looks any more.</param>
    public async Task RunAsync(Func<Task> changed, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Pace, time);
        do
        {
            try
            {
                var now = await source.SilosAsync(cancellation);
                log.Note(Silos, now);
                (Silos, Problem) = (now, null);
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                Problem = SrpoException.MessageOf(error);
            }

            await changed();
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }
}
