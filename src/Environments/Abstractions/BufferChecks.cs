using System.Globalization;
using System.Runtime.CompilerServices;

namespace Srpo.Environments;

/// <summary>Checks of callers' buffers that all environments share. One call per step, not per lane.</summary>
internal static class BufferChecks
{
    internal static void Seat(int seat, EnvironmentInfo info)
    {
        if ((uint)seat >= (uint)info.Seats)
            throw new ArgumentOutOfRangeException(nameof(seat), seat, Invariant($"seats of '{info.Name}' are 0 to {info.Seats - 1}"));
    }

    /// <summary>A seat, or <see cref="IVectorEnvironment.ToMove"/>, which turn-based environments have too.</summary>
    internal static void SeatOrMover(int seat, EnvironmentInfo info)
    {
        if (seat != IVectorEnvironment.ToMove) Seat(seat, info);
    }

    internal static void Length(int length, int expected, string buffer)
    {
        if (length != expected) throw new ArgumentException(Invariant($"{buffer} has {length} elements; it needs {expected}"), buffer);
    }

    internal static void Step(ReadOnlySpan<byte> actions, in StepOutcome outcome, EnvironmentInfo info, int lanes)
    {
        var all = info.Seats * lanes;
        Length(actions.Length, all, nameof(actions));
        Length(outcome.Rewards.Length, all, nameof(outcome.Rewards));
        Length(outcome.Costs.Length, all, nameof(outcome.Costs));
        Length(outcome.Terminated.Length, lanes, nameof(outcome.Terminated));
        Length(outcome.Truncated.Length, lanes, nameof(outcome.Truncated));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ArgumentOutOfRangeException BadAction(int lane, int action0, int action1, EnvironmentInfo info)
    {
        var seat = action0 >= info.Actions ? 0 : 1;
        return BadActionOf(lane, seat, seat == 0 ? action0 : action1, info);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ArgumentOutOfRangeException BadActionOf(int lane, int seat, int action, EnvironmentInfo info) => new(
        "actions", action, Invariant($"lane {lane}, seat {seat}: actions of '{info.Name}' are 0 to {info.Actions - 1}"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
