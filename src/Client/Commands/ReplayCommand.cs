using System.CommandLine;
using System.Text;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Environments;
using Srpo.Experiments;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;
using Srpo.Reporting.Figures;

namespace Srpo.Client.Commands;

/// <summary>`srpo replay`: one episode of trained agents, step by step.</summary>
internal static class ReplayCommand
{
    private const int DefaultSpeed = 4;

    private static readonly Argument<string[]> Agents = new("AGENT")
    {
        Description = "POPULATION/TEAM/SEAT, or POPULATION/TEAM for the one trained for the seat: one per seat of the team, or one for the whole team. Opponents are those of training, unless they are named too.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Layout = new("--layout") { Description = "A built-in layout, or a file. Default: the layout that the first agent was trained on.", HelpName = "LAYOUT" };

    private static readonly Option<int?> Steps = CommandExtensions.WholeOption("--steps", "Number of steps. Default: an episode as in evaluation.", 1, 65536);

    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of the episode's randomness.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private static readonly Option<int?> Episode = CommandExtensions.WholeOption("--episode", "Number of the episode within the seed, from 0.", 0, int.MaxValue);

    private static readonly Option<string?> Actions = CommandExtensions.ActionsOption("--actions", "How policies act: sampled, or greedy for the most likely legal action. Default: as in evaluation.");

    private static readonly Option<double?> Speed = CommandExtensions.NumberOption("--speed", $"Steps per second on a terminal. Default: {DefaultSpeed}.", "0.5", "N");

    private static readonly Option<string?> Svg = new("--svg") { Description = "Write the episode as an animated SVG file, in environments that are drawn in the plane.", HelpName = "FILE" };

    private static readonly Option<bool> Force = new("--force") { Description = "With --svg: replace an existing file." };

    private static readonly Option<bool> NoWait = new("--no-wait") { Description = "Print all steps one below the other, without waiting." };

    public static Command Create(Shell shell) => new Command("replay", "Play one episode of trained agents and show it step by step.")
    {
        Agents, Layout, Steps, Seed, Episode, Actions, Speed, NoWait, Svg, Force, CommandExtensions.AllowOlder,
    }.GoesWith(Force, Svg).OneOf(Speed, NoWait).OneOf(Speed, Svg).OneOf(Speed, GlobalOptions.Json).Handle(shell, context => context.WithGrainsToReadAsync(session => RunAsync(context, session)));

    private static async Task<int> RunAsync(CommandContext context, IGrainSession session)
    {
        if (context.Get(Speed) is <= 0) throw new SrpoException(ErrorKind.Usage, "--speed must be above 0");
        var file = context.Get(Svg) is { } svg ? context.Shell.Resolve(svg) : null;
        if (file is not null) UserFile.CheckTarget(file, context.Get(Force));
        var keys = context.Get(Agents);
        var seats = new Seats(new GrainReader(session.Grains, context.Older));
        var spec = await seats.SpecAsync(keys[0]);
        var environment = context.Get(Layout) is { } layout ? TypedLayouts.One(layout, spec.Environment, context.Shell.Directory) : spec.Environment;
        SizeView.Warn(context, [environment]);
        var info = EnvironmentFactory.Info(environment);
        if (file is not null && !EpisodeRecorder.HasScenes(environment))
            throw new SrpoException(ErrorKind.Usage, $"--svg: {environment.Name} is not drawn in the plane");
        PolicySnapshot[] players = [.. (await seats.TakeAsync(keys, info)).OfType<PolicySnapshot>()];
        var request = new ReplayRequest(environment, context.Get(Steps) ?? spec.Training.EvaluationSteps, context.Get(Seed), context.Get(Episode) ?? 0, players) { Actions = context.Get(Actions) is { } word ? LayoutActions.Of(word) : spec.Training.EvaluationActions };
        var frames = await session.Grains.GetGrain<IMatchWorkerGrain>(0).ReplayAsync(request);
        if (file is not null)
        {
            var episode = EpisodeRecorder.ToEpisode(spec.Population, string.Join("; ", players.Select(player => $"{player.Key}, {Texts.Weights(player.Version, player.Weights)}")), frames, info);
            UserFile.Write(file, Encoding.UTF8.GetBytes(SvgDocument.Standalone(SceneAnimation.Draw(episode))), context.Get(Force));
        }

        string[] names = [.. players.Select(player => player.Key)];
        if (context.Json)
        {
            var weights = players.Select(player => new { Agent = player.Key, Round = player.Version, player.Weights, player.Older });
            CommandContext.PrintJson(
                context.Beside(file), new { Agents = names, Players = weights, Environment = $"{environment.Name} {environment.Variant}", request.Seed, request.Episode, Frames = frames });
            return (int)ExitCode.Ok;
        }

        if (file is not null)
        {
            context.Beside(file).WriteLine($"{Texts.Count(frames.Length - 1)} steps in {file}");
            PrintPlayers(context.Beside(file));
            return (int)ExitCode.Ok;
        }

        PrintPlayers(context.Out);

        var wait = context.Shell is { OutIsTerminal: true, MovesCursor: true } && !context.Get(NoWait);
        await ReplayView.ShowAsync(context, names, info, frames, wait ? TimeSpan.FromSeconds(1 / (context.Get(Speed) ?? DefaultSpeed)) : null);
        return (int)ExitCode.Ok;

        void PrintPlayers(TextWriter to)
        {
            for (var seat = 0; seat < players.Length; seat++) to.WriteLine($"seat {seat.ToString()}: {players[seat].Key}, {Texts.Weights(players[seat].Version, players[seat].Weights)}");
        }
    }
}
