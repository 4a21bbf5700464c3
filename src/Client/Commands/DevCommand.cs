using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Commands.Dev;

namespace Srpo.Client.Commands;

/// <summary>`srpo dev`: a cluster for a developer's machine.</summary>
internal static class DevCommand
{
    public static Command Create(Shell shell) => new("dev", "A cluster on this machine for development: silos, their database and the dashboard, with all logs in one folder.")
    {
        DevUpCommand.Create(shell),
        DevStatusCommand.Create(shell),
        DevDownCommand.Create(shell),
    };
}
