using System.CommandLine;
using System.Threading.Channels;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands.Populations;

/// <summary>`srpo population watch`: follow the training of a population. Ctrl-C ends the watching, not the training.</summary>
internal static class WatchCommand
{
    /// <summary>The coordinator tells its observers twice a second; after this silence it is asked, since it may have come to another silo, where nobody is subscribed.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    public static Command Create(Shell shell)
    {
        var name = PopulationCommand.NameArgument();
        return new Command("watch", "Follow the training of a population until it ends. Ctrl-C ends the watching, not the training.") { name }.Handle(shell, context =>
            context.WithGrainsToReadAsync(async session =>
            {
                var population = GrainKeys.CheckName(context.Get(name));
                PopulationStatus? last = null;
                await ProgressDisplay.RunAsync(context.Shell, async display =>
                {
                    try
                    {
                        await foreach (var status in StatusesAsync(session, population, context.Cancellation))
                        {
                            last = status;
                            display.Report(PopulationTraining.State(population, status));
                        }
                    }
                    catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
                    {
                        // Whoever watched has seen enough.
                    }
                });
                if (last is not null) PopulationViews.Print(context, last);
                return (int)ExitCode.Ok;
            }));
    }

    /// <summary>The statuses of a population as it tells of them, until it is not in training any more; the first at once.</summary>
    private static async IAsyncEnumerable<PopulationStatus> StatusesAsync(
        IGrainSession session, string population, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var coordinator = session.Grains.GetGrain<ICoordinatorGrain>(population);
        var news = new Observer();
        var reference = session.Grains.CreateObjectReference<IPopulationObserver>(news);
        var renewed = DateTime.MinValue;
        try
        {
            var status = await coordinator.GetStatusAsync();
            while (true)
            {
                yield return status;
                if (status.Phase != PopulationPhase.Training) yield break;
                if (DateTime.UtcNow - renewed > Subscriptions.Renewal)
                {
                    await coordinator.SubscribeAsync(reference);
                    renewed = DateTime.UtcNow;
                }

                if (await news.NextAsync(Silence, cancellation) is { } told)
                {
                    status = told;
                    continue;
                }

                status = await coordinator.GetStatusAsync();
                renewed = DateTime.MinValue;
            }
        }
        finally
        {
            await LeaveAsync(coordinator, reference);
            session.Grains.DeleteObjectReference<IPopulationObserver>(reference);
            GC.KeepAlive(news);
        }
    }

    /// <summary>Ends the subscription, if that is quickly done; otherwise it expires.</summary>
    private static async Task LeaveAsync(ICoordinatorGrain coordinator, IPopulationObserver reference)
    {
        try
        {
            await coordinator.UnsubscribeAsync(reference).WaitAsync(TimeSpan.FromSeconds(1));
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException or SrpoGrainException or SrpoException)
        {
            // It ends by itself.
        }
    }

    /// <summary>Keeps the newest message.</summary>
    private sealed class Observer : IPopulationObserver
    {
        private readonly Channel<PopulationStatus> _news = Channel.CreateBounded<PopulationStatus>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

        public Task OnProgressAsync(PopulationStatus status)
        {
            _news.Writer.TryWrite(status);
            return Task.CompletedTask;
        }

        /// <summary>The newest message, or the next one; null if there is none for a while.</summary>
        public async Task<PopulationStatus?> NextAsync(TimeSpan silence, CancellationToken cancellation)
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(silence);
            try
            {
                return await _news.Reader.ReadAsync(limited.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return null;
            }
        }
    }
}
