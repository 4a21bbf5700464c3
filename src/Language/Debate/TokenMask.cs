namespace Srpo.Language.Debate;

/// <summary>
/// Which tokens count in rows that are filled up to one width. Losses are averaged over the tokens that count, of all responses of a minibatch together: a long response weighs more than a
/// short one.
/// </summary>
public static class TokenMask
{
    /// <summary>
    /// Marks the tokens that count, in rows of one width: 1 for the tokens that a response has, the one that ended it included, 0 for what fills the row up
    /// and for the rows of responses that nobody learns from.
    /// </summary>
    /// <param name="lengths">[rows] tokens of each response.</param>
    /// <param name="learns">[rows] whether its debater learns from it.</param>
    /// <param name="width">Tokens of a row, at least the longest response's.</param>
    /// <param name="mask">[rows x width] is set.</param>
    /// <returns>Number of tokens that count: what losses are divided by.</returns>
    public static int Fill(ReadOnlySpan<int> lengths, ReadOnlySpan<bool> learns, int width, Span<float> mask)
    {
        if (learns.Length != lengths.Length || mask.Length != lengths.Length * width) throw new ArgumentException("lengths and learns must be [rows], mask [rows x width]");
        mask.Clear();
        var count = 0;
        for (var row = 0; row < lengths.Length; row++)
        {
            if (lengths[row] < 0 || lengths[row] > width) throw new ArgumentException(FormattableString.Invariant($"row {row} has {lengths[row]} tokens in a width of {width}"), nameof(lengths));
            if (!learns[row]) continue;
            mask.Slice(row * width, lengths[row]).Fill(1);
            count += lengths[row];
        }

        return count;
    }

    /// <summary>The mean over the tokens that count; 0 where none does.</summary>
    /// <param name="values">[tokens] a number for each.</param>
    /// <param name="mask">[tokens] 1 for tokens that count, else 0.</param>
    public static double Mean(ReadOnlySpan<float> values, ReadOnlySpan<float> mask)
    {
        var (sum, count) = (0.0, 0.0);
        for (var token = 0; token < values.Length; token++)
        {
            // What fills rows up may be anything, also no number.
            if (mask[token] == 0) continue;
            sum += values[token];
            count++;
        }

        return count > 0 ? sum / count : 0;
    }
}
