using Srpo.Core.Random;

namespace Srpo.Environments;

/// <summary>Checks of the arguments of <see cref="IVectorEnvironment.Reset"/> that all environments share.</summary>
internal static class StreamChecks
{
    internal static void Check(in StreamId reset, in StreamId dynamics, int firstLane, int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstLane);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstLane, StreamId.MaxLanes - lanes);

        // The same words would decide how an episode starts and how it goes on.
        if (reset == dynamics) throw new ArgumentException("the streams of start states and of transitions must differ, in purpose for example", nameof(dynamics));
    }
}
