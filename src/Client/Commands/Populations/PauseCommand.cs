using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands.Populations;

/// <summary>`srpo population pause`.</summary>
internal static class PauseCommand
{
    public static Command Create(Shell shell)
    {
        var name = PopulationCommand.NameArgument();
        return new Command("pause", "Finish the rounds in flight, store everything and wait. `population resume`, or `resume` for a run, goes on.") { name }.Handle(shell, context =>
            context.WithGrainsToWishAsync(async session =>
            {
                var coordinator = session.Grains.GetGrain<ICoordinatorGrain>(GrainKeys.CheckName(context.Get(name)));
                var status = await Wishes.AskAsync(context.ToRun(session), coordinator.PauseAsync, context.Cancellation);
                PopulationViews.Print(context, await Wishes.FollowAsync(context.ToRun(session), coordinator, status, context.Cancellation));
                return (int)ExitCode.Ok;
            }));
    }
}
