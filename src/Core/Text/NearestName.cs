namespace Srpo.Core.Text;

/// <summary>Finds the known name that a user most likely meant, for error messages.</summary>
public static class NearestName
{
    /// <summary>So many names are listed of those that are too many to be listed all.</summary>
    private const int Listed = 10;

    /// <summary>Most names that are listed all.</summary>
    private const int Whole = 15;

    /// <summary>Most characters that are shown of what was typed.</summary>
    private const int Shown = 80;

    /// <summary>
    /// The known name nearest to what was typed, or null where none is near: at most one edit for every three characters
    /// (but one is always allowed), or one of the two names begins with the other. Letter case costs nothing.
    /// </summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">The names that exist; of those that begin alike the shortest, of equally near ones the first is taken.</param>
    public static string? Find(string typed, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(known);
        var best = known.Select(name => (Name: name, Edits: Edits(typed, name))).DefaultIfEmpty((Name: "", Edits: int.MaxValue)).MinBy(name => (name.Edits, Distance(typed, name.Name)));
        return best.Edits <= Math.Max(1, typed.Length / 3) ? best.Name : null;
    }

    /// <summary>
    /// The text of an error about an unknown name, for example: unknown layout 'offical'; did you mean 'official'? Known
    /// layouts: official, wide. Of more than fifteen names the nearest ten are listed; of a long text the beginning is shown.
    /// </summary>
    /// <param name="kind">What the name names, singular, for example "layout", or "population or tournament".</param>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">The names that exist.</param>
    public static string Unknown(string kind, string typed, IReadOnlyCollection<string> known)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(known);
        if (typed.Length > Shown) typed = typed[..Shown] + "...";
        if (known.Count == 0) return $"unknown {kind} '{typed}': there is none.";
        var question = Find(typed, known) is { } nearest ? $"; did you mean '{nearest}'?" : ".";
        return $"unknown {kind} '{typed}'{question} {Known(kind, typed, known)}";
    }

    /// <summary>The names that exist as a sentence: of more than fifteen the nearest ten, nearest first.</summary>
    /// <param name="kind">What they name, singular.</param>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">The names that exist.</param>
    public static string Known(string kind, string typed, IReadOnlyCollection<string> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        var listed = known.Count <= Whole ? string.Join(", ", known) : $"{string.Join(", ", known.OrderBy(name => Edits(typed, name)).Take(Listed))} and {known.Count - Listed} more";
        return $"Known {kind.Replace(" or ", "s or ", StringComparison.Ordinal)}s: {listed}.";
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

    private static int Edits(string typed, string name)
    {
        var distance = Distance(typed.ToUpperInvariant(), name.ToUpperInvariant());

        // An abbreviation such as "held" for "held-out-a" is many insertions away and still plainly meant.
        if (typed.Length >= 3 && name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)) distance = Math.Min(distance, 1);
        return name.Length >= 3 && typed.StartsWith(name, StringComparison.OrdinalIgnoreCase) ? Math.Min(distance, 1) : distance;
    }
}
