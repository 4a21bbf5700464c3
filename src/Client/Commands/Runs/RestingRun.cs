using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;
using Srpo.Grains;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands.Runs;

/// <summary>What commands ask for that take a run as a whole, to remove or to pack it: nobody works on it, and nobody begins to meanwhile.</summary>
internal static class RestingRun
{
    /// <summary>Keeps other processes of this machine from working on it meanwhile; refuses while somebody does.</summary>
    /// <param name="context">The command.</param>
    /// <param name="run">The run, or a part of one.</param>
    /// <exception cref="SrpoException">Somebody works on it.</exception>
    public static RunLock Hold(CommandContext context, StoredRun run)
    {
        foreach (var population in run.Populations.Where(name => name != run.Id && RunLock.IsHeld(context.Data, name))) throw Trains(context, population);

        // A single population or tournament may be of a run that is worked on as a whole.
        var free = RunCatalog.IdOf(run.Id) is var whole && (whole == run.Id || !RunLock.IsHeld(context.Data, whole));
        return (free ? RunLock.TryTake(context.Data, run.Id) : null)
            ?? throw new SrpoException(ErrorKind.InUse, $"'{(free ? run.Id : whole)}' is being worked on; wait for its end, or end it with Ctrl-C or `{CommandHints.For(context.Shell, $"population pause {(run.Populations.Count > 0 ? run.Populations[0] : run.Id)}")}`");
    }

    /// <summary>Refuses while a population of it is trained, here or in a cluster.</summary>
    /// <param name="context">The command.</param>
    /// <param name="state">Who knows.</param>
    /// <param name="run">The run.</param>
    /// <exception cref="SrpoException">One is.</exception>
    public static async Task RequireAsync(CommandContext context, IStateReader state, StoredRun run)
    {
        foreach (var population in run.Populations)
        {
            try
            {
                if (await state.GetStatusAsync(population) is { Phase: PopulationPhase.Training }) throw Trains(context, population);
            }
            catch (UnknownGrainException)
            {
                // Its name is left of a deletion that was broken off.
            }
            catch (CorruptStateException)
            {
                // Nobody works by a record that cannot be read.
            }
        }
    }

    /// <summary>A directory goes with the populations that it is of: the same id may be stored here and in a cluster.</summary>
    /// <param name="context">The command.</param>
    /// <param name="run">The run as the command sees it.</param>
    /// <returns>It, without a directory where that belongs to populations of this machine and a cluster was named.</returns>
    public static async Task<StoredRun> WithOwnDirectoryAsync(CommandContext context, StoredRun run)
    {
        if (!context.UsesCluster || run.Directory is null) return run;
        using var here = new StoredReader(context.Data.Grains);
        var stored = (await here.GetPopulationsAsync()).Concat(await here.GetTournamentsAsync());
        return stored.Any(name => RunCatalog.IdOf(name) == run.Id) ? run with { Directory = null } : run;
    }

    private static SrpoException Trains(CommandContext context, string population) =>
        new(ErrorKind.InUse, $"the population '{population}' is being trained; wait for its end, or pause it with `{CommandHints.For(context.Shell, $"population pause {population}")}`");
}
