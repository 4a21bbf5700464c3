using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands.Runs;

/// <summary>`srpo runs delete`: removes a run with everything that is stored of it, or a single population or tournament.</summary>
internal static class DeleteRunCommand
{
    public static Command Create(Shell shell)
    {
        var id = new Argument<string>("ID") { Description = "Id or name of the run; or a single population or tournament, for example overcooked-1.extra." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        return new Command("delete", "Remove a run with its populations, tournaments and directory. Says what, and asks.") { id, yes }.Handle(shell, context => RunAsync(context, context.Get(id), context.Get(yes)));
    }

    private static async Task<int> RunAsync(CommandContext context, string typed, bool yes)
    {
        var doomed = await FindAsync(context, typed);
        using var held = context.UsesCluster ? null : RestingRun.Hold(context, doomed); // the grains of a cluster refuse while they work
        await EnsureUnneededAsync(context, doomed);
        if (!yes && !await IsWantedAsync(context, doomed)) return (int)ExitCode.Ok;

        // From here on it is carried out. What breaks it off leaves something to be deleted: the same command goes on.
        await context.WithGrainsToWishAsync(async session =>
        {
            var run = context.ToRun(session);
            foreach (var tournament in doomed.Tournaments) await AskAsync(run, session.Grains.GetGrain<ITournamentGrain>(tournament).DeleteAsync);
            foreach (var population in doomed.Populations) await AskAsync(run, session.Grains.GetGrain<ICoordinatorGrain>(population).DeleteAsync);
            return (int)ExitCode.Ok;
        });
        if (doomed.Directory is { } directory) Directory.Delete(directory, recursive: true);
        if (context.Json) context.PrintJson(new { Deleted = doomed.Id, doomed.Populations, doomed.Tournaments, doomed.Directory, Kept = doomed.Out });
        else context.Out.WriteLine($"{doomed.Id} is deleted{(doomed.Out is { } kept ? $"; its outputs stay in {kept}" : "")}");
        return (int)ExitCode.Ok;
    }

    /// <summary>What is to be removed: a run as a whole, or what has exactly the name that was typed.</summary>
    private static async Task<StoredRun> FindAsync(CommandContext context, string typed)
    {
        var runs = await RunsCommand.ReadAsync(context);
        var owner = runs.FirstOrDefault(run => run.Id == RunCatalog.IdOf(typed));
        if (owner is null || !typed.Contains('.', StringComparison.Ordinal)) return await RestingRun.WithOwnDirectoryAsync(context, RunCatalog.Find(runs, typed));
        string[] populations = [.. owner.Populations.Where(name => name == typed)];
        string[] tournaments = [.. owner.Tournaments.Where(name => name == typed)];
        if (populations.Length + tournaments.Length == 0) throw new SrpoException(ErrorKind.NotFound, Core.Text.NearestName.Unknown("population or tournament", typed, [.. owner.Populations, .. owner.Tournaments]));
        return new StoredRun(typed, RunKind.Population, RunLabels.None, populations, tournaments);
    }

    private static Task<int> EnsureUnneededAsync(CommandContext context, StoredRun doomed) => context.WithStateAsync(async state =>
    {
        var needs = await RunCatalog.NeedsAsync(state, doomed.Populations.ToHashSet(), doomed.Tournaments.ToHashSet());
        if (needs.Count > 0) throw new SrpoException(ErrorKind.InUse, $"{doomed.Id} is needed: {string.Join("; ", needs)}. Delete those first.");
        await RestingRun.RequireAsync(context, state, doomed);
        return (int)ExitCode.Ok;
    });

    private static async Task<bool> IsWantedAsync(CommandContext context, StoredRun doomed)
    {
        foreach (var line in Describe(doomed)) context.Error.WriteLine(line);
        if (!context.Shell.InIsTerminal) throw new SrpoException(ErrorKind.Usage, $"nothing was deleted: nobody can be asked here; --yes deletes without asking");
        await context.Error.WriteAsync($"Delete {doomed.Id}? This cannot be undone. [y/N] ");
        var answer = await Task.Run(context.Shell.In.ReadLine, context.Cancellation).WaitAsync(context.Cancellation);
        if (answer?.Trim() is "y" or "Y" or "yes") return true;
        context.Error.WriteLine("nothing was deleted");
        return false;
    }

    private static IEnumerable<string> Describe(StoredRun doomed)
    {
        yield return $"{doomed.Id}{(doomed.Labels.Name is { } name ? $" ({name})" : "")}: this removes";
        foreach (var population in doomed.Populations) yield return $"  the population {population}, its agents and their checkpoints";
        foreach (var tournament in doomed.Tournaments) yield return $"  the tournament {tournament}";
        if (doomed.Directory is { } directory) yield return $"  the directory {directory}, {Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Count().ToString()} files";
        if (doomed.Out is { } kept) yield return $"The outputs in {kept} stay.";
    }

    private static Task AskAsync(RunContext run, Func<Task> delete) => Wishes.AskAsync(
        run,
        async () =>
        {
            await delete();
            return true;
        },
        CancellationToken.None);
}
