using Orleans.CodeGeneration;
using Orleans.Concurrency;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>
/// What the silos ask of agents and adversaries: their part in the training of their team. Everything here stays within a team's silo, or between
/// its learner and the coordinator; clients know none of it.
/// </summary>
[Alias("srpo.ITeamActor"), Version(2)]
internal interface ITeamActor : IGrainWithStringKey
{
    /// <summary>
    /// Makes the actor stand at a round: in memory already, from a stored checkpoint of exactly that round, or, for round 0,
    /// newly initialised from the spec's streams. Called by the team's learner before training; repeating it changes nothing.
    /// </summary>
    /// <param name="spec">The population's spec.</param>
    /// <param name="round">The round.</param>
    /// <param name="session">The training session, as in <see cref="TrainRequest"/>; requests of earlier ones are refused from now on.</param>
    /// <returns>Whether the actor stands at the round; false if no checkpoint of it is left.</returns>
    /// <exception cref="StaleSessionException">A later session has prepared the actor.</exception>
    [Alias("Prepare")]
    Task<bool> PrepareAsync([Immutable] PopulationSpec spec, int round, long session);

    /// <summary>The complete learning state at its present version. Called by the team's learner.</summary>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    [Alias("GetState")]
    Task<ActorState> GetStateAsync();

    /// <summary>
    /// Takes over the next version. Called by the team's learner after every round; a version that is not newer than the
    /// present one is ignored, so a repeated call changes nothing.
    /// </summary>
    /// <exception cref="StaleSessionException">A later session has prepared the actor.</exception>
    [Alias("Apply")]
    Task ApplyAsync(ActorState next, UpdateMetrics metrics, long session);

    /// <summary>Stores the present version as a checkpoint, unless it is stored already. The older of the two kept ones is overwritten.</summary>
    /// <returns>The version stored.</returns>
    /// <exception cref="StaleSessionException">A later session has prepared the actor.</exception>
    [Alias("Checkpoint")]
    Task<int> CheckpointAsync(long session);

    /// <summary>
    /// Moves the actor to a silo, with what storage holds of it. Called by the team's learner before a team is restored there.
    /// </summary>
    /// <returns>Whether it is there; false while it moves: ask again.</returns>
    [Alias("MoveTo")]
    Task<bool> MoveToAsync(SiloAddress silo);

    /// <summary>The spec that the actor was trained with; null where nothing can be read of it.</summary>
    [Alias("GetSpec")]
    [return: Immutable]
    Task<PopulationSpec?> GetSpecAsync();

    /// <summary>Removes all that is stored of the actor. Called by the coordinator of a population that is deleted; repeating it is harmless.</summary>
    /// <param name="spec">The population's spec, which says which rounds were kept.</param>
    /// <param name="session">The last training session of the population.</param>
    /// <exception cref="StaleSessionException">A later session has prepared the actor.</exception>
    [Alias("Delete")]
    Task DeleteAsync([Immutable] PopulationSpec spec, long session);

    /// <summary>The versions that can be read back from storage, newest first. Damaged ones are passed over with a warning.</summary>
    [Alias("GetCheckpointVersions")]
    [return: Immutable]
    Task<int[]> GetCheckpointVersionsAsync();
}

/// <summary>An agent as a member of its team. Key: population/team/seat.</summary>
[Alias("srpo.ITeamAgent"), Version(2)]
internal interface ITeamAgent : ITeamActor { }

/// <summary>An adversary as a member of its team. Key: population/team/seat of the agent that it trains.</summary>
[Alias("srpo.ITeamAdversary"), Version(2)]
internal interface ITeamAdversary : ITeamActor { }

/// <summary>What a team's learner asks of its environments. Key: population/team/instance.</summary>
[Alias("srpo.ITeamEnvironment"), Version(1)]
internal interface ITeamEnvironment : IGrainWithStringKey
{
    /// <summary>Plays a rollout. Called by the team's learner; equal requests give equal bits.</summary>
    /// <returns>The rollout; null while it is being played: ask again with the same request, which begins nothing anew.</returns>
    [Alias("Play")]
    Task<Rollout?> PlayAsync([Immutable] PopulationSpec spec, PlayRequest request);

