using Srpo.Core.Settings;

namespace Srpo.Client.Experiments;

/// <summary>A named set of settings that an experiment starts from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is, one line.</param>
/// <param name="Environment">Name of the environment.</param>
/// <param name="Layout">The layout of training.</param>
/// <param name="Training">How teams are trained.</param>
internal sealed record Preset(string Name, string Description, string Environment, string Layout, TrainingSettings Training);

/// <summary>All presets: the one place where they are defined.</summary>
internal static class Presets
{
    public const string Default = "official";

    public static IReadOnlyList<Preset> All { get; } =
    [
        new("official", "What the authors' public code runs on the Overcooked gridworld; every number is a default of the keys below.",
            "gridworld", "official", new TrainingSettings()),
    ];

    public static Preset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);
}
