namespace Srpo.Core.Text;

/// <summary>Finds the known name that a user most likely meant, for error messages.</summary>
public static class NearestName
{
    /// <summary>
    /// The known name nearest to what was typed, or null where none is near: at most one edit for every three characters
    /// (but one is always allowed), or one of the two names begins with the other. Letter case costs nothing.
    /// </summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">The names that exist; of equally near ones the first is taken.</param>
    public static string? Find(string typed, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(known);
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var name in known)
        {
            var distance = Distance(typed.ToUpperInvariant(), name.ToUpperInvariant());
            // An abbreviation such as "held" for "held-out-a" is many insertions away and still plainly meant.
            if (typed.Length >= 3 && name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)) distance = Math.Min(distance, 1);
            if (name.Length >= 3 && typed.StartsWith(name, StringComparison.OrdinalIgnoreCase)) distance = Math.Min(distance, 1);
            if (distance < bestDistance) (best, bestDistance) = (name, distance);
        }

        return bestDistance <= Math.Max(1, typed.Length / 3) ? best : null;
    }

    /// <summary>
    /// The text of an error about an unknown name, for example: unknown layout 'offical'; did you mean 'official'? Known
    /// layouts: official, wide.
    /// </summary>
    /// <param name="kind">What the name names, singular, for example "layout".</param>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">The names that exist.</param>
    public static string Unknown(string kind, string typed, IReadOnlyCollection<string> known)
    {
        var nearest = Find(typed, known);
        var question = nearest is null ? "." : $"; did you mean '{nearest}'?";
        return $"unknown {kind} '{typed}'{question} Known {kind}s: {string.Join(", ", known)}.";
    }

    /// <summary>
    /// Edits that turn one text into the other: insert, delete or replace a character, or swap two neighbours (the optimal
    /// string alignment form of Damerau's distance).
    /// </summary>
    /// <param name="a">One text.</param>
    /// <param name="b">The other text.</param>
    public static int Distance(string a, string b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var beforeLast = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[b.Length];
    }
}
