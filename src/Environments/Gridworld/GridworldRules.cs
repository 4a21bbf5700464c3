using System.Runtime.CompilerServices;

namespace Srpo.Environments.Gridworld;

/// <summary>
/// The rules of the Overcooked gridworld (Qu et al., arXiv 2602.21515, 6.1 and D.2; constants and order of events as in
/// the authors' public code). All randomness comes in as arguments, so that recorded episodes can be replayed.
/// </summary>
public static class GridworldRules
{
    /// <summary>
    /// One step: the two agents move one after the other, then missing onions come back. Hot: arguments are not checked.
    /// </summary>
    /// <param name="layout">Map and constants.</param>
    /// <param name="state">The state; advanced in place.</param>
    /// <param name="action0">Action of seat 0, 0 to 4.</param>
    /// <param name="action1">Action of seat 1, 0 to 4.</param>
    /// <param name="first">The seat that moves first, 0 or 1.</param>
    /// <param name="respawnMask">Bit k: a missing onion of source k comes back. Bits without a source are ignored.</param>
    /// <returns>What the step paid and cost.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GridworldPayment Step(
        GridworldLayout layout, ref GridworldState state, int action0, int action1, int first, uint respawnMask)
    {
        var payment = default(GridworldPayment);

        // first == 0 ? action0 : action1, without a branch that a coin would mispredict half of the time.
        var firstAction = action0 ^ ((action0 ^ action1) & -first);
        Move(layout, ref state, ref payment, first, firstAction);
        Move(layout, ref state, ref payment, first ^ 1, action0 ^ action1 ^ firstAction);

        // After both moves, so that an onion taken in this very step may be back at its end.
        state.Onions |= respawnMask & layout.AllOnions;
        return payment;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Move(GridworldLayout layout, ref GridworldState state, ref GridworldPayment payment, int seat, int action)
    {
        ref var mover = ref state.Agents[seat];
        ref var cost = ref payment.Costs[seat];

        // Any action but stay is paid for, whether it gets anywhere or not.
        cost = layout.ActionCosts[action];

        // Stay, and a move off the grid, are aimed at the own cell and go through the rules below like any other.
        var target = layout.Targets[(mover.Cell * GridworldActions.Count) + action];
        var kind = layout.Kinds[target];
        if (kind != GridCellKind.Floor)
        {
            if (kind == GridCellKind.Pot && mover.Carrying)
            {
                mover.Carrying = false;
                payment.Shared += layout.Parameters.DeliveryReward;
            }
        }
        else if (target == state.Agents[seat ^ 1].Cell)
        {
            cost += layout.Parameters.BumpCost;
        }
        else
        {
            mover.Cell = target;
            var onion = state.Onions & layout.SourceBits[target];
            if (onion != 0 && !mover.Carrying)
            {
                mover.Carrying = true;
                state.Onions ^= onion;
                payment.Shared += layout.Parameters.PickupReward;
            }
        }
    }
}
