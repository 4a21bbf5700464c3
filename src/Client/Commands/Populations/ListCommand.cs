using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands.Populations;

/// <summary>`srpo population list`.</summary>
internal static class ListCommand
{
    public static Command Create(Shell shell) =>
        new Command("list", "List all populations with their progress.").Handle(shell, context => context.WithGrainsAsync(async session =>
        {
            var names = await session.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetPopulationsAsync();
            var statuses = new List<PopulationStatus>();
            foreach (var name in names)
            {
                try
                {
                    statuses.Add(await session.Grains.GetGrain<ICoordinatorGrain>(name).GetStatusAsync());
                }
                catch (SrpoGrainException error)
                {
                    context.Error.WriteLine($"srpo: warning: {name}: {error.Message}");
                }
            }

            PopulationViews.PrintList(context, statuses);
            return (int)ExitCode.Ok;
        }));
}