    /// <summary>
    /// Plays the evaluation episodes of a point of the learning curve: Round rounds are behind it, Lanes is the number of
    /// episodes. Called by the team's learner; equal requests give equal bits.
    /// </summary>
    /// <returns>The point; null while it is being played: ask again with the same request, which begins nothing anew.</returns>
    [Alias("Evaluate")]
    Task<CurvePoint?> EvaluateAsync([Immutable] PopulationSpec spec, PlayRequest request);

    /// <summary>Ends the rollout or evaluation under way, whose call then fails as cancelled. Without one it lets its buffers go, which the next one makes anew.</summary>
    [Alias("Cancel"), AlwaysInterleave]
    Task CancelAsync();

    /// <summary>Moves the instance to a silo. Called by the team's learner before a team is restored there.</summary>
    /// <returns>Whether it is there; false while it moves: ask again.</returns>
    [Alias("MoveTo")]
    Task<bool> MoveToAsync(SiloAddress silo);
}

/// <summary>What coordinators ask of learners. Key: device/slot, on a cluster device/slot/silo.</summary>
[Alias("srpo.ITeamLearner"), Version(1)]
internal interface ITeamLearner : IGrainWithStringKey
{
    /// <summary>
    /// Makes all agents and adversaries of a team stand at the newest round for which each has a readable checkpoint, or at
    /// round 0, and brings them and the team's environments to this silo. Called by the coordinator before training, after a
    /// failure and when the team changes its learner; repeating it changes nothing.
    /// </summary>
    /// <returns>Where the team stands; null while it is being restored: ask again with the same request, which begins nothing anew.</returns>
    /// <exception cref="StaleSessionException">A later session of the population is known here.</exception>
    [Alias("Restore")]
    Task<RestoreReply?> RestoreAsync(RestoreRequest request);

    /// <summary>
    /// Trains a team for some rounds. Called by the coordinator. When it replies, every agent and adversary of the team
    /// stands at the last round; when it fails, some may stand in between and must be restored.
    /// </summary>
    /// <returns>How far it came; null while it trains: ask again with the same request, which begins nothing anew.</returns>
    /// <exception cref="StaleSessionException">A later session of the population has begun.</exception>
    /// <exception cref="TrainingDivergedException">Parameters became infinite or not a number; trying again gives the same.</exception>
    [Alias("Train")]
    Task<TrainReply?> TrainAsync(TrainRequest request);

    /// <summary>
    /// Ends the calls of <see cref="TrainAsync"/> of a session after the round in flight, or without it if it takes longer than
    /// half a second; their replies say how far they came. Later requests of that session or earlier ones train nothing. A cancelled call would lose the reply: a caller
    /// that cancels stops listening at once.
    /// </summary>
    /// <param name="population">The population.</param>
    /// <param name="session">The session, as in <see cref="TrainRequest"/>.</param>
    [Alias("Stop"), AlwaysInterleave]
    Task StopAsync(string population, long session);

    /// <summary>Ends all calls of <see cref="TrainAsync"/> as <see cref="StopAsync"/> does. Called when the silo is about to stop.</summary>
    [Alias("Drain"), AlwaysInterleave]
    Task DrainAsync();
}

/// <summary>Asks an environment instance for a rollout.</summary>
/// <param name="Round">The round, from 1; names the random streams.</param>
/// <param name="FirstLane">Number of this instance's first lane within the round's streams.</param>
/// <param name="Lanes">Number of lanes.</param>
/// <param name="Actors">Parameters of policy and critic of the instance's actors, in their order.</param>
/// <param name="Frozen">Opponents, then partners; the same array in every round of a session.</param>
/// <param name="LaneState">Where rollouts continue episodes: the state of the lanes after the round before, null in round 1. Null elsewhere, and for evaluations.</param>
[GenerateSerializer, Alias("srpo.PlayRequest"), Immutable]
internal sealed record PlayRequest(
    [property: Id(0)] int Round,
    [property: Id(1)] int FirstLane,
    [property: Id(2)] int Lanes,
    [property: Id(3)] FloatBlock[] Actors,
    [property: Id(4)] PolicySnapshot[] Frozen,
    [property: Id(5)] byte[]? LaneState = null);

