using System.Globalization;
using Srpo.Core.Settings;

namespace Srpo.Environments.Tag;

/// <summary>Tag, as it can be asked for.</summary>
internal static class TagRegistration
{
    private static readonly string[] Keys = [" ", "a", "d", "s", "w"];

    public static EnvironmentRegistration Value { get; } = new(
        TagEnvironment.RegisteredName, "scenario", typeof(TagEnvironment), TagScenarios.Names, name => TagScenarios.Load(name).ToJson(),
        (text, label, file, lanes) => new TagEnvironment(TagDefinition.Parse(text, label, file), lanes))
    {
        Rules = 2, // Since then runners' rewards are scaled, too, unless the scenario says otherwise.
        WordsBelowPicture = info => info.Seats,
        Guide = (environment, seat) => Guide(((TagEnvironment)environment).Definition, seat),
        Keys = _ => Keys,
        Verify = TagVerifier.Verify,
        Presets = [new("tag", "What the authors' public code runs on Tag: 64 lanes, shared trunks of 128-128, 30 million environment steps.", "simple-tag", Training)],
    };

    /// <summary>Adversaries are rewarded for entropy as the chasers are, and begin as the policy whose seat they take.</summary>
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
        Adversary = new AdversarySettings { Entropy = 0.01, Start = AdversaryStart.Partner },
        Network = new NetworkSettings { Hidden = [128, 128], Activation = Activation.Relu, Initialisation = Initialisation.Orthogonal, SharedTrunk = true },
        CurveInterval = 81920,
        CurveEpisodes = 16,
        EvaluationSteps = 100,
    };

    private static EnvironmentGuide Guide(TagDefinition scenario, int seat) => new(
        string.Create(CultureInfo.InvariantCulture, $"Catch {(scenario.Runners == 1 ? "the runner" : "the runners")}: every step in which a chaser touches one brings the team {10 * scenario.ChaserRewardScale:0.###}."),
        [
            "An action pushes you; you keep moving for a while afterwards. There are no walls, but obstacles and other agents push back.",
            "Runners are faster than chasers: close in from different sides.",
            string.Create(CultureInfo.InvariantCulture, $"An episode has {scenario.Length} steps."),
        ],
        [.. Enumerable.Range(0, scenario.Chasers).Select(chaser => ($"C{chaser}", chaser == seat ? "you" : "chaser")), ("R0", "runner"), ("##", "obstacle"), ("small letters", "beyond the border")]);
}
