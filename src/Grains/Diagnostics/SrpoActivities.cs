using System.Diagnostics;

namespace Srpo.Grains.Diagnostics;

/// <summary>
/// Activities of the source "Srpo", for OpenTelemetry and other tracers: one for each stretch of work that takes from some
/// milliseconds up, never one for a round. Null where nobody listens.
/// </summary>
internal static class SrpoActivities
{
    private static readonly ActivitySource Source = new(SrpoMeter.Name);

    /// <summary>A learner trains a team for some rounds.</summary>
    public static Activity? Train(string population, int team, int firstRound, int rounds) =>
        OfTeam("srpo.train", population, team)?.SetTag("srpo.first_round", firstRound).SetTag("srpo.rounds", rounds);

    /// <summary>A learner brings a team back to a checkpoint.</summary>
    public static Activity? Restore(string population, int team) => OfTeam("srpo.restore", population, team);

    /// <summary>A team's agents and adversaries are stored.</summary>
    public static Activity? Checkpoint(string population, int team, int round) =>
        OfTeam("srpo.checkpoint", population, team)?.SetTag("srpo.round", round);

    /// <summary>A match worker plays a tile.</summary>
    public static Activity? Tile(int row, int firstColumn, int columns) =>
        Source.StartActivity("srpo.tournament.tile")?.SetTag("srpo.row", row).SetTag("srpo.first_column", firstColumn).SetTag("srpo.columns", columns);

    private static Activity? OfTeam(string name, string population, int team) =>
        Source.StartActivity(name)?.SetTag("srpo.population", population).SetTag("srpo.team", team);
}