/// <summary>Tells a learner to train a team for some rounds.</summary>
/// <param name="Population">Name of the population.</param>
/// <param name="Team">The team, from 0.</param>
/// <param name="FirstRound">The first round to play, from 1; every agent must stand at FirstRound - 1.</param>
/// <param name="Rounds">How many rounds.</param>
/// <param name="Spec">The population's spec.</param>
/// <param name="Session">Number of the coordinator's training session; later sessions have larger numbers.</param>
[GenerateSerializer, Alias("srpo.TrainRequest"), Immutable]
internal sealed record TrainRequest(
    [property: Id(0)] string Population,
    [property: Id(1)] int Team,
    [property: Id(2)] int FirstRound,
    [property: Id(3)] int Rounds,
    [property: Id(4)] PopulationSpec Spec,
    [property: Id(5)] long Session);

/// <summary>Tells a learner to bring a team back to a checkpoint.</summary>
/// <param name="Population">Name of the population.</param>
/// <param name="Team">The team, from 0.</param>
/// <param name="KnownRound">The round up to which the coordinator has the learning curve; later checkpoints would leave a hole in it.</param>
/// <param name="Spec">The population's spec.</param>
/// <param name="Session">Number of the coordinator's training session; later sessions have larger numbers.</param>
/// <param name="Attempt">Number of the restore within the session and team; a request that is repeated, because its reply was lost, has the same.</param>
/// <param name="Identity"><see cref="SpecIdentity.Of"/> the spec where it was sent: a silo of an older build drops settings that it does not know, and must not train without them.</param>
[GenerateSerializer, Alias("srpo.RestoreRequest"), Immutable]
internal sealed record RestoreRequest(
    [property: Id(0)] string Population,
    [property: Id(1)] int Team,
    [property: Id(2)] int KnownRound,
    [property: Id(3)] PopulationSpec Spec,
    [property: Id(4)] long Session,
    [property: Id(5)] int Attempt = 0,
    [property: Id(6)] string? Identity = null);

/// <summary>What came of a <see cref="RestoreRequest"/>.</summary>
/// <param name="Round">The round at which every agent and adversary stands.</param>
/// <param name="Warning">Trouble that was met and survived; else null.</param>
[GenerateSerializer, Alias("srpo.RestoreReply"), Immutable]
internal sealed record RestoreReply(
    [property: Id(0)] int Round,
    [property: Id(1)] string? Warning);

/// <summary>What came of a <see cref="TrainRequest"/>.</summary>
/// <param name="LastRound">Rounds finished now.</param>
/// <param name="Curve">Points of the learning curve that were reached.</param>
/// <param name="SiloStopping">Whether it ended early because its silo is about to stop: the team must change its learner.</param>
/// <param name="Tokens">Tokens that language models generated for its rounds; 0 where there are none.</param>
[GenerateSerializer, Alias("srpo.TrainReply"), Immutable]
internal sealed record TrainReply(
    [property: Id(0)] int LastRound,
    [property: Id(1)] CurvePoint[] Curve,
    [property: Id(2)] bool SiloStopping = false,
    [property: Id(3)] long Tokens = 0);

/// <summary>References to the grains of a team.</summary>
internal static class TeamActors
{
    /// <summary>Agents and adversaries in the order of the plan.</summary>
    public static ITeamActor[] Actors(IGrainFactory grains, string population, int team, TeamPlan plan)
    {
        var actors = new ITeamActor[plan.Actors.Count];
        for (var i = 0; i < actors.Length; i++)
        {
            var key = GrainKeys.Seat(population, team, plan.Actors[i].Seat);
            actors[i] = plan.Actors[i].Kind == ActorKind.Agent ? grains.GetGrain<ITeamAgent>(key) : grains.GetGrain<ITeamAdversary>(key);
        }

        return actors;
    }

    /// <summary>Environment instances in the order of the plan.</summary>
    public static ITeamEnvironment[] Environments(IGrainFactory grains, string population, int team, TeamPlan plan)
    {
        var instances = new ITeamEnvironment[plan.Instances.Count];
        for (var i = 0; i < instances.Length; i++)
            instances[i] = grains.GetGrain<ITeamEnvironment>(GrainKeys.Instance(population, team, i));
        return instances;
    }
}
