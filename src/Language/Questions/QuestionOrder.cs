using Srpo.Core.Random;

namespace Srpo.Language.Questions;

/// <summary>
/// The order in which a run takes the questions of a set: the same for every method with its seed and team. Of a set that ends, all are taken in a new order before any comes again; of one
/// that does not end, numbers are drawn. One thread at a time.
/// </summary>
/// <param name="set">The set, not empty.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="team">The team.</param>
public sealed class QuestionOrder(IQuestionSet set, ulong seed, uint team)
{
    private int[] _order = [];
    private long _epoch = -1;

    /// <summary>The question at a position; any position can be asked for at any time, so that a run that goes on needs no more than the number of its update.</summary>
    /// <param name="position">From 0: update times questions of an update, plus the place within it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The position is negative, or beyond 2^32 orders.</exception>
    public Question At(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (set.Count == int.MaxValue)
        {
            var bits = new StreamId(seed, team, (uint)(position >> 32), StreamPurpose.QuestionOrder).Block(0, (uint)position);

            // Numbers end one below the largest.
            return set[(int)(bits.Word0 % int.MaxValue)];
        }

        var epoch = position / set.Count;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(epoch, uint.MaxValue, nameof(position));
        if (epoch != _epoch) Shuffle(epoch);
        return set[_order[position % set.Count]];
    }

    private void Shuffle(long epoch)
    {
        var random = new StreamId(seed, team, (uint)epoch, StreamPurpose.QuestionOrder).Lane(0);
        var order = new int[set.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        for (var i = order.Length - 1; i > 0; i--)
        {
            var other = random.NextInt32(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        (_order, _epoch) = (order, epoch);
    }
}
