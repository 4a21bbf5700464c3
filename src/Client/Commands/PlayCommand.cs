using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Client.Play;
using Srpo.Core.Errors;
using Srpo.Environments;
using Srpo.Experiments;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands;

/// <summary>`srpo play`: a person takes one seat beside trained agents.</summary>
internal static class PlayCommand
{
    private static readonly Argument<string> Game = new("GAME") { Description = "An environment: " + string.Join(", ", Games()) + "." };

    private static readonly Argument<string[]> Agents = new("AGENT")
    {
        Description = "The others: POPULATION/TEAM/SEAT, or POPULATION/TEAM for the one trained for the seat; one for all other seats of the team, or one for each.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<int?> Seat = CommandExtensions.WholeOption("--seat", "Your seat, from 0. Default: 0.", 0, 255);

    private static readonly Option<string?> Layout = new("--layout") { Description = "A built-in layout, or a file. Default: the layout that the first agent was trained on.", HelpName = "LAYOUT" };

    private static readonly Option<int?> Steps = CommandExtensions.WholeOption("--steps", "Number of steps. Default: one episode.", 1, 65536);

    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of the episode's randomness.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private static readonly Option<bool> Table = new("--table") { Description = "Print environment and policies as JSON instead of playing." };

    public static Command Create(Shell shell) => new Command("play", "Play one episode yourself, in one seat, beside trained agents.")
    {
        Game, Agents, Seat, Layout, Steps, Seed, Table, CommandExtensions.AllowOlder,
    }.GoesWith(GlobalOptions.Json, Table).Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        PlayTable? table = null;
        await context.WithStateAsync(async state =>
        {
            table = await SetAsync(context, state);
            return (int)ExitCode.Ok;
        });
        if (context.Get(Table)) context.PrintJson(table!);
        else if (context.Shell.ReadKey is not null) await new KeyPlay(context.Shell, table!).RunAsync(context.Cancellation);
        else await new LinePlay(context.Shell, table!).RunAsync(context.Cancellation);
        return (int)ExitCode.Ok;
    }

    /// <summary>Names of environments, also those that people may call them by.</summary>
    private static string[] Games() => [.. EnvironmentFactory.Stepped.SelectMany(environment => environment.OtherNames.Append(environment.Name)).Order(StringComparer.Ordinal)];

    private static async Task<PlayTable> SetAsync(CommandContext context, IStateReader state)
    {
        var game = context.Get(Game);
        var known = Games();
        var name = EnvironmentFactory.Registrations.FirstOrDefault(environment => environment.OtherNames.Contains(game))?.Name ?? game;
        if (!known.Contains(name)) throw new SrpoException(ErrorKind.Usage, Core.Text.NearestName.Unknown("game", game, known));
        var keys = context.Get(Agents);
        var seats = new Seats(state);
        var spec = await seats.SpecAsync(keys[0]);
        if (spec.Environment.Name != name) throw new SrpoException(ErrorKind.Usage, $"{keys[0]} was trained on {spec.Environment.Name} {spec.Environment.Variant}, not on {game}");
        var environment = context.Get(Layout) is { } layout ? TypedLayouts.One(layout, spec.Environment, context.Shell.Directory) : spec.Environment;
        SizeView.Warn(context, [environment]);
        var info = EnvironmentFactory.Info(environment);
        var seat = context.Get(Seat) ?? 0;
        if (seat >= info.TeamSeats) throw new SrpoException(ErrorKind.Usage, $"--seat {seat} is not possible; the seats of the team are 0 to {info.TeamSeats - 1}");
        if (info.TeamSeats < 2) throw new SrpoException(ErrorKind.Usage, $"in {info.Name} {info.Variant} a team has one seat: there is nobody to play with");
        var players = await seats.TakeAsync(keys, info, seat);
        return new PlayTable(environment, players, seat, context.Get(Steps) ?? (info.EndsEarly ? info.EpisodeLength : spec.Training.EvaluationSteps), context.Get(Seed));
    }
}
