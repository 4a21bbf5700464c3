using System.Globalization;
using System.Text;
using Srpo.Core.Json;
using Srpo.Environments;
using Srpo.Experiments.Data;
using Srpo.Experiments.Reading;
using Srpo.Learning;

namespace Srpo.Experiments;

/// <summary>A key of an experiment file, as documentation shows it.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Type">What can be written.</param>
/// <param name="Default">What holds without it.</param>
/// <param name="Description">What it means.</param>
public sealed record ExperimentKey(string Path, string Type, string Default, string Description);

/// <summary>A key of an experiment file that is a whole number.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Low">Least value.</param>
/// <param name="High">Largest value; the largest int for none.</param>
/// <param name="Default">What holds without it.</param>
/// <param name="Description">What it means.</param>
public sealed record WholeKey(string Path, int Low, int High, int Default, string Description)
{
    /// <summary>The key as documentation shows it.</summary>
    /// <param name="otherwise">What holds without it, where that is no number.</param>
    internal ExperimentKey Shown(string? otherwise = null) => new(
        Path, string.Create(CultureInfo.InvariantCulture, $"whole number, {(High == int.MaxValue ? $"at least {Low}" : $"{Low} to {High}")}"),
        otherwise ?? Default.ToString(CultureInfo.InvariantCulture), Description);

    /// <summary>Its value; null where it is not there, or after a problem.</summary>
    internal int? Read(JsonObjectValue members, string prefix, ValueReader reader) =>
        members[Path] is { } value ? reader.Whole(value, prefix + Path, Low, High) : null;
}

/// <summary>All keys of experiment files, and their documentation.</summary>
public static class ExperimentKeys
{
    /// <summary>What the layout of training is called in evaluations.</summary>
    public const string TrainingLayout = "training";

    /// <summary>Most populations of an experiment, sweeps included.</summary>
    public const int MaxPopulations = 1000;

    /// <summary>Most layouts of an evaluation, each counted with each of its opponents.</summary>
    public const int MaxLayouts = 1000;

    /// <summary>Most populations in the headline of a report.</summary>
    public const int MaxHeadline = 6;

    /// <summary>Teams of every population.</summary>
    public static WholeKey Seeds { get; } = new("seeds", 1, 10_000, 8, "Teams (training runs) of each population.");

    /// <summary>Episodes of the evaluation.</summary>
    public static WholeKey Episodes { get; } = new("episodes", 1, 1_000_000, 100, "Episodes per pair of teams.");

    /// <summary>Steps of an episode of the evaluation; the default is that of training.</summary>
    public static WholeKey Steps { get; } = new("steps", 1, 65536, 0, "Steps from a reset that count as one episode.");

    /// <summary>Rounds between checkpoints.</summary>
    internal static WholeKey CheckpointInterval { get; } = new("checkpointInterval", 1, int.MaxValue, 250, "Rounds between stored checkpoints of a team.");

    /// <summary>Keys of the file.</summary>
    public static IReadOnlyList<ExperimentKey> TopLevel =>
    [
        new("title", "text", "", "One line for people."),
        new("preset", string.Join(", ", Presets.All.Select(preset => $"\"{preset.Name}\"")), $"\"{Presets.Default}\"", "The settings to start from; all other keys override it."),
        new("environment", "text", "the preset's", "Registered name of the environment, or python:MODULE.FACTORY for one in Python."),
        new("plugins", "list of texts", "[]", "Assemblies that bring environments or methods: files, relative to this one. `srpo --plugin FILE` loads one for a single command."),
        new("layout", "text", "the preset's", "Layout of training (" + string.Join(", ", EnvironmentFactory.Registrations.Where(known => known.VariantKind != "layout").Select(known => $"of {known.Name} the {known.VariantKind}")) + "): a built-in name, or a file relative to this one."),
        Seeds.Shown(),
        new("seed", "whole number, at least 0", "1", "Seed from which all random streams of training are derived."),
        CheckpointInterval.Shown(),
        new("training", "object", "{}", "Training keys for all populations, see below."),
        new("populations", "object", "", string.Create(CultureInfo.InvariantCulture, $"The populations by name, at most {MaxPopulations}; each an object with training keys of its own, and the keys below.")),
        new("evaluation", "object", "{}", "How the populations are measured."),
        new("headline", "list of texts", "what the experiment is about and its baseline", string.Create(CultureInfo.InvariantCulture, $"Labels of evaluated populations, 1 to {MaxHeadline}, whose comparison opens the report: the first two are held against each other, and the matrices of all stand side by side.")),
    ];

