using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Limits;
using Srpo.Experiments;
using Srpo.Experiments.Data;
using Srpo.Experiments.Equilibria;
using Srpo.Experiments.Reading;
using Srpo.Experiments.Runs;
using Srpo.Reporting;

namespace Srpo.Client.Commands;

/// <summary>`srpo run`: an experiment from training to report.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> Experiment = new("EXPERIMENT") { Description = "Name of an experiment (`srpo experiments` lists them), or a file ending in .json." };

    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "Change a key of the experiment: tau=5 for all populations, populations.srpo.tau=5 for one, evaluation.episodes=10, ... May be repeated.",
        HelpName = "KEY=VALUE",
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> EnvironmentName = new("--environment")
    {
        Description = "Environment to train in, python:MODULE.FACTORY for one in Python; the same as --set environment=NAME.",
        HelpName = "NAME",
    };

    private static readonly Option<int?> Seeds = CommandExtensions.WholeOption("--seeds", "Teams of each population; the same as --set seeds=N.", ExperimentKeys.Seeds);

    private static readonly Option<int?> Iterations = CommandExtensions.WholeOption("--iterations", "Updates of every agent; the same as --set iterations=N.", "iterations");

    private static readonly Option<string?> Out = new("--out") { Description = "Directory of the outputs. Default: the run's directory in the data directory.", HelpName = "DIR" };

    private static readonly Option<string?> Id = new("--id") { Description = "Id of the run. Default: the first free of NAME-1, NAME-2, ...", HelpName = "ID" };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Check the experiment and say how much it is; train nothing and write nothing." };

    public static Command Create(Shell shell) => new Command("run", "Run an experiment: train its populations, play all against all, write the report.")
    {
        Experiment, Set, EnvironmentName, Seeds, Iterations, Out, Id, DryRun, SizeView.Large,
    }.Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var file = ExperimentFiles.Find(context.Get(Experiment), context.Shell.Directory);
        if (RqeExperiment.TryLoad(file, context.Shell.Directory) is { } rqe) return await RunSweepAsync(context, rqe);
        var experiment = ExperimentLoader.Load(file, context.Shell.Directory, OverridesOf(context));
        var chosen = context.Get(Id) is { } id ? CheckId(context, id) : null;
        var output = context.Get(Out) is { } directory ? context.Shell.Resolve(directory) : null;
        if (output is not null) OutputDirectory.RequireFree(output);
        var size = CheckWork(context, experiment, chosen ?? $"{experiment.Name}-1");
        if (context.Get(DryRun)) return PrintSize(context, experiment, size);
        context.Data.EnsureWritable();

        using var held = chosen is null ? RunLock.TakeFirstFree(context.Data, experiment.Name, await context.TakenIdsAsync()) : RunLock.Take(context.Data, chosen);
        LiveRegistry.EnsureAlone(context.Data, held.Id);
        if (context.Data.HasRun(held.Id))
            throw new SrpoException(ErrorKind.InUse, $"the run '{held.Id}' exists already. `{CommandHints.For(context.Shell, $"resume {held.Id}")}` goes on with it; --id chooses another id.");
        if (output is null) OutputDirectory.RequireFree(context.Data.Run(held.Id));
        var manifest = new RunManifest
        {
            Id = held.Id,
            CommandLine = CommandHints.Typed(context.Shell),
            Started = DateTimeOffset.Now,
            Out = output,
            Workers = context.Threads,
            Experiment = experiment,
        };
        RequireMemory(context, manifest);
        await context.ReadStoredAsync(async state =>
        {
            if (!Preparation.IsNeeded(experiment)) await ExperimentRun.RequireNamesAsync(state, manifest);
            return true;
        });
        if (output is not null) DataDirectory.EnsureWritable(output, $"--out {output}", "--out");
        Directory.CreateDirectory(context.Data.Run(held.Id));

        // From here on it is a run: whenever it is interrupted, `resume` goes on with it.
        manifest.Save(context.Data);
        return await RunToEndAsync(context, manifest, held, size);
    }

    /// <summary>Refuses a run for which the memory does not suffice. The silos of a cluster have their own.</summary>
    internal static void RequireMemory(CommandContext context, RunManifest manifest)
    {
        if (!context.UsesCluster) MemoryLimit.OfProcess.Require(TrainingMemory.Of(manifest), "this run");
    }

    /// <summary>Brings a run to its end in sight of the user, and prints the summary; other processes can look on meanwhile.</summary>
    internal static Task<int> RunToEndAsync(CommandContext context, RunManifest manifest, RunLock held, RunSize? size = null) =>
        context.PausableAsync(() => CommandHints.For(context.Shell, $"resume {manifest.Id}"), () => WorkAsync(context, manifest, held, size));

    private static async Task<int> WorkAsync(CommandContext context, RunManifest manifest, RunLock held, RunSize? size)
    {
        await using var session = await context.OpenToWorkAsync(held);
        var output = manifest.Output(context.Data);
        if (!context.Json)
            context.Error.WriteLine($"run {manifest.Id}: {manifest.Experiment.Populations.Sum(population => population.Seeds)} teams, results in {context.Shell.Shown(output)}");
        if (size is not null) SizeView.Say(context, size);
        WrittenReport? report = null;
        await ProgressDisplay.RunAsync(context.Shell, async display => report = await ExperimentRun.RunAsync(context.ToRun(session, display), context.Data, manifest));
        RunSummaryView.Print(context, report!.Summary, context.Shell.Shown(Path.Combine(output, "report.html")));
        return (int)ExitCode.Ok;
    }

    /// <summary>Refuses what could not be brought to its end here, and warns of what hardly makes sense, before anything is trained.</summary>
    private static RunSize CheckWork(CommandContext context, Experiment experiment, string id)
    {
        RunCheck.Playable(new RunManifest { Id = id, CommandLine = "", Started = default, Experiment = experiment });
        if (!context.UsesCluster) RunCheck.Devices(experiment.Populations.Select(population => population.Training));
        SizeView.Warn(context, [experiment.Environment, .. experiment.Evaluation.Layouts.Select(layout => layout.Environment)]);
        var size = RunSize.Of(experiment, context.Threads);
        SizeView.Check(context, size, context.Get(Out) is { } directory ? context.Shell.Resolve(directory) : null, writes: !context.Get(DryRun));
        return size;
    }

    private static int PrintSize(CommandContext context, Experiment experiment, RunSize size)
    {
        if (context.Json)
        {
            context.PrintJson(new
            {
                experiment.Name,
                experiment.Title,
                Environment = $"{experiment.Environment.Name} {experiment.Environment.Variant}",
                Populations = experiment.Populations.Select(population => new { population.Label, population.Training.Method, population.Seeds, population.Training.Iterations, population.Evaluate }),
                Layouts = experiment.Evaluation.Layouts.Select(layout => layout.Name),
                Size = size,
                Seconds = context.UsesCluster ? (double?)null : size.Time(context.Threads).TotalSeconds,
            });
            return (int)ExitCode.Ok;
        }

        Tables.Print(context.Shell, ["population", "method", "teams#", "updates#", "evaluated"], experiment.Populations.Select(population => (IReadOnlyList<string>)
        [
            population.Label, population.Training.Method, population.Seeds.ToString(), population.Training.Iterations.ToString(), population.Evaluate ? "yes" : "no",
        ]));
        Prose.Print(context.Shell, $"{experiment.Environment.Name} {experiment.Environment.Variant}; played on {string.Join(", ", experiment.Evaluation.Layouts.Select(layout => layout.Name))}");
        foreach (var line in RunCheck.Describe(size, context.UsesCluster ? null : context.Threads)) Prose.Print(context.Shell, line);
        context.Out.WriteLine("nothing was trained or written (--dry-run)");
        return (int)ExitCode.Ok;
    }

    /// <summary>An experiment without training: computed at once, in this process.</summary>
    private static async Task<int> RunSweepAsync(CommandContext context, RqeExperiment experiment)
    {
        if (OverridesOf(context).FirstOrDefault() is { } change)
            throw new SrpoException(ErrorKind.Usage, $"{change.Value.Origin}: the experiment '{experiment.Name}' trains nothing and has no such keys; `srpo rqe sweep {experiment.GameName}` takes --tau and --epsilon");
        if ((context.Get(SizeView.Large) ? SizeView.Large.Name : context.UsesCluster ? GlobalOptions.Cluster.Name : null) is { } meaningless)
            throw new SrpoException(ErrorKind.Usage, $"{meaningless}: the experiment '{experiment.Name}' trains nothing and is computed at once, on this machine; leave it out");
        var chosen = context.Get(Id) is { } id ? CheckId(context, id) : null;
        if (context.Get(DryRun))
        {
            if (context.Json)
            {
                context.PrintJson(new { experiment.Name, experiment.Title, Game = experiment.GameName, Taus = experiment.Range.Count });
                return (int)ExitCode.Ok;
            }

            context.Out.WriteLine($"solves {experiment.GameName} for {experiment.Range.Count.ToString()} values of tau and trains nothing; nothing was written (--dry-run)");
            return (int)ExitCode.Ok;
        }

        context.Data.EnsureWritable();
        using var held = chosen is null ? RunLock.TakeFirstFree(context.Data, experiment.Name, await context.TakenIdsAsync()) : RunLock.Take(context.Data, chosen);
        if (Directory.Exists(context.Data.Run(held.Id)))
            throw new SrpoException(ErrorKind.InUse, $"the run '{held.Id}' exists already; --id chooses another id");
        var output = context.Get(Out) is { } directory ? context.Shell.Resolve(directory) : null;
        var (run, sweep) = SweepRun.Compute(experiment, context.Data, held.Id, "srpo " + CommandHints.Typed(context.Shell), output);
        SweepView.Print(context, sweep, run.Out);
        return (int)ExitCode.Ok;
    }

    private static IEnumerable<Override> OverridesOf(CommandContext context)
    {
        foreach (var text in context.Get(Set) ?? []) yield return Override.Parse(text);
        if (context.Get(EnvironmentName) is { } environment) yield return Override.Of("environment", environment, $"--environment {environment}");
        if (context.Get(Seeds) is { } seeds) yield return Override.Of("seeds", seeds.ToString(), $"--seeds {seeds}");
        if (context.Get(Iterations) is { } iterations) yield return Override.Of("iterations", iterations.ToString(), $"--iterations {iterations}");
    }

    /// <summary>An id that is no other run's name: whoever typed it would get this one.</summary>
    private static string CheckId(CommandContext context, string id) => RunLabels.FindId(context.Data, RunIds.CheckNew(id)) is { } other && other != id
        ? throw new SrpoException(ErrorKind.InUse, $"the run '{other}' is called '{id}'; --id chooses another id, and `{CommandHints.For(context.Shell, $"runs rename {other}")}` another name")
        : id;
}
