using System.CommandLine;
using System.Globalization;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Experiments.Equilibria;
using Srpo.Games.Checks;
using Srpo.Games.Files;
using Srpo.Reporting.Text;

namespace Srpo.Client.Commands.Rqe;

/// <summary>`srpo rqe bound`: Theorem 4.2 beside the equilibria of a game, along tau.</summary>
internal static class RqeBoundCommand
{
    private const string DefaultRange = "0.01:10000:25";

    private static readonly Argument<string> Game = new("GAME") { Description = "Name of a symmetric game of two players that comes with the program, or a file ending in .json." };

    private static readonly Option<string?> Tau = new("--tau") { Description = $"Range of risk aversion, A:B:N for N taus. Default: {DefaultRange}, in equal ratios.", HelpName = "A:B[:N]" };

    private static readonly Option<bool> Log = new("--log") { Description = "Equal ratios between the taus instead of equal differences; A must be above 0." };

    private static readonly Option<double?> Epsilon = RqeOptions.Number("--epsilon", "Bounded rationality of both players, above 0. Default: what the file has.", "0.15");

    public static Command Create(Shell shell) => new Command("bound", "Hold all equilibria of a game along tau against the bounds of Theorem 4.2.")
    {
        Game, Tau, Log, Epsilon,
    }.GoesWith(Log, Tau).OnThisMachine().Handle(shell, context => Task.FromResult(Run(context)));

    private static int Run(CommandContext context)
    {
        var game = ShippedGames.Load(context.Get(Game), context.Shell.Directory);
        RqeOptions.Risk(game, null, context.Get(Epsilon));
        var found = Solving.Run(game.Name, () => BoundComparison.Along(game, context.Get(Epsilon), Range(context), context.Cancellation));
        var within = found.Count(one => one.Holds);
        if (context.Json)
        {
            context.PrintJson(new { Game = game.Name, Taus = found, Within = within });
        }
        else
        {
            Tables.Print(context.Shell, ["tau#", "equilibria#", "all found", "largest distance#", "its bound#", "largest free-riding#", "its bound #", "least probability#", "its floor#"], found.Select(one => (IReadOnlyList<string>)
            [
                one.Tau.ToString(one.Tau >= 1000 ? "0" : "G4", CultureInfo.InvariantCulture), Numbers.Integer(one.Equilibria), one.IsComplete ? "proven" : "not proven", Numbers.Fixed(one.Distance, 6), Numbers.Fixed(one.DistanceBound, 6),
                Numbers.Fixed(one.FreeRiding, 6), Numbers.Fixed(one.FreeRidingBound, 6), one.LeastProbability.ToString("G3", CultureInfo.InvariantCulture), one.ProbabilityFloor.ToString("G3", CultureInfo.InvariantCulture),
            ]));
            var vacuous = found.Count(one => one.DistanceBound >= 2);
            var proven = found.Count(one => one.IsComplete);
            if (proven < found.Length) Prose.Print(context.Shell, $"At {found.Length - proven} taus it is not proven that all equilibria were found.");
            Prose.Print(context.Shell, $"All equilibria that were found are within the bounds of Theorem 4.2 at {within} of {found.Length} taus; at {vacuous} of them the bound of the distance is 2, which holds for any two strategies.");
        }

        return (int)(within == found.Length ? ExitCode.Ok : ExitCode.CheckFailed);
    }

    private static TauRange Range(CommandContext context)
    {
        try
        {
            return context.Get(Tau) is { } text ? TauRange.Parse(text, context.Get(Log), "--tau") : TauRange.Parse(DefaultRange, isLogarithmic: true, "--tau");
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Usage, error.Message, error);
        }
    }
}
