using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Client.Runs;
using Srpo.Client.Sessions;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands.Populations;

/// <summary>`srpo population watch`: follow the training of a population. Ctrl-C ends the watching, not the training.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    public static Command Create(Shell shell)
    {
        var name = PopulationCommand.NameArgument();
        return new Command("watch", "Follow the training of a population until it ends. Ctrl-C ends the watching, not the training.") { name }.Handle(shell, context =>
            context.WithGrainsToReadAsync(async session =>
            {
                var population = GrainKeys.CheckName(context.Get(name));
                var coordinator = session.Grains.GetGrain<ICoordinatorGrain>(population);
                var patience = new ClusterPatience(context);
                var status = await patience.AskAsync(coordinator.GetStatusAsync);
                await ProgressDisplay.RunAsync(context.Shell, async display =>
                {
                    while (status.Phase == PopulationPhase.Training)
                    {
                        display.Report(new WorkState($"training {population}", PopulationTraining.Fraction(status), status.EnvironmentStepsPerSecond));
                        try
                        {
                            await Task.Delay(Poll, context.Cancellation);
                            status = await patience.AskAsync(coordinator.GetStatusAsync);
                        }
                        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
                        {
                            return;
                        }
                    }
                });
                PopulationViews.Print(context, status);
                return (int)ExitCode.Ok;
            }));
    }
}
