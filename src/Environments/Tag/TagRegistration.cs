using Srpo.Core.Settings;

namespace Srpo.Environments.Tag;

/// <summary>Tag, as it can be asked for.</summary>
internal static class TagRegistration
{
    public static EnvironmentRegistration Value { get; } = new(
        TagEnvironment.RegisteredName, "scenario", typeof(TagEnvironment), TagScenarios.Names, name => TagScenarios.Load(name).ToJson(),
        (text, label, file, lanes) => new TagEnvironment(TagDefinition.Parse(text, label, file), lanes))
    {
        Verify = TagVerifier.Verify,
        Presets = [new("tag", "What the authors' public code runs on Tag: 64 lanes, shared trunks of 128-128, 30 million environment steps.", "simple-tag", Training)],
    };

    /// <summary>Adversaries are rewarded for entropy as the chasers are.</summary>
    private static TrainingSettings Training => new()
    {
        Method = "",
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
}
