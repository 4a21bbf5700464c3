using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands.Populations;

/// <summary>`srpo population stop`.</summary>
internal static class StopCommand
{
    public static Command Create(Shell shell)
    {
        var name = PopulationCommand.NameArgument();
        return new Command("stop", "Like pause, and mark the population as ended by you; it can still be resumed.") { name }.Handle(shell, context =>
            context.WithGrainsToWishAsync(async session =>
            {
                var coordinator = session.Grains.GetGrain<ICoordinatorGrain>(GrainKeys.CheckName(context.Get(name)));
                var status = await Wishes.AskAsync(context.ToRun(session), coordinator.StopAsync, context.Cancellation);
                PopulationViews.Print(context, await Wishes.FollowAsync(context.ToRun(session), coordinator, status, context.Cancellation));
                return (int)ExitCode.Ok;
            }));
    }
}
