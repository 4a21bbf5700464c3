using System.Globalization;
using Srpo.Core.Settings;

namespace Srpo.Environments.Hanabi;

/// <summary>Hanabi, as it can be asked for.</summary>
internal static class HanabiRegistration
{
    public static EnvironmentRegistration Value { get; } = new(
        HanabiEnvironment.RegisteredName, "variant", typeof(HanabiEnvironment), HanabiVariants.Names, name => HanabiVariants.Load(name).ToJson(),
        (text, label, file, lanes) => new HanabiEnvironment(HanabiDefinition.Parse(text, label, file), lanes))
    {
        Verify = HanabiVerifier.Verify,
        Guide = (environment, _) => Guide(((HanabiEnvironment)environment).Game.Definition),
        Keys = environment => [.. ((HanabiEnvironment)environment).Game.Moves.Select(Key)],
        Presets =
        [
            new("hanabi-2p", "Hanabi with 3 colours and 3 ranks for two, one policy for all seats; lanes as in the paper, the rest by a search, which docs/environments/hanabi.md tells of.", "3x3-2p", Training([128, 128])),
            new("hanabi-4p", "The same for four players, with wider networks.", "3x3-4p", Training([256, 256])),
        ],
    };

    /// <summary>p0 plays card 0 and d0 discards it; hr1 hints red, h31 the threes to the next player.</summary>
    private static string Key(HanabiMove move) => move.Kind switch
    {
        HanabiMoveKind.Play => string.Create(CultureInfo.InvariantCulture, $"p{move.Position}"),
        HanabiMoveKind.Discard => string.Create(CultureInfo.InvariantCulture, $"d{move.Position}"),
        HanabiMoveKind.HintColor => string.Create(CultureInfo.InvariantCulture, $"h{char.ToLowerInvariant(HanabiNames.Letter(move.Color))}{move.TargetOffset}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"h{move.Rank + 1}{move.TargetOffset}"),
    };

    /// <summary>What the paper does not give was found by a search, see docs/environments/hanabi.md and the experiment hanabi-2p-search.</summary>
    private static TrainingSettings Training(int[] hidden) => new()
    {
        Method = "",
        SharePolicy = true,
        Iterations = 300,
        Lanes = 1000,
        Horizon = 32,
        Epochs = 4,
        Minibatches = 16,
        LearningRate = 1e-3,
        NormaliseAdvantages = true,
        MaxGradientNorm = 0.5,
        Entropy = 0.01,
        Network = new NetworkSettings { Hidden = hidden, Activation = Activation.Relu, Initialisation = Initialisation.Orthogonal, SharedTrunk = true },
        CurveInterval = 320_000,
        CurveEpisodes = 200,
        EvaluationSteps = 100,
    };

    private static EnvironmentGuide Guide(HanabiDefinition game) => new(
        string.Create(CultureInfo.InvariantCulture, $"Build a firework of every colour from 1 to {game.Ranks}, in order: a point for every card that fits, {game.Colors * game.Ranks} at most."),
        [
            "You see all hands but your own. Play a card, discard one, or hint: tell another player which of his cards have a colour or a rank.",
            string.Create(CultureInfo.InvariantCulture, $"A hint costs one of {game.InformationTokens} tokens; a discard, or a finished firework, brings one back. A card that does not fit costs one of {game.LifeTokens} lives."),
            game.LostGame == HanabiLostGame.Zero ? "Without lives the game is lost, and so are its points." : "Without lives the game is over; its points are kept.",
            "When the deck is empty everybody has one more turn.",
        ],
        [("R1", "card: colour and rank"), ("??", "your own card"), ("RG/12", "what its holder knows: red or green, 1 or 2"), ("[R]", "hinted"), ("+1", "the next player, for hints")]);
}
