using System.CommandLine;
using Srpo.Client.Cli;

namespace Srpo.Client.Commands.Rqe;

/// <summary>`srpo rqe`: equilibria of the theory, computed rather than learned.</summary>
internal static class RqeCommand
{
    public static Command Create(Shell shell) => new("rqe", "Compute risk-averse quantal response equilibria of small games, without training.")
    {
        RqeSolveCommand.Create(shell), RqeSweepCommand.Create(shell), RqeCheckCommand.Create(shell), RqeBoundCommand.Create(shell), RqeMarkovCommand.Create(shell),
    };
}
