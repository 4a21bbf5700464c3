using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Where a piece of long work is known: in the directory by name, in the ledger while it is to go on, on its silo while it runs there.</summary>
internal sealed class WorkRegister(WorkKind kind, string name, IGrainFactory grains, ActiveWork work)
{
    /// <summary>Its kind as a word, also the name of its record in storage.</summary>
    public static string Word(WorkKind kind) => kind == WorkKind.Population ? "population" : "tournament";

    /// <summary>Makes the name known, and has the work watched where it goes on without the user.</summary>
    public async Task BeginAsync()
    {
        var directory = grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory);
        await (kind == WorkKind.Population ? directory.RegisterPopulationAsync(name) : directory.RegisterTournamentAsync(name));
        if (work.Unattended) await Ledger().BeginAsync(kind, name);
    }

    /// <summary>It is not to go on any more.</summary>
    public Task EndAsync() => Ledger().EndAsync(kind, name);

    /// <summary>It runs on this silo.</summary>
    public void Enter() => (kind == WorkKind.Population ? work.Populations : work.Tournaments)[name] = true;

    /// <summary>It does not run on this silo any more.</summary>
    public void Leave() => (kind == WorkKind.Population ? work.Populations : work.Tournaments).TryRemove(name, out _);

    private IWorkLedgerGrain Ledger() => grains.GetGrain<IWorkLedgerGrain>(GrainKeys.Ledger);
}
