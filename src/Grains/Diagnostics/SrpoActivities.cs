using System.Diagnostics;

namespace Srpo.Grains.Diagnostics;

/// <summary>
/// Activities of the source "Srpo", for OpenTelemetry and other tracers: one for each stretch of work that takes from some
/// milliseconds up, never one for a round. Null where nobody listens. A stretch is a trace of its own: the request that began the
/// work was answered long ago. Its context travels with the calls, so that what another silo does for it is a part of it.
/// </summary>
internal static class SrpoActivities
{
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    private static readonly ActivitySource Source = new(SrpoMeter.Name);

    /// <summary>A coordinator has a team trained for some rounds.</summary>
    public static Activity? HaveTrained(string population, int team, int firstRound, int rounds) =>
        Rounds(OfTeam(Begin("srpo.coordinator.train"), population, team), firstRound, rounds);

    /// <summary>A coordinator has a team brought back to a checkpoint.</summary>
    public static Activity? HaveRestored(string population, int team) => OfTeam(Begin("srpo.coordinator.restore"), population, team);

    /// <summary>A coordinator has a team's agents and adversaries stored.</summary>
    public static Activity? Checkpoint(string population, int team, int round) =>
        OfTeam(Begin("srpo.checkpoint"), population, team)?.SetTag("srpo.round", round);

    /// <summary>A tournament has a tile played.</summary>
    public static Activity? HavePlayed(string tournament, int row, int firstColumn, int columns) =>
        Tile(Begin("srpo.tournament.play"), row, firstColumn, columns)?.SetTag("srpo.tournament", tournament);

    /// <summary>A learner trains a team for some rounds.</summary>
    public static Activity? Train(string population, int team, int firstRound, int rounds) =>
        Rounds(OfTeam(GoOn("srpo.train"), population, team), firstRound, rounds);

    /// <summary>A learner brings a team back to a checkpoint.</summary>
    public static Activity? Restore(string population, int team) => OfTeam(GoOn("srpo.restore"), population, team);

    /// <summary>A silo plays a tile.</summary>
    public static Activity? Tile(int row, int firstColumn, int columns) => Tile(GoOn("srpo.tournament.tile"), row, firstColumn, columns);

    /// <summary>Waits for what an activity is about; a failure is noted in it.</summary>
    public static async Task<T> AwaitAsync<T>(this Activity? activity, Task<T> work)
    {
        try
        {
            return await work;
        }
        catch (Exception error) when (activity is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, error.Message);
            throw;
        }
    }

    /// <summary>A trace of its own, whatever request the caller's flow once came from.</summary>
    private static Activity? Begin(string name)
    {
        Activity.Current = null;
        if (Source.StartActivity(name) is not { } activity) return null;
        DistributedContextPropagator.Current.Inject(activity, null, static (_, field, value) => RequestContext.Set(field, value));
        return activity;
    }

    /// <summary>A part of the caller's trace: below the call, where calls are traced too, else below what the caller does.</summary>
    private static Activity? GoOn(string name) =>
        Activity.Current is null && Source.HasListeners() && RequestContext.Get(TraceParent) is string parent
            && ActivityContext.TryParse(parent, RequestContext.Get(TraceState) as string, isRemote: true, out var context)
            ? Source.StartActivity(name, ActivityKind.Internal, context)
            : Source.StartActivity(name);

    private static Activity? OfTeam(Activity? activity, string population, int team) =>
        activity?.SetTag("srpo.population", population).SetTag("srpo.team", team);

    private static Activity? Rounds(Activity? activity, int firstRound, int rounds) =>
        activity?.SetTag("srpo.first_round", firstRound).SetTag("srpo.rounds", rounds);

    private static Activity? Tile(Activity? activity, int row, int firstColumn, int columns) =>
        activity?.SetTag("srpo.row", row).SetTag("srpo.first_column", firstColumn).SetTag("srpo.columns", columns);
}
