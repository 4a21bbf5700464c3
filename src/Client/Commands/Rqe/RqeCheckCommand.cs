using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Experiments.Equilibria;
using Srpo.Games.Checks;
using Srpo.Games.Files;

namespace Srpo.Client.Commands.Rqe;

/// <summary>`srpo rqe check`: the theory's values and statements, computed again on this machine.</summary>
internal static class RqeCheckCommand
{
    private static readonly Argument<string[]> Games = new("GAME")
    {
        Description = "Check these games instead: names of games that come with the program, or files ending in .json.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Command Create(Shell shell) => new Command("check", "Compute reference values and theorems of the theory again, or check the equilibria of games.")
    {
        Games,
    }.OnThisMachine().Handle(shell, context => Task.FromResult(Run(context)));

    private static int Run(CommandContext context)
    {
        RqeCheck[] checks = context.Get(Games) is { Length: > 0 } games
            ? [.. games.SelectMany(name => Check(ShippedGames.Load(name, context.Shell.Directory), context.Cancellation))]
            : [.. TheoryChecks.All()];
        var failed = checks.Count(check => !check.Holds);
        if (context.Json)
        {
            context.PrintJson(new { Checks = checks, Failed = failed });
        }
        else
        {
            foreach (var check in checks)
                Prose.Print(context.Shell, check.Expected == check.Got
                    ? $"{(check.Holds ? "ok    " : "FAILED")}  {check.Name}: {check.Got}"
                    : $"{(check.Holds ? "ok    " : "FAILED")}  {check.Name}: expected {check.Expected}, got {check.Got}");
            context.Out.WriteLine(failed == 0 ? $"all {checks.Length} checks hold" : $"{failed} of {checks.Length} checks failed");
        }

        return (int)(failed == 0 ? ExitCode.Ok : ExitCode.CheckFailed);
    }

    private static RqeCheck[] Check(GameFile game, CancellationToken cancellation)
    {
        var risk = RqeOptions.Risk(game, null, null);
        return Solving.Run(game.Name, () => GameChecks.All(game, risk, cancellation).ToArray());
    }
}
