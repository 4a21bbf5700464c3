using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands;

/// <summary>`srpo cluster`: look at the silos.</summary>
internal static class ClusterCommand
{
    public static Command Create(Shell shell) => new("cluster", "Look at the silos of a cluster.")
    {
        new Command("status", "Show the silos with their load, grains, teams and rates. Without --cluster, the process that works on the data directory.").Handle(shell, context =>
            context.WithGrainsAsync(async session =>
            {
                ClusterViews.Print(context, await session.Grains.GetGrain<IClusterGrain>(0).GetSilosAsync());
                return (int)ExitCode.Ok;
            })),
    };
}
