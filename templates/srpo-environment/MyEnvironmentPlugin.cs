using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Plugins;

[assembly: SrpoPlugin(typeof(MyEnvironment.MyEnvironmentPlugin))]

namespace MyEnvironment;

/// <summary>Says what the assembly brings. Load it with `srpo COMMAND --plugin FILE`.</summary>
public sealed class MyEnvironmentPlugin : ISrpoPlugin
{
    // Runs are stored with this name: never change it.
    public string Name => "my-environment";

    public void Register(IPluginRegistry registry) => registry.Add(new EnvironmentRegistration(
        "my-environment", "corridor", typeof(Corridor), Variants: ["short", "long"],
        ReadBuiltIn: name => name == "long" ? "9" : "5",
        Create: (text, label, file, lanes) => new Corridor(Length(text, file), label, lanes))
    {
        Keys = _ => ["a", " ", "d"],
        Guide = (_, seat) => new EnvironmentGuide(
            "Meet: 1 for both in every step in which you stand on the same cell.",
            ["Every step to the side costs you 0.1; to stay is free."],
            [($"{seat + 1}", "you"), ($"{2 - seat}", "your partner"), ("*", "both")]),

        // Where experiments begin that say "preset": "my-environment".
        Presets = [new("my-environment", "Two players meet in a corridor.", "short", new TrainingSettings
        {
            Method = "", Iterations = 200, Lanes = 32, Horizon = 40, LearningRate = 3e-3, NormaliseAdvantages = true, Entropy = 0.01,
            Network = new NetworkSettings { Hidden = [32] }, CurveInterval = 6400, EvaluationSteps = 20,
        })],
    });

    /// <summary>The definition of a corridor, built in or a user's file, is its length.</summary>
    private static int Length(string text, string? file) => int.TryParse(text.Trim(), out var length) && length is >= 2 and <= 100
        ? length
        : throw new LayoutException(file, 1, 1, $"'{text.Trim()}' is no length; write a whole number from 2 to 100");
}
