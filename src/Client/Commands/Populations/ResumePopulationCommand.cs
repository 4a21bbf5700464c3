using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands.Populations;

/// <summary>`srpo population resume`.</summary>
internal static class ResumePopulationCommand
{
    public static Command Create(Shell shell)
    {
        var name = PopulationCommand.NameArgument();
        return new Command("resume", "Go on with a population that was paused, stopped or killed. A run as a whole goes on with `srpo resume ID`.") { name }.Handle(shell, async context =>
        {
            var population = GrainKeys.CheckName(context.Get(name));
            if (!context.UsesCluster) return await StartCommand.TrainHereAsync(context, new TrainingJob(population, population, null));
            await using var session = await context.OpenAsync();
            PopulationViews.Print(context, await Wishes.AskAsync(context.ToRun(session), session.Grains.GetGrain<ICoordinatorGrain>(population).ResumeAsync, context.Cancellation));
            return (int)ExitCode.Ok;
        });
    }
}
