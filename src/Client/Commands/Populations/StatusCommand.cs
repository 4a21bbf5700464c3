using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands.Populations;

/// <summary>`srpo population status`.</summary>
internal static class StatusCommand
{
    public static Command Create(Shell shell)
    {
        var name = PopulationCommand.NameArgument();
        return new Command("status", "Show where a population and its teams stand.") { name }.Handle(shell, context =>
            context.WithStateAsync(async state =>
            {
                PopulationViews.Print(context, await state.GetStatusAsync(GrainKeys.CheckName(context.Get(name))));
                return (int)ExitCode.Ok;
            }));
    }
}
