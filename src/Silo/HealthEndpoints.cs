namespace Srpo.Silo;

/// <summary>
/// What load balancers and operators ask: /health/live, the process runs; /health/ready, it can take work. Open to everyone who
/// can connect; they say a word each.
/// </summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication application)
    {
        application.MapGet("/health/live", () => Results.Text("live\n"));
        application.MapGet("/health/ready", async (Readiness readiness, CancellationToken cancellation) =>
            await readiness.ProblemAsync(cancellation) is { } problem
                ? Results.Text($"not ready: {problem}\n", statusCode: StatusCodes.Status503ServiceUnavailable)
                : Results.Text("ready\n"));
    }
}
