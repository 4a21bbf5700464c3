using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Commands.Admin;

namespace Srpo.Client.Commands;

/// <summary>`srpo admin`: what operators of a cluster do now and then.</summary>
internal static class AdminCommand
{
    public static Command Create(Shell shell) => new("admin", "Prepare what a cluster needs, and put it in order.")
    {
        InitDatabaseCommand.Create(shell),
        ForgetSilosCommand.Create(shell),
    };
}
