using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Names in storage. For grains that are not reentrant: a name is stored before the next request is looked at.</summary>
internal sealed class StoredNames<TRecord>(AlternatingRecord<TRecord> stored)
    where TRecord : NamesRecord, new()
{
    /// <summary>Adds a name; one that is there is left as it is.</summary>
    public async Task AddAsync(WorkKind kind, string name)
    {
        GrainKeys.CheckName(name);
        await stored.LoadAsync();
        await SaveAsync(stored.Value.Add(kind, name));
    }

    /// <summary>Removes a name; one that is not there is no error.</summary>
    public async Task RemoveAsync(WorkKind kind, string name)
    {
        await stored.LoadAsync();
        await SaveAsync(stored.Value.Remove(kind, name));
    }

    /// <summary>The names of a kind, sorted.</summary>
    public async Task<string[]> GetAsync(WorkKind kind)
    {
        await stored.LoadAsync();
        return stored.Value.Of(kind);
    }

    private async Task SaveAsync(Action? undo)
    {
        if (undo is null) return;
        try
        {
            await stored.SaveAsync();
        }
        catch
        {
            undo();
            throw;
        }
    }
}
