using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>Asks grains.</summary>
/// <param name="grains">The way to them.</param>
public sealed class GrainReader(IGrainFactory grains) : IStateReader
{
    /// <inheritdoc/>
    public Task<string[]> GetPopulationsAsync() => grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population);

    /// <inheritdoc/>
    public Task<PopulationStatus> GetStatusAsync(string population) => grains.GetGrain<ICoordinatorGrain>(population).GetStatusAsync();

    /// <inheritdoc/>
    public Task<PopulationSpec> GetSpecAsync(string population) => grains.GetGrain<ICoordinatorGrain>(population).GetSpecAsync();

    /// <inheritdoc/>
    public Task<ActorReport> QueryActorAsync(ActorKind kind, string key) => Actor(kind, key).QueryAsync();

    /// <inheritdoc/>
    public Task<ActorExport> ExportActorAsync(ActorKind kind, string key) => Actor(kind, key).ExportAsync();

    /// <inheritdoc/>
    public Task<PolicySnapshot> GetPolicyAsync(string agent) => grains.GetGrain<IAgentGrain>(agent).GetPolicyAsync();

    /// <inheritdoc/>
    public Task<PolicySnapshot> GetPolicyAfterAsync(string agent, int round) => grains.GetGrain<IAgentGrain>(agent).GetPolicyAfterAsync(round);

    /// <inheritdoc/>
    public Task<EnvironmentReport> QueryEnvironmentAsync(string key) => grains.GetGrain<IEnvironmentGrain>(key).QueryAsync();

    /// <inheritdoc/>
    public Task<TournamentStatus> GetTournamentAsync(string tournament) => grains.GetGrain<ITournamentGrain>(tournament).GetStatusAsync();

    private IActorGrain Actor(ActorKind kind, string key) => kind == ActorKind.Adversary ? grains.GetGrain<IAdversaryGrain>(key) : grains.GetGrain<IAgentGrain>(key);
}
