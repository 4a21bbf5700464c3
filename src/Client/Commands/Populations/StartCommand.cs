using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Limits;
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
    public static Command Create(Shell shell)
    {
        var name = new Argument<string>("POPULATION") { Description = "Name of the new population: letters, digits, '-', '_', '.'." };
        var preset = new Option<string?>("--preset") { Description = $"Settings to start from: {string.Join(", ", Presets.All.Select(known => known.Name))}. Default: {Presets.Default}.", HelpName = "NAME" };
        var method = new Option<string?>("--method") { Description = string.Join(", ", MethodRegistry.All.Select(known => known.NeedsPartners ? $"{known.Id} (with --partners)" : known.Id)) + ".", HelpName = "METHOD" };
        var partners = new Option<string?>("--partners")
        {
            Description = $"A finished population of method {string.Join(" or ", MethodRegistry.All.Where(known => known.MakesPartners).Select(known => known.Id))}, whose teams, beginners among them, are the frozen partners.",
            HelpName = "POPULATION",
        };
        var environment = new Option<string?>("--environment") { Description = "Environment to train in, python:MODULE.FACTORY for one in Python. Default: the preset's.", HelpName = "NAME" };
        var layout = new Option<string?>("--layout") { Description = "A built-in layout, or a map file.", HelpName = "LAYOUT" };
        var seeds = CommandExtensions.WholeOption("--seeds", $"Number of teams. Default: {ExperimentKeys.Seeds.Default}.", ExperimentKeys.Seeds);
        var iterations = CommandExtensions.WholeOption("--iterations", "Updates of every agent.", "iterations");
        var set = new Option<string[]>("--set") { Description = "Change a key, for example tau=5. May be repeated.", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };
        return new Command("start", "Train a population. On a cluster this returns at once; on this machine it trains here until it is done or paused.")
        {
            name, preset, method, partners, environment, layout, seeds, iterations, set, SizeView.Large,
        }.Handle(shell, async context =>
        {
            var population = GrainKeys.CheckName(context.Get(name));
            var changes = new List<Override>();
            foreach (var text in context.Get(set) ?? []) changes.Add(Override.Parse(text));
            Add("method", context.Get(method), "--method");
            Add("environment", context.Get(environment), "--environment");
            Add("layout", context.Get(layout), "--layout");
            Add("seeds", context.Get(seeds)?.ToString(), "--seeds");
            Add("iterations", context.Get(iterations)?.ToString(), "--iterations");
            Add("preset", context.Get(preset), "--preset");
            var pool = context.Get(partners) is { } named ? await PoolAsync(context, GrainKeys.CheckName(named)) : default;
            var experiment = await LoadAsync(context, changes, pool.Policies);
            var spec = experiment.Spec(experiment.Populations[0], _ => population);
            if (pool.Spec is not null)
            {
                if (pool.Spec.Environment != spec.Environment)
                    throw new SrpoException(ErrorKind.Usage, $"--partners {pool.Spec.Population}: was trained on {pool.Spec.Environment.Name} {pool.Spec.Environment.Variant}, not on {spec.Environment.Name} {spec.Environment.Variant}");
                spec = spec with { Partners = pool.Policies };
            }

            // What may become a pool of partners keeps its beginners.
            if (MethodRegistry.Of(spec.Training).MakesPartners) spec = spec with { Snapshots = PartnerPool.Snapshots(spec.Training.Iterations) };
            return await RunAsync(context, spec);

            void Add(string key, string? value, string option)
            {
                if (value is not null) changes.Add(Override.Of(key, value, $"{option} {value}"));
            }
        });
    }

    /// <summary>The experiment of the one population; whoever has named no partners is told which there are.</summary>
    private static async Task<Experiment> LoadAsync(CommandContext context, IReadOnlyList<Override> changes, IReadOnlyList<PolicyReference>? partners)
    {
        try
        {
            return ExperimentLoader.LoadAlone(context.Shell.Directory, changes, partners);
        }
        catch (ExperimentException error) when (partners is null && error.Problems.All(problem => problem.Field == "partners"))
        {
            var pools = await PoolsAsync(context);
            throw new SrpoException(
                ErrorKind.Usage,
                $"--partners: {error.Problems[0].Reason}; {error.Problems[0].Remedy}. "
                + (pools.Count > 0 ? $"Finished ones here: {string.Join(", ", pools)}." : $"There is no finished one yet; `{CommandHints.For(context.Shell, $"population start pool --method {MethodRegistry.All.First(method => method.MakesPartners).Id}")}` trains one."),
                error);
        }
    }

    /// <summary>The populations that can be partners.</summary>
    private static async Task<IReadOnlyList<string>> PoolsAsync(CommandContext context)
    {
        IReadOnlyList<string> pools = [];
        if (!context.UsesCluster && !Directory.Exists(context.Data.Root)) return pools;
        await context.WithStateAsync(async state =>
        {
            pools = await PartnerPool.FinishedAsync(state);
            return (int)ExitCode.Ok;
        });
        return pools;
    }

    private static async Task<(PopulationSpec Spec, IReadOnlyList<PolicyReference> Policies)> PoolAsync(CommandContext context, string population)
    {
        (PopulationSpec Spec, IReadOnlyList<PolicyReference> Policies) pool = default;
        await context.WithStateAsync(async state =>
        {
            pool = await PartnerPool.OfAsync(state, population);
            return (int)ExitCode.Ok;
        });
        return pool;
    }

    private static async Task<int> RunAsync(CommandContext context, PopulationSpec spec)
    {
        if (!context.UsesCluster) RunCheck.Devices([spec.Training]);
        SizeView.Warn(context, [spec.Environment]);
        var size = RunSize.Of(spec, context.Threads);
        SizeView.Check(context, size);
        if (!context.UsesCluster) return await TrainHereAsync(context, new TrainingJob(spec.Population, spec.Population, spec), size);
        await ProgressDisplay.RunAsync(context.Shell, async display => spec = await Preparation.RunAsync(spec, context.Data.Models, display, context.Cancellation));
        context.RememberPlugins();
        await using var session = await context.OpenAsync();
        var coordinator = session.Grains.GetGrain<ICoordinatorGrain>(spec.Population);
        var status = await Wishes.AskAsync(context.ToRun(session), () => coordinator.StartAsync(spec), context.Cancellation);
        SizeView.Say(context, size);
        PopulationViews.Print(context, status);
        return (int)ExitCode.Ok;
    }

    /// <summary>Trains a population in this process, in sight of the user; other processes can look on meanwhile.</summary>
    /// <param name="context">The command.</param>
    /// <param name="job">The population.</param>
    /// <param name="size">How much it is, said once nothing refuses it any more; null to say nothing.</param>
    internal static Task<int> TrainHereAsync(CommandContext context, TrainingJob job, RunSize? size = null) =>
        context.PausableAsync(() => CommandHints.Repeat(context.Shell), () => WorkAsync(context, job, size));

    private static async Task<int> WorkAsync(CommandContext context, TrainingJob job, RunSize? size)
    {
        if (job.Spec is null) context.Data.EnsureExists();
        else MemoryLimit.OfProcess.Require(TrainingMemory.Of([job.Spec], context.Workers), "this population");
        context.Data.EnsureWritable();
        using var held = RunLock.Take(context.Data, job.Name);
        LiveRegistry.EnsureAlone(context.Data, held.Id);
        await using var session = await context.OpenToWorkAsync(held);
        IReadOnlyList<PopulationStatus> statuses = [];
        await ProgressDisplay.RunAsync(context.Shell, async display =>
        {
            var run = context.ToRun(session, display);
            if (job.Spec is { } spec) job = job with { Spec = await Preparation.RunAsync(spec, context.Data.Models, display, context.Cancellation) };
            statuses = await PopulationTraining.RunAsync(run, [job], run.Command($"population resume {job.Name}"), size is null ? () => { } : SizeView.SayOnce(context, size));
        });
        PopulationViews.Print(context, statuses[0]);
        return (int)ExitCode.Ok;
    }
}
