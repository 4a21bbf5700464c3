using Kitchen;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Plugins;

[assembly: SrpoPlugin(typeof(KitchenPlugin))]

namespace Kitchen;

/// <summary>Brings the environment "kitchen".</summary>
public sealed class KitchenPlugin : ISrpoPlugin
{
    public string Name => "kitchen";

    private static TrainingSettings Training =>
        new TrainingSettings { Method = "", Iterations = 500, Lanes = 32, Horizon = 400, Epochs = 8, Minibatches = 8, LearningRate = 1e-3, NormaliseAdvantages = true } with
        { MaxGradientNorm = 0.5, Entropy = 0.01, Network = new NetworkSettings { Hidden = [64, 64] }, CurveInterval = 64_000, CurveEpisodes = 8, EvaluationSteps = 400 };

    public void Register(IPluginRegistry registry) => registry.Add(new EnvironmentRegistration(
        "kitchen", "layout", typeof(KitchenEnvironment), [.. KitchenLayout.BuiltIn.Keys], name => KitchenLayout.BuiltIn[name],
        (text, label, file, lanes) => new KitchenEnvironment(new KitchenLayout(text, label, file), lanes))
    {
        WordsBelowPicture = _ => 1,
        Keys = _ => ["w", "s", "d", "a", ".", " "],
        Guide = (environment, seat) => Guide(((KitchenEnvironment)environment).Layout, seat),
        Presets = [new("kitchen", "Overcooked-AI's cramped_room with its shaped rewards: 32 lanes, whole episodes.", "cramped_room-shaped", Training)],
    });

    private static EnvironmentGuide Guide(KitchenLayout kitchen, int seat) => new(
        $"Cook soups of {kitchen["onionsPerSoup"]} onions and serve them, together: {kitchen["deliveryReward"]} for each.",
        ["Walk against a thing to face it, then interact with it: take an onion or a dish, put an onion into the pot, lay something on a counter.",
         $"A full pot cooks by itself for {kitchen["cookTime"]} steps. Take the soup with a dish, and serve it. An episode has {kitchen["episodeLength"]} steps."],
        [($"{seat + 1}", "you"), ($"{2 - seat}", "your partner"), ("^v><", "where somebody faces"), ("o d s", "an onion, a dish, a soup"), ("X", "counter"),
         ("O D S", "onions, dishes, where soups are served"), ("P", "pot: with onions, cooking ~, ready !")]);
}
