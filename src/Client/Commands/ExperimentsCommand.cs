using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Experiments;
using Srpo.Learning.Methods;

namespace Srpo.Client.Commands;

/// <summary>`srpo experiments`: what can be run, and the keys of experiment files.</summary>
internal static class ExperimentsCommand
{
    private static readonly Option<bool> Keys = new("--keys") { Description = "List the keys of experiment files and of --set, with defaults and meaning." };

    private static readonly Option<bool> PresetList = new("--presets") { Description = "List the presets that experiments and `population start` begin with." };

    private static readonly Option<bool> Methods = new("--methods") { Description = "List the training methods." };

    private static readonly Option<bool> Markdown = new("--markdown") { Description = "With --keys or --methods: as Markdown, as in docs/experiments.md and docs/methods." };

    public static Command Create(Shell shell) => new Command("experiments", "List the experiments known by name, presets, methods, or the keys of experiment files.")
    {
        Keys, PresetList, Methods, Markdown,
    }.OneOf(Keys, PresetList, Methods).GoesWith(Markdown, Keys, Methods).OneOf(Markdown, GlobalOptions.Json).OnThisMachine().Handle(shell, context => Task.FromResult(
        context.Get(Keys) ? PrintKeys(context) : context.Get(PresetList) ? PrintPresets(context) : context.Get(Methods) ? PrintMethods(context) : PrintList(context)));

    private static int PrintMethods(CommandContext context)
    {
        var all = MethodRegistry.All;
        if (context.Json) context.PrintJson(all.Select(method => new { method.Id, method.Title, method.Summary, method.Source, Settings = method.OwnSettings }));
        else if (context.Get(Markdown)) context.Out.Write(MethodRegistry.ToMarkdown());
        else Tables.PrintPairs(context.Shell, all.Select(method => (method.Id, (string?)$"{method.Title}: {method.Summary} ({method.Source})")));
        return (int)ExitCode.Ok;
    }

    private static int PrintPresets(CommandContext context)
    {
        if (context.Json) context.PrintJson(Presets.All.Select(preset => new { preset.Name, preset.Description, preset.Environment, preset.Layout }));
        else Tables.PrintPairs(context.Shell, Presets.All.Select(preset => (preset.Name, (string?)$"{preset.Description} {preset.Environment}, {preset.Layout}.")));
        return (int)ExitCode.Ok;
    }

    private static int PrintList(CommandContext context)
    {
        var entries = ExperimentFiles.Known().Select(file => Entry(context, file)).ToArray();
        if (context.Json) context.PrintJson(entries.Select(entry => new { entry.Name, entry.Title, entry.Path, entry.Populations, entry.Game }));
        else if (entries.Length == 0) context.Error.WriteLine($"there are no experiments that are known by name: the installation lacks its folder experiments/, and ${ExperimentFiles.FolderVariable} names no other one that has some");
        else Tables.PrintPairs(context.Shell, entries.Select(entry => (entry.Name, (string?)entry.Title)));
        return (int)ExitCode.Ok;
    }

    /// <summary>An experiment has either populations to train, or a game whose equilibria are computed.</summary>
    private static (string Name, string Title, string Path, IEnumerable<PopulationEntry> Populations, string? Game) Entry(CommandContext context, ExperimentFile file)
    {
        if (RqeExperiment.TryLoad(file, context.Shell.Directory) is { } rqe) return (file.Name, rqe.Title, file.Path, [], rqe.GameName);
        var experiment = ExperimentLoader.Outline(file, context.Shell.Directory);
        return (file.Name, experiment.Title, file.Path, experiment.Populations.Select(population => new PopulationEntry(population.Label, population.Seeds)), null);
    }

    private sealed record PopulationEntry(string Label, int Seeds);

    private static int PrintKeys(CommandContext context)
    {
        if (context.Json)
        {
            context.PrintJson(new { Experiment = ExperimentKeys.TopLevel, ExperimentKeys.Population, ExperimentKeys.Evaluation, Training = ExperimentKeys.Training() });
        }
        else if (context.Get(Markdown))
        {
            context.Out.Write(ExperimentKeys.ToMarkdown());
        }
        else
        {
            Print("experiment", ExperimentKeys.TopLevel);
            Print("population", ExperimentKeys.Population);
            Print("evaluation", ExperimentKeys.Evaluation);
            Print("training, or a population", ExperimentKeys.Training());
        }

        return (int)ExitCode.Ok;

        void Print(string title, IReadOnlyList<ExperimentKey> keys)
        {
            context.Out.WriteLine($"{title}:");
            Tables.PrintPairs(context.Shell, keys.Select(key => (key.Path, (string?)$"{key.Description} ({key.Type}{(key.Default.Length == 0 ? "" : $"; default {key.Default}")})")), indent: 2);
            context.Out.WriteLine();
        }
    }
}
