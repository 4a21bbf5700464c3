using System.Runtime.CompilerServices;

namespace Srpo.Environments.Gridworld;

/// <summary>A number for each of the two seats.</summary>
[InlineArray(2)]
public struct SeatCosts
{
    private float _seat0;
}

/// <summary>What a step paid and cost. Reward of a seat = <see cref="Shared"/> - its own cost.</summary>
public struct GridworldPayment
{
    /// <summary>The part paid to both seats: pickups and deliveries of either.</summary>
    public float Shared;

    /// <summary>Private cost by seat, not negative.</summary>
    public SeatCosts Costs;

    /// <summary>The reward of a seat.</summary>
    /// <param name="seat">0 or 1.</param>
    public readonly float Reward(int seat) => Shared - Costs[seat];
}
