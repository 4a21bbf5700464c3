using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Experiments.Equilibria;
using Srpo.Games.Finite.Search;

namespace Srpo.Client.Commands.Rqe;

/// <summary>`srpo rqe solve`: the equilibria of a game at one tau.</summary>
internal static class RqeSolveCommand
{
    private static readonly Argument<string> Game = new("GAME") { Description = "Name of a game that comes with the program, or a file ending in .json." };

    private static readonly Option<double?> Tau = RqeOptions.Number("--tau", "Risk aversion of all players, at least 0. Default: what the file has.", "1.5");

    private static readonly Option<double?> Epsilon = RqeOptions.Number("--epsilon", "Bounded rationality of all players, above 0. Default: what the file has.", "0.15");

    private static readonly Option<int?> Starts = CommandExtensions.WholeOption("--starts", "Random starts of the search where it is not complete by itself.", 1, 1_000_000);

    private static readonly Option<int?> Seed = CommandExtensions.WholeOption("--seed", "Seed of the random starts.", 0, int.MaxValue);

    public static Command Create(Shell shell) => new Command("solve", "All equilibria of a game: strategies, utilities, free-riding, stability, bounds.")
    {
        Game, Tau, Epsilon, Starts, Seed,
    }.OnThisMachine().Handle(shell, context => Task.FromResult(Run(context)));

    private static int Run(CommandContext context)
    {
        var game = ShippedGames.Load(context.Get(Game), context.Shell.Directory);
        var risk = RqeOptions.Risk(game, context.Get(Tau), context.Get(Epsilon));
        if (game.Finite is null && (context.Get(Starts) is not null ? Starts.Name : context.Get(Seed) is not null ? Seed.Name : null) is { } option)
            throw new SrpoException(ErrorKind.Usage, $"{option}: {game.Name} is a quadratic game, whose equilibrium is computed and not searched for; leave it out");
        var options = new SearchOptions();
        if (context.Get(Starts) is { } starts) options = options with { Starts = starts };
        if (context.Get(Seed) is { } seed) options = options with { Seed = (ulong)seed };
        var solved = Solving.Run(
            game.Name, () => game.Finite is not null ? FiniteSolution.Solve(game, risk, options, context.Cancellation) : QuadraticSolution.Solve(game, risk));
        if (context.Json) context.PrintJson(solved);
        else SolvedGameView.Print(context.Shell, game, solved);
        return (int)ExitCode.Ok;
    }
}
