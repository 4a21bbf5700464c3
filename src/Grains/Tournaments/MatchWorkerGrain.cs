using Orleans.Concurrency;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Plays single episodes on the worker pool. Reentrant: the pool, not the activation, bounds the work.</summary>
[GrainType("matchworker"), StatelessWorker, Reentrant]
internal sealed class MatchWorkerGrain(EnvironmentCatalog environments, ScratchPool<EnvironmentSettings, IMatchPlayer> players) : Grain, IMatchWorkerGrain
{
    /// <inheritdoc/>
    public async Task<ReplayFrame[]> ReplayAsync(ReplayRequest request)
    {
        if (request?.Players is null || request.Environment is null) throw new SrpoGrainException("a replay needs an environment and a policy for every seat");
        var info = environments.Info(request.Environment);
        GrainChecks.Range("steps", request.Steps, 1, 65536);
        GrainChecks.Range("actions", (int)request.Actions, 0, 1);
        GrainChecks.Range("episode", request.Episode, 0, (1 << 24) - 1);
        GrainChecks.Range("players", request.Players.Length, info.Seats, info.Seats);
        var policies = Wire.ToPolicies(request.Players);
        try
        {
            return await players.RunAsync(request.Environment, player =>
            {
                var frames = player.Replay(request.Seed, request.Episode, policies, request.Steps, request.Actions);
                return frames.Select(frame => new ReplayFrame(
                    frame.Step, [.. frame.Actions.Select(action => action < 0 ? "" : info.ActionNames[action])], frame.Rewards, frame.Costs, frame.Probabilities,
                    frame.Drawing, frame.EpisodeEnded, [.. frame.Scene])).ToArray();
            });
        }
        catch (ArgumentException error)
        {
            throw new SrpoGrainException(SrpoException.MessageOf(error), error);
        }
    }
}