    /// <summary>Keys of a population, besides those of training.</summary>
    public static IReadOnlyList<ExperimentKey> Population { get; } =
    [
        Seeds.Shown("the experiment's") with { Description = "Teams of this population." },
        new("evaluate", "true or false", "true", "Whether its teams take part in the evaluation; false for teams that are only opponents or partners."),
        new("opponents", "text, or list of texts", "", "Frozen agents in the seats of the environment's opponents, \"LABEL/TEAM\" of another population: one for all of these seats, or one for each. Without it whoever sits there learns too."),
        new("partners", "text", "", "For methods that train with a frozen pool: label of the population whose teams, after a quarter, half and all of their training, are the partners."),
        new("sweep", "object", "{}", "Lists of values for training keys, for example {\"tau\": [1, 10]}: a population for each combination."),
    ];

    /// <summary>Keys of `evaluation`.</summary>
    public static IReadOnlyList<ExperimentKey> Evaluation { get; } =
    [
        new("layouts", "list of texts", "[\"training\"]", "\"training\" for the layout of training, built-in names, or files relative to this one."),
        new("opponents", "list of texts", "those of training", "Frozen agents in the seats of the environment's opponents, \"LABEL/TEAM\": every layout is played against each of them. With those of training it keeps its name, with others their name follows, as in \"runners-1\"."),
        new("actions", "\"sampled\", \"greedy\", or a list of both", "evaluationActions", "How policies act, opponents included: actions drawn from the policy, or the most likely legal one. With both, every layout is played in both ways, and what follows the first has its word behind the name, as in \"training-greedy\"."),
        Episodes.Shown(),
        Steps.Shown("evaluationSteps"),
        new("seed", "whole number, at least 0", "1", "Seed of the matches."),
    ];

    /// <summary>The paths of keys.</summary>
    public static IReadOnlyList<string> Names(IReadOnlyList<ExperimentKey> keys) => [.. keys.Select(key => key.Path)];

    /// <summary>The training keys with the values of the default preset.</summary>
    public static IReadOnlyList<ExperimentKey> Training()
    {
        var preset = Presets.Find(Presets.Default)!.Training;
        ExperimentKey[] settings = [.. AllSettings.All.Select(key => new ExperimentKey(key.Path, key.Type, Show(key.Get(preset)), key.Description))];
        var updates = Array.FindIndex(settings, key => key.Path == "iterations");
        return [.. settings[..(updates + 1)], .. Budget.Keys.Select(key => key.Shown("")), .. settings[(updates + 1)..]];
    }

    /// <summary>The reference as Markdown, as it stands in docs/experiments.md.</summary>
    public static string ToMarkdown()
    {
        var text = new StringBuilder();
        Section("Keys of the file", TopLevel);
        Section("Keys of a population, besides training keys", Population);
        Section("Keys of `evaluation`", Evaluation);
        Section("Training keys (in `training`, or in a population), with the values of the preset `official`", Training());
        return text.ToString().TrimEnd('\n') + "\n";

        void Section(string title, IReadOnlyList<ExperimentKey> keys)
        {
            text.Append("### ").Append(title).Append("\n\n| key | value | default | meaning |\n|---|---|---|---|\n");
            foreach (var key in keys)
                text.Append(CultureInfo.InvariantCulture, $"| `{key.Path}` | {key.Type} | {(key.Default.Length == 0 ? "" : $"`{key.Default}`")} | {key.Description.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
            text.Append('\n');
        }
    }

    private static string Show(object? value) => value switch
    {
        null => "null",
        IReadOnlyList<int> list => "[" + string.Join(", ", list) + "]",
        _ => JsonText.Write(value),
    };
}
