using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;

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
            RunViews.PrintList(context, [.. (await RunsCommand.ReadAsync(context)).Where(run => wanted.All(run.Labels.Tags.Contains))]);
            return (int)ExitCode.Ok;
        });
    }
}
