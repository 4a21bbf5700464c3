using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Knows all names. Not reentrant: a name is stored before the next request is looked at.</summary>
[GrainType("directory")]
internal sealed class DirectoryGrain : Grain, IDirectoryGrain
{
    private readonly AlternatingRecord<DirectoryRecord> _stored;

    public DirectoryGrain(IServiceProvider services) =>
        _stored = new(SlotPair<DirectoryRecord>.Of(this, services, StorageNames.Populations, "directory"));

    /// <inheritdoc/>
    public async Task RegisterPopulationAsync(string population)
    {
        GrainKeys.CheckName(population);
        await LoadAsync();
        if (With(_stored.Value.Populations, population) is not { } names) return;
        var before = _stored.Value.Populations;
        _stored.Value.Populations = names;
        await SaveAsync(() => _stored.Value.Populations = before);
    }

    /// <inheritdoc/>
    public async Task RegisterTournamentAsync(string tournament)
    {
        GrainKeys.CheckName(tournament);
        await LoadAsync();
        if (With(_stored.Value.Tournaments, tournament) is not { } names) return;
        var before = _stored.Value.Tournaments;
        _stored.Value.Tournaments = names;
        await SaveAsync(() => _stored.Value.Tournaments = before);
    }

    /// <inheritdoc/>
    public async Task<string[]> GetPopulationsAsync()
    {
        await LoadAsync();
        return _stored.Value.Populations;
    }

    /// <inheritdoc/>
    public async Task<string[]> GetTournamentsAsync()
    {
        await LoadAsync();
        return _stored.Value.Tournaments;
    }

    /// <summary>The names with another one, sorted; null if it is among them already.</summary>
    private static string[]? With(string[] names, string name)
    {
        if (Array.BinarySearch(names, name, StringComparer.Ordinal) >= 0) return null;
        string[] extended = [.. names, name];
        Array.Sort(extended, StringComparer.Ordinal);
        return extended;
    }

    private Task LoadAsync()
    {
        var key = this.GetPrimaryKeyString();
        if (key != GrainKeys.Directory) throw new GrainKeyException($"'{GrainKeys.Shown(key)}' is not a key of a directory; there is one, '{GrainKeys.Directory}'");
        return _stored.LoadAsync();
    }

    private async Task SaveAsync(Action undo)
    {
        try
        {
            await _stored.SaveAsync();
        }
        catch
        {
            undo();
            throw;
        }
    }
}
