using Orleans.Concurrency;
using Srpo.Core.Results;
using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// What agents and adversaries have in common: they own the parameters that learning changes, and storage holds their last
/// two checkpoints. Key: population/team/seat. Updates come from the team's learner only; anyone may query.
/// </summary>
[Alias("srpo.IActorGrain")]
public interface IActorGrain : IGrainWithStringKey
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
    Task<bool> PrepareAsync([Immutable] PopulationSpec spec, int round, long session);

    /// <summary>The complete learning state at its present version. Called by the team's learner.</summary>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    Task<ActorState> GetStateAsync();

    /// <summary>
    /// Takes over the next version. Called by the team's learner after every round; a version that is not newer than the
    /// present one is ignored, so a repeated call changes nothing.
    /// </summary>
    /// <exception cref="StaleSessionException">A later session has prepared the actor.</exception>
    Task ApplyAsync(ActorState next, UpdateMetrics metrics, long session);

    /// <summary>Stores the present version as a checkpoint, unless it is stored already. The older of the two kept ones is overwritten.</summary>
    /// <returns>The version stored.</returns>
    /// <exception cref="StaleSessionException">A later session has prepared the actor.</exception>
    Task<int> CheckpointAsync(long session);

    /// <summary>
    /// Moves the actor to a silo, with what storage holds of it. Called by the team's learner before a team is restored there.
    /// </summary>
    /// <returns>Whether it is there; false while it moves: ask again.</returns>
    Task<bool> MoveToAsync(SiloAddress silo);

    /// <summary>The versions that can be read back from storage, newest first. Damaged ones are passed over with a warning.</summary>
    [return: Immutable]
    Task<int[]> GetCheckpointVersionsAsync();

    /// <summary>The policy at its present version. Called by tournaments, replays and users.</summary>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    [AlwaysInterleave]
    Task<PolicySnapshot> GetPolicyAsync();

    /// <summary>The policy as it was after a round: the present one, or a snapshot that the spec asked for.</summary>
    /// <param name="round">The round, at least 0.</param>
    /// <exception cref="UnknownGrainException">Nothing was ever stored under this key.</exception>
    /// <exception cref="SrpoGrainException">The policy of that round was not kept.</exception>
    [AlwaysInterleave]
    Task<PolicySnapshot> GetPolicyAfterAsync(int round);

    /// <summary>The policy's distribution over actions for one observation, at its present version.</summary>
    /// <param name="observation">The observation in the encoding that <see cref="ActorReport.Network"/> names, finite.</param>
    /// <returns>One probability for each action, adding up to 1.</returns>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    /// <exception cref="SrpoGrainException">The observation does not fit.</exception>
    [AlwaysInterleave]
    [return: Immutable]
    Task<double[]> GetActionProbabilitiesAsync([Immutable] float[] observation);

    /// <summary>What the actor says of itself.</summary>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    /// <exception cref="CorruptStateException">Something is stored, but nothing of it can be read.</exception>
    [AlwaysInterleave]
    Task<ActorReport> QueryAsync();

    /// <summary>Policy, critic and Adam's moments as a safetensors file with metadata.</summary>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    [AlwaysInterleave]
    Task<ActorExport> ExportAsync();
}

/// <summary>An agent: the policy theta that is kept and evaluated, and its critic omega. Key: population/team/seat.</summary>
[Alias("srpo.IAgentGrain")]
public interface IAgentGrain : IActorGrain { }

/// <summary>
/// An adversary: the policy phi that plays in the place of an agent's partner while that agent trains, with a critic of its
/// own. It is never evaluated as a partner. Key: population/team/seat of the agent that it trains.
/// </summary>
[Alias("srpo.IAdversaryGrain")]
public interface IAdversaryGrain : IActorGrain { }
