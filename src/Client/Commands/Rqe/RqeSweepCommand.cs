using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;
using Srpo.Experiments.Equilibria;
using Srpo.Games.Files;
using Srpo.Reporting.Equilibria;

namespace Srpo.Client.Commands.Rqe;

/// <summary>`srpo rqe sweep`: the equilibria of a game along tau, with figures.</summary>
internal static class RqeSweepCommand
{
    private static readonly Argument<string> Game = new("GAME") { Description = "Name of a game that comes with the program, or a file ending in .json." };

    private static readonly Option<string?> Tau = new("--tau")
    {
        Description = "Range of risk aversion, A:B or A:B:N for N taus (400). Default: what the file has.",
        HelpName = "A:B[:N]",
    };

    private static readonly Option<bool> Log = new("--log") { Description = "Equal ratios between the taus instead of equal differences; A must be above 0." };

    private static readonly Option<double?> Epsilon = RqeOptions.Number("--epsilon", "Bounded rationality of all players, above 0. Default: what the file has.", "0.15");

    private static readonly Option<string?> Out = new("--out") { Description = "Directory of the outputs. Default: one named after the game, here.", HelpName = "DIR" };

    private static readonly Option<bool> Force = new("--force") { Description = "Replace an earlier sweep of the same game." };

    public static Command Create(Shell shell) => new Command("sweep", "Follow the equilibria of a game along tau: branches, bifurcations, figures, a report.")
    {
        Game, Tau, Log, Epsilon, Out, Force,
    }.OnThisMachine().Handle(shell, context => Task.FromResult(Run(context)));

    private static int Run(CommandContext context)
    {
        var game = ShippedGames.Load(context.Get(Game), context.Shell.Directory);
        var range = Range(context, game);
        var directory = context.Shell.Resolve(context.Get(Out) ?? FolderName(game.Name));
        OutputDirectory.RequireFreeForSweep(directory, game.Name, context.Get(Force));
        OutputDirectory.RequireWritable(directory);
        var sweep = SweepRunner.Compute(game, range, context.Get(Epsilon), "srpo " + CommandHints.Typed(context.Shell), context.Cancellation);
        SweepWriter.WriteAll(directory, sweep);
        SweepView.Print(context, sweep, directory);
        return (int)ExitCode.Ok;
    }

    private static TauRange Range(CommandContext context, GameFile game)
    {
        try
        {
            if (context.Get(Tau) is { } text) return TauRange.Parse(text, context.Get(Log), "--tau");
            if (game.Sweep is not { } range) throw new SrpoException(ErrorKind.Usage, $"{game.Name}: say which taus with --tau A:B, for example --tau 0:4, or give the game \"sweep\": {{ \"tau\": \"0:4\" }}");
            return context.Get(Log) ? TauRange.Parse(range.ToString(), isLogarithmic: true, "--log: tau") : range;
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Usage, error.Message, error);
        }
    }

    /// <summary>The game's name as that of a folder: other characters become '-'.</summary>
    private static string FolderName(string name)
    {
        var valid = new string([.. name.Take(60).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]);
        return valid + "-rqe";
    }
}
