using Srpo.Core.Settings;

namespace Srpo.Environments.Gridworld;

/// <summary>The Overcooked gridworld, as it can be asked for.</summary>
internal static class GridworldRegistration
{
    private static readonly string[] Keys = ["w", "s", "a", "d", " "];

    public static EnvironmentRegistration Value { get; } = new(
        GridworldEnvironment.RegisteredName, "layout", typeof(GridworldEnvironment), GridworldLayouts.Names, GridworldLayouts.Text,
        (text, label, file, lanes) => new GridworldEnvironment(GridworldLayout.Parse(text, label, file), lanes))
    {
        OtherNames = ["overcooked"],
        Verify = GridworldVerifier.Verify,
        Tabulate = (environment, discount, most) => GridworldMarkovGame.Build(((GridworldEnvironment)environment).Layout, discount, most).Table(),
        Warnings = environment => new GridworldReach(((GridworldEnvironment)environment).Layout).Warnings(),
        Keys = _ => Keys,
        Presets =
        [
            new("official", "What the authors' public code runs on the Overcooked gridworld; every number is a default of the keys below.",
                "official", new TrainingSettings { Method = "" }),
        ],
    };
}
