namespace Srpo.Reporting.Figures;

/// <summary>Which of the categorical colours <c>--s1</c> to <c>--s8</c> a method gets.</summary>
public static class Palette
{
    /// <summary>Number of categorical colours.</summary>
    public const int Size = 8;

    /// <summary>
    /// Colour numbers 1 to 8: srpo is always 1 and ippo always 2, so that reports can be compared; the others get the next free
    /// ones in order.
    /// </summary>
    public static IReadOnlyDictionary<string, int> ForMethods(IEnumerable<string> methods)
    {
        var colours = new Dictionary<string, int>(StringComparer.Ordinal);
        var next = 3;
        foreach (var method in methods)
        {
            if (colours.ContainsKey(method)) continue;
            colours[method] = method switch { "srpo" => 1, "ippo" => 2, _ => (next++ - 1) % Size + 1 };
        }

        return colours;
    }
}
