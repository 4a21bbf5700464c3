using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Hosting;

/// <summary>
/// Stores what is under way before the silo shuts down. Hosted services stop in the reverse order of their registration, so
/// this one, registered after the silo, stops while all grains still answer.
/// </summary>
internal sealed class GracefulStop(ActiveWork work, IGrainFactory grains, ILogger<GracefulStop> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var populations = work.Populations.Keys.Select(name => TryAsync(name, () => grains.GetGrain<ICoordinatorGrain>(name).SuspendAsync()));
        var tournaments = work.Tournaments.Keys.Select(name => TryAsync(name, () => grains.GetGrain<ITournamentGrain>(name).PauseAsync()));
        var all = Task.WhenAll(populations.Concat(tournaments));
        try
        {
            await all.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            logger.LogWarning("There was no time to store everything before the end; what is missing is computed again.");
        }
    }

    private async Task TryAsync(string name, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception error)
        {
            logger.LogWarning(error, "{Name} could not be stored before the end; it goes on from its last checkpoint.", name);
        }
    }
}
