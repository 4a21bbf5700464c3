using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands.Populations;

/// <summary>`srpo population list`.</summary>
internal static class ListCommand
{
    public static Command Create(Shell shell) =>
        new Command("list", "List all populations with their progress.").Handle(shell, context => context.WithStateAsync(async state =>
        {
            var names = await state.GetPopulationsAsync();
            var statuses = new PopulationStatus?[names.Length];
            var problems = new string?[names.Length];

            // Many at a time: a thousand round trips one after the other would be waited for.
            await Parallel.ForAsync(0, names.Length, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = context.Cancellation }, async (index, _) =>
            {
                try
                {
                    statuses[index] = await state.GetStatusAsync(names[index]);
                }
                catch (SrpoGrainException error)
                {
                    problems[index] = $"srpo: warning: {names[index]}: {error.Message}";
                }
            });
            foreach (var problem in problems.OfType<string>()) context.Error.WriteLine(problem);
            PopulationViews.PrintList(context, [.. statuses.OfType<PopulationStatus>()]);
            return (int)ExitCode.Ok;
        }));
}
