namespace Srpo.Environments.Gridworld;

/// <summary>The constants of a layout that are not its map. The defaults are those of the authors' public code.</summary>
/// <param name="RespawnProbability">Probability per step that a missing onion comes back, 0 to 1.</param>
/// <param name="EpisodeLength">Steps of an episode, 1 to 1,000,000.</param>
/// <param name="MoveCost">Private cost of any action but stay, finite, not negative.</param>
/// <param name="BumpCost">Further private cost of running into the other agent, finite, not negative.</param>
/// <param name="DeliveryReward">What both agents get for an onion put into a pot, finite.</param>
/// <param name="PickupReward">What both agents get for an onion taken, finite.</param>
public sealed record GridworldParameters(
    double RespawnProbability = 0.2,
    int EpisodeLength = 50,
    float MoveCost = 0.2f,
    float BumpCost = 2f,
    float DeliveryReward = 10f,
    float PickupReward = 1f)
{
    /// <summary>The longest episode that a layout may ask for.</summary>
    public const int MaxEpisodeLength = 1_000_000;

    /// <summary>The constants of the authors' public code.</summary>
    public static GridworldParameters Default { get; } = new();

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        Require(RespawnProbability is >= 0 and <= 1, nameof(RespawnProbability), "must be between 0 and 1");
        Require(EpisodeLength is >= 1 and <= MaxEpisodeLength, nameof(EpisodeLength), $"must be between 1 and {MaxEpisodeLength}");
        Require(float.IsFinite(MoveCost) && MoveCost >= 0, nameof(MoveCost), "must be finite and not negative");
        Require(float.IsFinite(BumpCost) && BumpCost >= 0, nameof(BumpCost), "must be finite and not negative");
        Require(float.IsFinite(DeliveryReward), nameof(DeliveryReward), "must be finite");
        Require(float.IsFinite(PickupReward), nameof(PickupReward), "must be finite");
    }

    private static void Require(bool holds, string name, string rule)
    {
        if (!holds) throw new ArgumentException($"{name} {rule}", name);
    }
}
