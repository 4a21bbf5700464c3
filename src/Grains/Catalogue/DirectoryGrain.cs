using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Knows all names.</summary>
[GrainType("directory")]
internal sealed class DirectoryGrain : Grain, IDirectoryGrain
{
    private readonly StoredNames<DirectoryRecord> _names;

    public DirectoryGrain(IServiceProvider services) =>
        _names = new(new(SlotPair<DirectoryRecord>.Of(this, services, StorageNames.Populations, "directory")));

    /// <inheritdoc/>
    public Task RegisterPopulationAsync(string population) => Names().AddAsync(WorkKind.Population, population);

    /// <inheritdoc/>
    public Task RegisterTournamentAsync(string tournament) => Names().AddAsync(WorkKind.Tournament, tournament);

    /// <inheritdoc/>
    public Task<string[]> GetPopulationsAsync() => Names().GetAsync(WorkKind.Population);

    /// <inheritdoc/>
    public Task<string[]> GetTournamentsAsync() => Names().GetAsync(WorkKind.Tournament);

    private StoredNames<DirectoryRecord> Names()
    {
        var key = this.GetPrimaryKeyString();
        if (key != GrainKeys.Directory) throw new GrainKeyException($"'{GrainKeys.Shown(key)}' is not a key of a directory; there is one, '{GrainKeys.Directory}'");
        return _names;
    }
}
