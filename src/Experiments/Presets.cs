using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Methods;

namespace Srpo.Experiments;

/// <summary>A named set of settings that an experiment starts from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is, one line.</param>
/// <param name="Environment">Name of the environment.</param>
/// <param name="Layout">The layout of training.</param>
/// <param name="Training">How teams are trained.</param>
public sealed record Preset(string Name, string Description, string Environment, string Layout, TrainingSettings Training);

/// <summary>All presets, as the environments define them.</summary>
public static class Presets
{
    /// <summary>The preset of experiments that name none.</summary>
    public const string Default = "official";

    /// <summary>All presets, environment by environment.</summary>
    public static IReadOnlyList<Preset> All =>
    [
        .. EnvironmentFactory.Registrations.SelectMany(environment => environment.Presets.Select(preset =>
            new Preset(preset.Name, preset.Description, environment.Name, preset.Layout, preset.Training with { Method = Method }))),
    ];

    /// <summary>The method where an experiment names none.</summary>
    private static string Method => MethodRegistry.All.First(method => method.Role == PopulationRole.Subject).Id;

    /// <summary>The preset of a name, or null.</summary>
    public static Preset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);
}
