using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>Asks grains.</summary>
/// <param name="grains">The way to them.</param>
/// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
public sealed class GrainReader(IGrainFactory grains, Action<string>? older = null) : IStateReader
{
    /// <inheritdoc/>
    public Task<string[]> GetPopulationsAsync() => grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population);

    /// <inheritdoc/>
    public Task<string[]> GetTournamentsAsync() => grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Tournament);

    /// <inheritdoc/>
    public Task<TournamentSpec> GetTournamentSpecAsync(string tournament) => grains.GetGrain<ITournamentGrain>(tournament).GetSpecAsync();

    /// <inheritdoc/>
    public Task<PopulationStatus> GetStatusAsync(string population) => grains.GetGrain<ICoordinatorGrain>(population).GetStatusAsync();

    /// <inheritdoc/>
    public Task<PopulationSpec> GetSpecAsync(string population) => grains.GetGrain<ICoordinatorGrain>(population).GetSpecAsync();

    /// <inheritdoc/>
    public Task<TeamCurve[]> GetCurvesAfterAsync(string population, int[] known) => grains.GetGrain<ICoordinatorGrain>(population).GetCurvesAfterAsync(known);

    /// <inheritdoc/>
    public Task<ActorReport> QueryActorAsync(ActorKind kind, string key) => Actor(kind, key).QueryAsync();

    /// <inheritdoc/>
    public Task<ActorExport> ExportActorAsync(ActorKind kind, string key) => NewestWeights.ExportAsync(() => Actor(kind, key).ExportAsync(), older);

    /// <inheritdoc/>
    public Task<PolicySnapshot> GetPolicyAsync(ActorKind kind, string key) => NewestWeights.PolicyAsync(() => Actor(kind, key).GetPolicyAsync(), older);

    /// <inheritdoc/>
    public Task<PolicySnapshot> GetPolicyAfterAsync(string agent, int round) =>
        NewestWeights.PolicyAfterAsync(() => grains.GetGrain<IAgentGrain>(agent).GetPolicyAfterAsync(round), () => grains.GetGrain<IAgentGrain>(agent).GetPolicyAsync(), round, older);

    /// <inheritdoc/>
    public Task<EnvironmentReport> QueryEnvironmentAsync(string key) => grains.GetGrain<IEnvironmentGrain>(key).QueryAsync();

    /// <inheritdoc/>
    public Task<TournamentStatus> GetTournamentAsync(string tournament) => grains.GetGrain<ITournamentGrain>(tournament).GetStatusAsync();

    /// <inheritdoc/>
    public Task<TournamentMatrix> GetMatrixAsync(string tournament) => grains.GetGrain<ITournamentGrain>(tournament).GetMatrixAsync();

    private IActorGrain Actor(ActorKind kind, string key) => kind == ActorKind.Adversary ? grains.GetGrain<IAdversaryGrain>(key) : grains.GetGrain<IAgentGrain>(key);
}

/// <summary>Nobody is given older weights than he thinks: what readers do with an answer that says that it is not the newest.</summary>
public static class NewestWeights
{
    /// <summary>Refuses an answer that is older than the newest that was stored, or tells who allows it.</summary>
    /// <param name="why">What the answer says of that; null where it is the newest.</param>
    /// <param name="allowed">Told of older weights; null to refuse them.</param>
    /// <exception cref="CorruptStateException">They are older and not allowed.</exception>
    public static void Check(string? why, Action<string>? allowed)
    {
        if (why is null) return;
        if (allowed is null) throw new CorruptStateException(why);
        allowed(why);
    }

    /// <summary>An export, checked.</summary>
    public static async Task<ActorExport> ExportAsync(Func<Task<ActorExport>> ask, Action<string>? allowed)
    {
        ArgumentNullException.ThrowIfNull(ask);
        var export = await ask();
        Check(export.Older, allowed);
        return export;
    }

    /// <summary>A policy, checked.</summary>
    public static async Task<PolicySnapshot> PolicyAsync(Func<Task<PolicySnapshot>> ask, Action<string>? allowed)
    {
        ArgumentNullException.ThrowIfNull(ask);
        var policy = await ask();
        Check(policy.Older, allowed);
        return policy;
    }

    /// <summary>The policy after a round; where that is the newest and cannot be read, and older ones are allowed, the one that can.</summary>
    /// <param name="ask">Asks for that of the round.</param>
    /// <param name="askPresent">Asks for the present one.</param>
    /// <param name="round">The round.</param>
    /// <param name="allowed">Told of older weights; null to refuse them.</param>
    public static async Task<PolicySnapshot> PolicyAfterAsync(Func<Task<PolicySnapshot>> ask, Func<Task<PolicySnapshot>> askPresent, int round, Action<string>? allowed)
    {
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentNullException.ThrowIfNull(askPresent);
        try
        {
            return await ask();
        }
        catch (CorruptStateException) when (allowed is not null)
        {
            var present = await PolicyAsync(askPresent, allowed);
            if (present.Version < round && present.Older is not null) return present;
            throw;
        }
    }
}
