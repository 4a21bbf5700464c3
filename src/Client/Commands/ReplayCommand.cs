using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Experiments;
using Srpo.Client.Output;
using Srpo.Client.Sessions;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands;

/// <summary>`srpo replay`: one episode of two agents, step by step.</summary>
internal static class ReplayCommand
{
    private static readonly Argument<string> First = new("A") { Description = "Agent in seat 0: POPULATION/TEAM/SEAT, or POPULATION/TEAM for the one trained for seat 0." };

    private static readonly Argument<string> Second = new("B") { Description = "Agent in seat 1: POPULATION/TEAM/SEAT, or POPULATION/TEAM for the one trained for seat 1." };

    private static readonly Option<string?> Layout = new("--layout") { Description = "A built-in layout, or a map file. Default: the layout that A was trained on.", HelpName = "LAYOUT" };

    private static readonly Option<int?> Steps = CommandExtensions.WholeOption("--steps", "Number of steps. Default: an episode as in evaluation.", 1, 65536);

    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of the episode's randomness.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private static readonly Option<int?> Episode = CommandExtensions.WholeOption("--episode", "Number of the episode within the seed, from 0.", 0, int.MaxValue);

    private static readonly Option<double> Speed = new("--speed") { Description = "Steps per second on a terminal.", HelpName = "N", DefaultValueFactory = _ => 4 };

    private static readonly Option<bool> NoWait = new("--no-wait") { Description = "Print all steps one below the other, without waiting." };

    public static Command Create(Shell shell) => new Command("replay", "Play one episode of two agents and show it step by step.")
    {
        First, Second, Layout, Steps, Seed, Episode, Speed, NoWait,
    }.Handle(shell, context => context.WithGrainsAsync(session => RunAsync(context, session)));

    private static async Task<int> RunAsync(CommandContext context, IGrainSession session)
    {
        if (context.Get(Speed) is <= 0 or double.NaN) throw new CommandException(ExitCode.Usage, "--speed must be above 0");
        var keys = new[] { WithSeat(context.Get(First), 0), WithSeat(context.Get(Second), 1) };
        var players = new PolicySnapshot[2];
        for (var seat = 0; seat < 2; seat++) players[seat] = await session.Grains.GetGrain<IAgentGrain>(keys[seat]).GetPolicyAsync();
        var spec = await session.Grains.GetGrain<ICoordinatorGrain>(GrainKeys.ParseMember(keys[0]).Population).GetSpecAsync();
        var environment = context.Get(Layout) is { } layout ? ReadLayout(context, spec.Environment, layout) : spec.Environment;
        var request = new ReplayRequest(environment, context.Get(Steps) ?? spec.Training.EvaluationSteps, context.Get(Seed), context.Get(Episode) ?? 0, players);
        var frames = await session.Grains.GetGrain<IMatchWorkerGrain>(0).ReplayAsync(request);
        if (context.Json)
        {
            context.PrintJson(new { Agents = keys, Environment = $"{environment.Name} {environment.Variant}", request.Seed, request.Episode, Frames = frames });
            return (int)ExitCode.Ok;
        }

        var actions = EnvironmentFactory.Create(environment, 1).Info.ActionNames;
        var wait = context.Shell.OutIsTerminal && !context.Get(NoWait);
        await ReplayView.ShowAsync(context, keys, actions, frames, wait ? TimeSpan.FromSeconds(1 / context.Get(Speed)) : null);
        return (int)ExitCode.Ok;
    }

    private static string WithSeat(string key, int seat)
    {
        var full = key.Count(c => c == '/') == 1 ? $"{key}/{seat}" : key;
        GrainKeys.ParseMember(full);
        return full;
    }

    private static EnvironmentSettings ReadLayout(CommandContext context, EnvironmentSettings training, string layout)
    {
        var reader = new ValueReader();
        return new LayoutReader(reader, context.Shell.Directory).Read(training.Name, layout, new Origin($"--layout {layout}", 0, 0), "layout")
            ?? throw new ExperimentException(reader.Problems);
    }
}
