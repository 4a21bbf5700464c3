using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands.Runs;

/// <summary>`srpo runs show`.</summary>
internal static class ShowRunCommand
{
    public static Command Create(Shell shell)
    {
        var id = RunsCommand.IdArgument();
        return new Command("show", "Show what is stored of a run: where it stands, its populations and tournaments, and who needs them.") { id }.Handle(shell, context =>
            context.WithStateAsync(async state =>
            {
                var run = RunCatalog.Find(await RunCatalog.ReadAsync(context.Data, state), context.Get(id));
                var populations = new List<PopulationStatus>();
                var tournaments = new List<TournamentStatus>();
                var problems = new List<string>();
                foreach (var name in run.Populations) await TryAsync(async () => populations.Add(await state.GetStatusAsync(name)));
                foreach (var name in run.Tournaments) await TryAsync(async () => tournaments.Add(await state.GetTournamentAsync(name)));
                RunViews.Print(context, run, await RunStates.AskAsync(state, run), populations, tournaments, problems, await RunCatalog.NeedsAsync(state, run.Populations.ToHashSet(), run.Tournaments.ToHashSet()));
                return (int)ExitCode.Ok;

                async Task TryAsync(Func<Task> ask)
                {
                    try
                    {
                        await ask();
                    }
                    catch (SrpoGrainException error)
                    {
                        problems.Add(error.Message);
                    }
                }
            }));
    }
}
