using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Commands.Populations;

namespace Srpo.Client.Commands;

/// <summary>`srpo population`: work with single populations.</summary>
internal static class PopulationCommand
{
    public static Command Create(Shell shell) => new("population", "Start, list, watch, pause, resume and stop single populations.")
    {
        StartCommand.Create(shell),
        ListCommand.Create(shell),
        StatusCommand.Create(shell),
        WatchCommand.Create(shell),
        PauseCommand.Create(shell),
        ResumePopulationCommand.Create(shell),
        StopCommand.Create(shell),
    };

    /// <summary>The argument that names a population.</summary>
    public static Argument<string> NameArgument() => new("POPULATION") { Description = "Name of the population, for example overcooked-1.srpo." };
}
