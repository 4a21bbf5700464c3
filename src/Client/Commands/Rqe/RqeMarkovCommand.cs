using System.CommandLine;
using System.Diagnostics;
using Srpo.Client.Cli;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Environments;
using Srpo.Experiments;
using Srpo.Experiments.Equilibria;
using Srpo.Games;
using Srpo.Games.Files;
using Srpo.Games.Markov;

namespace Srpo.Client.Commands.Rqe;

/// <summary>`srpo rqe markov`: equilibria of a game with states, of a file or of an environment whose states can be tabulated.</summary>
internal static class RqeMarkovCommand
{
    private const double DefaultDiscount = 0.99;

    /// <summary>Most states whose names are told to somebody who has mistyped one.</summary>
    private const int MaxNamedStates = 100;

    private static readonly Argument<string> Game = new("GAME")
    {
        Description = "A game that comes with the program, a file ending in .json, or an environment: " + string.Join(", ", Tabular().Select(environment => environment.Name)) + ".",
    };

    private static readonly Option<string?> Layout = new("--layout") { Description = "Environments: a built-in layout or game, or a file. Default: the first one.", HelpName = "LAYOUT" };

    private static readonly Option<double?> Tau = RqeOptions.Number("--tau", "Risk aversion of all players, at least 0. Default: what the file has.", "1.5");

    private static readonly Option<double?> Epsilon = RqeOptions.Number("--epsilon", "Bounded rationality of all players, above 0. Default: what the file has.", "0.15");

    private static readonly Option<double?> Discount = RqeOptions.Number(
        "--discount", $"Discount of the future, at least 0 and below 1. Default: what the file has; {DefaultDiscount} for environments.", "0.9");

    private static readonly Option<string[]> States = new("--state")
    {
        Description = "Show the strategies in this state, a name or a number; may be repeated. Default: all states of small games, else those where play starts.",
        HelpName = "STATE",
    };

    private static readonly Option<int?> Starts = CommandExtensions.WholeOption("--starts", "Profiles that the search starts from: the uniform one, then random ones. Default: 1.", 1, 1_000_000);

    private static readonly Option<int?> Seed = CommandExtensions.WholeOption("--seed", "Seed of the random starts.", 0, int.MaxValue);

    private static readonly Option<int?> Iterations = CommandExtensions.WholeOption("--iterations", "Most steps from a start. Default: 5000.", 1, 10_000_000);

    private static readonly Option<int?> MaxStates = CommandExtensions.WholeOption("--max-states", "Environments: most states. Default: 50000.", 2, 10_000_000);

    public static Command Create(Shell shell) => new Command("markov", "Equilibria of a game with states: values, strategies in states, how far from a best response they are.")
    {
        Game, Layout, Tau, Epsilon, Discount, States, Starts, Seed, Iterations, MaxStates,
    }.OnThisMachine().GoesWith(Seed, Starts).Handle(shell, context => Task.FromResult(Run(context)));

    private static int Run(CommandContext context)
    {
        var clock = Stopwatch.StartNew();
        var (table, title, risk) = Load(context);
        var game = table.Game;
        var shown = Shown(context, table);
        var options = new PolicyIterationOptions { Starts = context.Get(Starts) ?? 1, Seed = (ulong)(context.Get(Seed) ?? 0), Report = Progress(context, game) };
        if (context.Get(Iterations) is { } iterations) options = options with { MaxIterations = iterations };
        var search = RegularisedPolicyIteration.SolveAll(game, risk, options);
        var solved = SolvedMarkovGame.Of(table, title, risk, search, options.Tolerance, shown, clock.Elapsed.TotalSeconds);
        if (context.Json) context.PrintJson(solved);
        else MarkovGameView.Print(context.Shell, table, solved);
        return (int)(search.Equilibria.IsEmpty ? ExitCode.CheckFailed : ExitCode.Ok);
    }

    private static IEnumerable<EnvironmentRegistration> Tabular() => EnvironmentFactory.Registrations.Where(environment => environment.Tabulate is not null);

