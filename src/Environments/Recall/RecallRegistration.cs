using System.Globalization;
using Srpo.Core.Settings;

namespace Srpo.Environments.Recall;

/// <summary>The recall game, as it can be asked for.</summary>
internal static class RecallRegistration
{
    public static EnvironmentRegistration Value { get; } = new(
        RecallEnvironment.RegisteredName, "game", typeof(RecallEnvironment), RecallDefinition.Names, name => RecallDefinition.Load(name).ToJson(),
        (text, label, file, lanes) => new RecallEnvironment(RecallDefinition.Parse(text, label, file), lanes))
    {
        Guide = (environment, _) => Guide(environment.Info),
        Presets = [new("recall", "The recall game for networks with memory: 32 lanes, a recurrent layer of 32 units behind 32.", "4-back", Training)],
    };

    private static TrainingSettings Training => new()
    {
        Method = "",
        Iterations = 300,
        Lanes = 32,
        Horizon = 50,
        LearningRate = 3e-3,
        NormaliseAdvantages = true,
        MaxGradientNorm = 0.5,
        Entropy = 0.01,
        Network = new NetworkSettings { Hidden = [32], Gru = 32 },
        CurveInterval = 16000,
        CurveEpisodes = 64,
        EvaluationSteps = 5,
    };

    private static EnvironmentGuide Guide(EnvironmentInfo info) => new(
        "Remember the cue, and at the end answer with it: 1 for both players if both do, else nothing.",
        [
            "The cue is shown at the first step only, to both players alike.",
            string.Create(CultureInfo.InvariantCulture, $"Until \"answer now\" it does not matter what you do. An episode has {info.EpisodeLength} steps."),
        ],
        []);
}
