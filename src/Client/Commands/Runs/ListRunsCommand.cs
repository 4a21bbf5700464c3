using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Text;
using Srpo.Experiments.Data;

namespace Srpo.Client.Commands.Runs;

/// <summary>`srpo runs list`.</summary>
internal static class ListRunsCommand
{
    public static Command Create(Shell shell)
    {
        var tag = new Option<string[]>("--tag") { Description = "Only runs with this tag. May be repeated: then runs with all of them.", HelpName = "TAG", DefaultValueFactory = _ => [] };
        return new Command("list", "List all runs: experiments, cross-plays, populations that were started by themselves, and what is left of runs whose directory is gone.") { tag }.Handle(shell, async context =>
        {
            var wanted = context.Get(tag) ?? [];
            return await context.WithStateAsync(async state =>
            {
                var all = await RunCatalog.ReadAsync(context.Data, state);
                StoredRun[] runs = [.. all.Where(run => wanted.All(run.Labels.Tags.Contains))];
                if (runs.Length == 0 && wanted.Length > 0 && !context.Json)
                {
                    context.Out.WriteLine(Missing(wanted, all));
                    return (int)ExitCode.Ok;
                }

                RunViews.PrintList(context, runs, await RunStates.AskAsync(state, runs.Where(run => run is { State: null, Problem: null }), context.Cancellation));
                return (int)ExitCode.Ok;
            });
        });
    }

    /// <summary>That no run has the tags, and which tags there are.</summary>
    private static string Missing(string[] wanted, IReadOnlyList<StoredRun> runs)
    {
        string[] known = [.. runs.SelectMany(run => run.Labels.Tags).Distinct().Order(StringComparer.Ordinal)];
        string[] unknown = [.. wanted.Where(tag => !known.Contains(tag)).Distinct()];
        if (unknown.Length == 0) return $"no run has all of the tags {string.Join(", ", wanted.Select(tag => $"'{tag}'"))}";
        var nearest = NearestName.Find(unknown[0], known);
        return $"no run has the tag '{unknown[0]}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")}{(nearest is null ? "; " : " ")}"
            + (known.Length == 0 ? "no run has any tag" : $"tags there are: {string.Join(", ", known)}");
    }
}