    private static (TabularGame Table, string Title, RiskProfile Risk) Load(CommandContext context)
    {
        var name = context.Get(Game);
        var environment = EnvironmentFactory.Registrations.FirstOrDefault(known => known.Name == name || known.OtherNames.Contains(name));
        return environment is null ? LoadFile(context, name) : LoadEnvironment(context, environment);
    }

    private static (TabularGame Table, string Title, RiskProfile Risk) LoadFile(CommandContext context, string name)
    {
        if ((context.Get(Layout) is not null ? Layout.Name : context.Get(MaxStates) is not null ? MaxStates.Name : null) is { } option)
            throw new SrpoException(ErrorKind.Usage, $"{option}: is for environments ({string.Join(", ", Tabular().Select(known => known.Name))}), not for {name}; leave it out");
        var file = ShippedGames.Load(name, context.Shell.Directory, MarkovGameFile.Parse);
        try
        {
            return (file.Game(context.Get(Discount)), file.Title, file.Risk(context.Get(Tau), context.Get(Epsilon)));
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{file.Name}: {error.Message}", error);
        }
    }

    private static (TabularGame Table, string Title, RiskProfile Risk) LoadEnvironment(CommandContext context, EnvironmentRegistration registration)
    {
        if (registration.Tabulate is not { } tabulate)
        {
            throw new SrpoException(
                ErrorKind.Usage, $"{registration.Name}: its states cannot be put into a table; environments that can be solved: {string.Join(", ", Tabular().Select(known => known.Name))}");
        }

        if (context.Get(Tau) is not { } tau || context.Get(Epsilon) is not { } epsilon)
            throw new SrpoException(ErrorKind.Usage, $"{registration.Name}: an environment has no risk aversion of its own; say both, for example --tau 1 --epsilon 0.5");
        var settings = new EnvironmentSettings(registration.Name, registration.Variants[0]);
        if (context.Get(Layout) is { } layout) settings = TypedLayouts.One(layout, settings, context.Shell.Directory);
        var environment = EnvironmentFactory.Create(settings, lanes: 1);
        try
        {
            var risk = RiskProfile.Shared(environment.Info.Seats, tau, epsilon);
            return (tabulate(environment, context.Get(Discount) ?? DefaultDiscount, context.Get(MaxStates) ?? 50_000), "", risk);
        }
        catch (ArgumentException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{registration.Name}: {error.Message.Split(" (Parameter '")[0]}", error);
        }
    }

    private static int[] Shown(CommandContext context, TabularGame table)
    {
        const int all = 12;
        if (context.Get(States) is not { Length: > 0 } asked)
            return [.. Enumerable.Range(0, table.Game.States).Where(state => table.Game.States <= all || table.Game.Initial[state] > 0).Take(all)];
        return
        [
            .. asked.Select(text => table.Find(text) ?? throw new SrpoException(
                ErrorKind.Usage,
                $"--state {text}: {table.Game.Name} has no such state{(table.Draw is null && table.Game.States <= MaxNamedStates && NearestName.Find(text, Enumerable.Range(0, table.Game.States).Select(table.StateName)) is { } nearest ? $", did you mean '{nearest}'?" : "")}; states are 0 to {table.Game.States - 1}"
                + (table.Draw is null && table.Game.States <= MaxNamedStates ? ": " + string.Join(", ", Enumerable.Range(0, table.Game.States).Select(table.StateName)) : ""))),
        ];
    }

    /// <summary>A line now and then for searches that take long, which also end at Ctrl-C.</summary>
    private static Action<int, double> Progress(CommandContext context, MarkovGame game)
    {
        var clock = Stopwatch.StartNew();
        var start = 0;
        return (iteration, residual) =>
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (iteration == 1) start++;
            if (clock.Elapsed.TotalSeconds < 5) return;
            clock.Restart();
            context.Error.WriteLine($"{game.Name}: start {start}, step {iteration}, strategies within {residual:0.0e0} of the responses");
        };
    }
}
