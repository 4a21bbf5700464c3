using Srpo.Grains.Interfaces;

namespace Srpo.Silo;

/// <summary>What load balancers and operators ask: /health/live, the process runs; /health/ready, grains answer.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapHealth(this WebApplication application)
    {
        application.MapGet("/health/live", () => Results.Text("live\n"));
        application.MapGet("/health/ready", async (IGrainFactory grains, IHostApplicationLifetime lifetime) =>
        {
            if (!lifetime.ApplicationStarted.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested) return NotReady("starting or stopping");
            try
            {
                await grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetPopulationsAsync().WaitAsync(Patience);
                return Results.Text("ready\n");
            }
            catch (Exception error)
            {
                return NotReady(error.Message);
            }
        });
    }

    private static IResult NotReady(string reason) => Results.Text($"not ready: {reason}\n", statusCode: StatusCodes.Status503ServiceUnavailable);
}
