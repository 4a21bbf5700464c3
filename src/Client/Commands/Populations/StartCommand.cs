using System.CommandLine;
using System.Text;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Output;
using Srpo.Core.Settings;
using Srpo.Experiments;
using Srpo.Experiments.Reading;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Methods;

namespace Srpo.Client.Commands.Populations;

/// <summary>`srpo population start`: train one population apart from any experiment.</summary>
internal static class StartCommand
{
    /// <summary>The population's name within the experiment that is made up for it.</summary>
    private const string Label = "population";

    public static Command Create(Shell shell)
    {
        var name = new Argument<string>("POPULATION") { Description = "Name of the new population: letters, digits, '-', '_', '.'." };
        var preset = new Option<string>("--preset") { Description = $"Settings to start from: {string.Join(", ", Presets.All.Select(known => known.Name))}.", HelpName = "NAME", DefaultValueFactory = _ => Presets.Default };
        var method = new Option<string?>("--method") { Description = string.Join(", ", MethodRegistry.All.Where(known => !known.NeedsPartners).Select(known => known.Id)) + "; others need the partners of an experiment.", HelpName = "METHOD" };
        var layout = new Option<string?>("--layout") { Description = "A built-in layout, or a map file.", HelpName = "LAYOUT" };
        var seeds = CommandExtensions.WholeOption("--seeds", $"Number of teams. Default: {ExperimentKeys.Seeds.Default}.", ExperimentKeys.Seeds);
        var iterations = CommandExtensions.WholeOption("--iterations", "Updates of every agent.", "iterations");
        var set = new Option<string[]>("--set") { Description = "Change a key, for example tau=5. May be repeated.", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };
        return new Command("start", "Train a population. On a cluster this returns at once; on this machine it trains here until it is done or paused.")
        {
            name, preset, method, layout, seeds, iterations, set,
        }.Handle(shell, context =>
        {
            var population = GrainKeys.CheckName(context.Get(name));
            var changes = new List<Override>();
            foreach (var text in context.Get(set) ?? []) changes.Add(Override.Parse(text));
            Add("method", context.Get(method), "--method");
            Add("layout", context.Get(layout), "--layout");
            Add("seeds", context.Get(seeds)?.ToString(), "--seeds");
            Add("iterations", context.Get(iterations)?.ToString(), "--iterations");
            Add("preset", context.Get(preset), "--preset");
            var experiment = ExperimentLoader.Load(
                Label, "command line", Encoding.UTF8.GetBytes($"{{ \"populations\": {{ \"{Label}\": {{}} }} }}"), context.Shell.Directory, changes);
            return RunAsync(context, experiment.Spec(experiment.Populations[0], _ => population));

            void Add(string key, string? value, string option)
            {
                if (value is not null) changes.Add(Override.Of(key, value, $"{option} {value}"));
            }
        });
    }

    private static async Task<int> RunAsync(CommandContext context, PopulationSpec spec)
    {
        if (!context.UsesCluster) return await TrainHereAsync(context, new TrainingJob(spec.Population, spec.Population, spec));
        await using var session = await context.OpenAsync();
        var coordinator = session.Grains.GetGrain<ICoordinatorGrain>(spec.Population);
        PopulationViews.Print(context, await Wishes.AskAsync(context.ToRun(session), () => coordinator.StartAsync(spec), context.Cancellation));
        return (int)ExitCode.Ok;
    }

    /// <summary>Trains a population in this process, in sight of the user; other processes can look on meanwhile.</summary>
    internal static Task<int> TrainHereAsync(CommandContext context, TrainingJob job) =>
        context.PausableAsync(() => CommandHints.Repeat(context.Shell), () => WorkAsync(context, job));

    private static async Task<int> WorkAsync(CommandContext context, TrainingJob job)
    {
        if (job.Spec is null) context.Data.EnsureExists();
        context.Data.EnsureWritable();
        using var held = RunLock.Take(context.Data, job.Name);
        LiveRegistry.EnsureAlone(context.Data, held.Id);
        await using var session = await context.OpenToWorkAsync(held);
        IReadOnlyList<PopulationStatus> statuses = [];
        await ProgressDisplay.RunAsync(context.Shell, async display =>
        {
            var run = context.ToRun(session, display);
            statuses = await PopulationTraining.RunAsync(run, [job], run.Command($"population resume {job.Name}"), onProgress: () => { });
        });
        PopulationViews.Print(context, statuses[0]);
        return (int)ExitCode.Ok;
    }
}
