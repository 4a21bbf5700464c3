using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Core.Errors;

namespace Srpo.Client.Commands;

/// <summary>`srpo silo`: a program of its own, which the launcher starts; here so that the help names it, and for installations without the launcher.</summary>
internal static class SiloCommand
{
    public static Command Create(Shell shell) => new Command("silo", "Start a silo of a cluster, in the foreground. Settings are arguments: --Srpo:NAME=VALUE.") { TreatUnmatchedTokensAsErrors = false }
        .Handle(shell, _ => throw new SrpoException(
            ErrorKind.Usage, "`srpo silo` is a program of its own, Srpo.Silo; the launcher ./srpo of the source tree builds and starts it, elsewhere it is `dotnet Srpo.Silo.dll` (docs/commands/silo.md)"));
}
