using System.Diagnostics;
using Orleans.Concurrency;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Compute;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Plays tiles and single episodes on the worker pool. Reentrant: the pool, not the activation, bounds the work.</summary>
[GrainType("matchworker"), StatelessWorker, Reentrant]
internal sealed class MatchWorkerGrain(
    EnvironmentCatalog environments, ComputePool pool, ScratchPool<EnvironmentSettings, MatchPlayer> players, TileCancellation tiles, WorkMeter meter, SrpoMeter measures) : Grain, IMatchWorkerGrain
{
    /// <inheritdoc/>
    public async Task<MatchResult[]> PlayAsync(MatchTile tile)
    {
        if (tile?.Team is null || tile.Partners is null || tile.Environment is null) throw new SrpoGrainException("a tile needs an environment and policies for two runs");
        var info = environments.Info(tile.Environment);
        if (!string.IsNullOrEmpty(tile.Tournament)) GrainKeys.CheckName(tile.Tournament);
        GrainChecks.Range("episodes", tile.Episodes, 1, 1_000_000);
        GrainChecks.Range("steps", tile.Steps, 1, 65536);
        GrainChecks.Range("row", tile.Row, 0, 1 << 20);
        GrainChecks.Range("first column", tile.FirstColumn, 0, 1 << 20);
        GrainChecks.Range("columns", tile.Partners.Length, 1, GrainChecks.MaxColumns);
        GrainChecks.Range("seats of a team", info.TeamSeats, 1, Seatings.MaxMixedSeats);
        var team = Team(tile.Team, info);
        var partners = Array.ConvertAll(tile.Partners, partner => Team(partner, info));
        var opponents = Wire.ToPolicies(tile.Opponents);
        var rules = new MatchRules(tile.Mixed ? Seating.Mixed : Seating.Ordered, tile.Episodes, tile.Steps);
        using var activity = SrpoActivities.Tile(tile.Row, tile.FirstColumn, partners.Length);
        var start = Stopwatch.GetTimestamp();
        try
        {
            var outcomes = await tiles.RunAsync(tile.Tournament ?? "", cancellation => pool.RunAsync(
                () => players.Use(
                    tile.Environment,
                    player => player.Play(tile.Seed, tile.Row, team, tile.FirstColumn, partners, rules, opponents, cancellation)),
                cancellation));
            meter.AddSteps((long)tile.Episodes * tile.Steps * partners.Length);
            measures.TilePlayed(partners.Length, start);
            return Array.ConvertAll(outcomes, outcome => new MatchResult(outcome.MeanReturn, outcome.ReturnDeviation, outcome.SeatReturns, outcome.SeatCosts));
        }
        catch (ArgumentException error)
        {
            throw new SrpoGrainException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public async Task<ReplayFrame[]> ReplayAsync(ReplayRequest request)
    {
        if (request?.Players is null || request.Environment is null) throw new SrpoGrainException("a replay needs an environment and a policy for every seat");
        var info = environments.Info(request.Environment);
        GrainChecks.Range("steps", request.Steps, 1, 65536);
        GrainChecks.Range("episode", request.Episode, 0, (1 << 24) - 1);
        GrainChecks.Range("players", request.Players.Length, info.Seats, info.Seats);
        var policies = Wire.ToPolicies(request.Players);
        try
        {
            return await pool.RunAsync(() =>
            {
                var frames = players.Use(request.Environment, player => player.Replay(request.Seed, request.Episode, policies, request.Steps));
                return frames.Select(frame => new ReplayFrame(
                    frame.Step, [.. frame.Actions.Select(action => action < 0 ? "" : info.ActionNames[action])], frame.Rewards, frame.Costs, frame.Probabilities,
                    frame.Drawing, frame.EpisodeEnded,
                    [.. frame.Scene.Select(circle => new FrameCircle(circle.Role, circle.Name, circle.X, circle.Y, circle.Radius))])).ToArray();
            });
        }
        catch (ArgumentException error)
        {
            throw new SrpoGrainException(error.Message, error);
        }
    }

    private static FrozenTeam Team(PolicySnapshot[] policies, EnvironmentInfo info)
    {
        if (policies is null || policies.Length != info.TeamSeats)
            throw new SrpoGrainException($"a run has {policies?.Length ?? 0} policies; a team in {info.Name} {info.Variant} has {info.TeamSeats} seats");
        return new FrozenTeam(Wire.ToPolicies(policies));
    }
}
