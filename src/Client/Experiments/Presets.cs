using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Learning.Methods;

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
            "gridworld", "official", new TrainingSettings { Method = Method }),
        new("tag", "What the authors' public code runs on Tag: 64 lanes, shared trunks of 128-128, 30 million environment steps.",
            "tag", "simple-tag", Tag),
        new("hanabi-2p", "Hanabi with 3 colours and 3 ranks for two, one policy for all seats; lanes and epochs as in the paper, the rest is ours.",
            "hanabi", "3x3-2p", Hanabi([128, 128])),
        new("hanabi-4p", "The same for four players, with wider networks.",
            "hanabi", "3x3-4p", Hanabi([256, 256])),
    ];

    /// <summary>The method where an experiment names none.</summary>
    private static string Method => MethodRegistry.All.First(method => method.Role == PopulationRole.Subject).Id;

    public static Preset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);

    /// <summary>Spec "environments", section 2. Adversaries are rewarded for entropy as the chasers are.</summary>
    private static TrainingSettings Tag => new()
    {
        Method = Method,
        Iterations = 3662,
        Lanes = 64,
        Horizon = 128,
        SplitLanes = true,
        LearningRate = 1e-3,
        NormaliseAdvantages = true,
        MaxGradientNorm = 10,
        Entropy = 0.01,
        Adversary = new AdversarySettings { Entropy = 0.01 },
        Network = new NetworkSettings { Hidden = [128, 128], Activation = Activation.Relu, Initialisation = Initialisation.Orthogonal, SharedTrunk = true },
        CurveInterval = 81920,
        CurveEpisodes = 16,
        EvaluationSteps = 100,
    };

    /// <summary>Spec "environments", section 3. What the paper does not give was found by sweeps, see docs/experiments.md.</summary>
    private static TrainingSettings Hanabi(int[] hidden) => new()
    {
        Method = Method,
        SharePolicy = true,
        Iterations = 300,
        Lanes = 1000,
        Horizon = 32,
        Epochs = 15,
        LearningRate = 2e-3,
        NormaliseAdvantages = true,
        MaxGradientNorm = 0.5,
        Entropy = 0.01,
        Network = new NetworkSettings { Hidden = hidden, Activation = Activation.Relu, Initialisation = Initialisation.Orthogonal, SharedTrunk = true },
        CurveInterval = 320_000,
        CurveEpisodes = 200,
        EvaluationSteps = 100,
    };
}
