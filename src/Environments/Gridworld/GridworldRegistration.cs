using System.Globalization;
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
        WordsBelowPicture = _ => 1,
        Guide = (environment, seat) => Guide(((GridworldEnvironment)environment).Layout, seat),
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

    private static EnvironmentGuide Guide(GridworldLayout layout, int seat)
    {
        var constants = layout.Parameters;
        List<(string, string)> legend =
        [
            ($"{seat + 1}", "you"), ($"{2 - seat}", "your partner"), ("+", "carries an onion"), ("o", "source with its onion"), (",", "source without"), ("[P]", "pot"),
        ];
        if (layout.Walls.Count > 0) legend.Add(("###", "wall"));
        return new EnvironmentGuide(
            Text($"Carry onions from sources to a pot, together: {constants.DeliveryReward} each for a delivery, {constants.PickupReward} each for picking one up."),
            [
                "Step onto a source to pick up its onion; walk against a pot to put it in.",
                Text($"Every move costs you {constants.MoveCost}, running into your partner {constants.BumpCost} more; to stay is free."),
                Text($"An onion that was taken comes back with probability {constants.RespawnProbability} a step. An episode has {constants.EpisodeLength} steps."),
            ],
            legend);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
