using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// What agents and adversaries have in common: they own the parameters that learning changes, and storage holds their last
/// two checkpoints. Key: population/team/seat. Updates come from the team's learner only, by a contract of the silos' own; anyone may query.
/// </summary>
[Alias("srpo.IActorGrain"), Version(1)]
public interface IActorGrain : IGrainWithStringKey
{
    /// <summary>The policy at its present version. Called by tournaments, replays and users.</summary>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    [Alias("GetPolicy"), AlwaysInterleave]
    Task<PolicySnapshot> GetPolicyAsync();

    /// <summary>The policy as it was after a round: the present one, or a snapshot that the spec asked for.</summary>
    /// <param name="round">The round, at least 0.</param>
    /// <exception cref="UnknownGrainException">Nothing was ever stored under this key.</exception>
    /// <exception cref="SrpoGrainException">The policy of that round was not kept.</exception>
    [Alias("GetPolicyAfter"), AlwaysInterleave]
    Task<PolicySnapshot> GetPolicyAfterAsync(int round);

    /// <summary>The policy's distribution over actions for one observation, at its present version.</summary>
    /// <param name="observation">The observation in the encoding that <see cref="ActorReport.Network"/> names, finite.</param>
    /// <returns>One probability for each action, adding up to 1.</returns>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    /// <exception cref="SrpoGrainException">The observation does not fit.</exception>
    [AlwaysInterleave]
    [Alias("GetActionProbabilities")]
    [return: Immutable]
    Task<double[]> GetActionProbabilitiesAsync([Immutable] float[] observation);

    /// <summary>What the actor says of itself.</summary>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    /// <exception cref="CorruptStateException">Something is stored, but nothing of it can be read.</exception>
    [Alias("Query"), AlwaysInterleave]
    Task<ActorReport> QueryAsync();

    /// <summary>Policy, critic and Adam's moments as a safetensors file with metadata.</summary>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    [Alias("Export"), AlwaysInterleave]
    Task<ActorExport> ExportAsync();
}

/// <summary>An agent: the policy theta that is kept and evaluated, and its critic omega. Key: population/team/seat.</summary>
[Alias("srpo.IAgentGrain"), Version(1)]
public interface IAgentGrain : IActorGrain { }

/// <summary>
/// An adversary: the policy phi that plays in the place of an agent's partner while that agent trains, with a critic of its
/// own. It is never evaluated as a partner. Key: population/team/seat of the agent that it trains.
/// </summary>
[Alias("srpo.IAdversaryGrain"), Version(1)]
public interface IAdversaryGrain : IActorGrain { }
