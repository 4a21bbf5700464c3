using Orleans.Concurrency;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Plays tiles and single episodes on the worker pool. Reentrant: the pool, not the activation, bounds the work.</summary>
[GrainType("matchworker"), StatelessWorker, Reentrant]
internal sealed class MatchWorkerGrain(
    EnvironmentCatalog environments, ComputePool pool, ScratchPool<EnvironmentSettings, MatchPlayer> players) : Grain, IMatchWorkerGrain
{
    /// <inheritdoc/>
    public async Task<MatchResult[]> PlayAsync(MatchTile tile)
    {
        if (tile?.Seat1 is null || tile.Environment is null) throw new SrpoGrainException("a tile needs an environment and policies for both seats");
        environments.Info(tile.Environment);
        Range("episodes", tile.Episodes, 1, 1_000_000);
        Range("steps", tile.Steps, 1, 65536);
        Range("row", tile.Row, 0, 1 << 20);
        Range("first column", tile.FirstColumn, 0, 1 << 20);
        Range("columns", tile.Seat1.Length, 1, 1 << 20);
        var seat0 = Wire.ToPolicy(tile.Seat0);
        var seat1 = new FrozenPolicy[tile.Seat1.Length];
        for (var i = 0; i < seat1.Length; i++) seat1[i] = Wire.ToPolicy(tile.Seat1[i]);
        try
        {
            return await pool.RunAsync(() =>
            {
                var outcomes = players.Use(
                    tile.Environment, player => player.Play(tile.Seed, tile.Row, seat0, tile.FirstColumn, seat1, tile.Episodes, tile.Steps));
                return Array.ConvertAll(outcomes, outcome => new MatchResult(outcome.MeanReturn, outcome.ReturnDeviation, outcome.SeatReturns, outcome.SeatCosts));
            });
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
        Range("steps", request.Steps, 1, 65536);
        Range("episode", request.Episode, 0, (1 << 24) - 1);
        Range("players", request.Players.Length, info.Seats, info.Seats);
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

    private static void Range(string name, int value, int low, int high)
    {
        if (value < low || value > high) throw new SrpoGrainException($"{name}: {value} is out of range; use a whole number from {low} to {high}");
    }
}
