using Srpo.Core.Text;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Where a piece of long work is known: in the directory, by name and as long as it is to go on, and on its silo while it runs there.</summary>
internal sealed class WorkRegister(WorkKind kind, string name, IGrainFactory grains, ActiveWork work)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly IDirectoryGrain _directory = grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory);

    /// <summary>Its kind as a word, also the name of its record in storage.</summary>
    public static string Word(WorkKind kind) => kind == WorkKind.Population ? "population" : "tournament";

    /// <summary>Makes the name known, and has the work watched where it goes on without the user.</summary>
    public Task BeginAsync() => _directory.BeginAsync(kind, name, work.Unattended);

    /// <summary>It is not to go on any more.</summary>
    public Task EndAsync() => _directory.EndAsync(kind, name);

    /// <summary>The error for a name under which nothing was ever begun, with the names that exist where the directory can say them.</summary>
    public Task<UnknownGrainException> UnknownAsync() => UnknownAsync(kind, name, () => _directory.GetNamesAsync(kind).WaitAsync(Patience));

    /// <inheritdoc cref="UnknownAsync()"/>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">The name.</param>
    /// <param name="names">Asks for the names that exist.</param>
    public static async Task<UnknownGrainException> UnknownAsync(WorkKind kind, string name, Func<Task<string[]>> names)
    {
        try
        {
            return new UnknownGrainException(NearestName.Unknown(Word(kind), name, [.. (await names()).Where(known => known != name)]));
        }
        catch (Exception error) when (Transient.Is(error) || error is CorruptStateException)
        {
            return new UnknownGrainException($"unknown {Word(kind)} '{name}'; the names that exist could not be read: {error.Message}");
        }
    }

    /// <summary>It runs on this silo.</summary>
    public void Enter() => (kind == WorkKind.Population ? work.Populations : work.Tournaments)[name] = true;

    /// <summary>It does not run on this silo any more.</summary>
    public void Leave() => (kind == WorkKind.Population ? work.Populations : work.Tournaments).TryRemove(name, out _);
}
