using System.Diagnostics;
using Orleans.Concurrency;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Plays tiles and single episodes on the worker pool. Reentrant: the pool, not the activation, bounds the work.</summary>
[GrainType("matchworker"), StatelessWorker, Reentrant]
internal sealed class MatchWorkerGrain(
    EnvironmentCatalog environments, ComputePool pool, ScratchPool<EnvironmentSettings, MatchPlayer> players, TileCancellation tiles, WorkMeter meter) : Grain, IMatchWorkerGrain
{
    /// <inheritdoc/>
    public async Task<MatchResult[]> PlayAsync(MatchTile tile)
    {
        if (tile?.Seat1 is null || tile.Environment is null) throw new SrpoGrainException("a tile needs an environment and policies for both seats");
        environments.Info(tile.Environment);
        if (!string.IsNullOrEmpty(tile.Tournament)) GrainKeys.CheckName(tile.Tournament);
        GrainChecks.Range("episodes", tile.Episodes, 1, 1_000_000);
        GrainChecks.Range("steps", tile.Steps, 1, 65536);
        GrainChecks.Range("row", tile.Row, 0, 1 << 20);
        GrainChecks.Range("first column", tile.FirstColumn, 0, 1 << 20);
        GrainChecks.Range("columns", tile.Seat1.Length, 1, GrainChecks.MaxColumns);
        var seat0 = Wire.ToPolicy(tile.Seat0);
        var seat1 = new FrozenPolicy[tile.Seat1.Length];
        for (var i = 0; i < seat1.Length; i++) seat1[i] = Wire.ToPolicy(tile.Seat1[i]);
        using var activity = SrpoActivities.Tile(tile.Row, tile.FirstColumn, seat1.Length);
        var start = Stopwatch.GetTimestamp();
        try
        {
            var outcomes = await tiles.RunAsync(tile.Tournament ?? "", cancellation => pool.RunAsync(
                () => players.Use(
                    tile.Environment,
                    player => player.Play(tile.Seed, tile.Row, seat0, tile.FirstColumn, seat1, tile.Episodes, tile.Steps, cancellation)),
                cancellation));
            meter.AddSteps((long)tile.Episodes * tile.Steps * seat1.Length);
            SrpoMeter.TilePlayed(seat1.Length, start);
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
        var policies = Array.ConvertAll(request.Players, Wire.ToPolicy);
        try
        {
            return await pool.RunAsync(() =>
            {
                var frames = players.Use(request.Environment, player => player.Replay(request.Seed, request.Episode, policies, request.Steps));
                return frames.Select(frame => new ReplayFrame(
                    frame.Step, [.. frame.Actions.Select(action => info.ActionNames[action])], frame.Rewards, frame.Costs, frame.Probabilities,
                    frame.Drawing, frame.EpisodeEnded)).ToArray();
            });
        }
        catch (ArgumentException error)
        {
            throw new SrpoGrainException(error.Message, error);
        }
    }
}
