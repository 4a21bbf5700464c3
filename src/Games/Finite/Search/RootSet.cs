namespace Srpo.Games.Finite.Search;

/// <summary>Distinct roots of <see cref="RqeSystem"/>, compared by their strategies.</summary>
internal sealed class RootSet(double sameWithin)
{
    private readonly List<double[]> _probabilities = [];

    /// <summary>Log probabilities of the roots in order of discovery.</summary>
    public List<double[]> Roots { get; } = [];

    /// <summary>How often each was added.</summary>
    public List<int> Hits { get; } = [];

    /// <summary>Index of each.</summary>
    public List<int> Indices { get; } = [];

    /// <summary>Number of a root within the given distance of a profile, or -1.</summary>
    public int Find(ReadOnlySpan<double> probabilities, double within)
    {
        for (var root = 0; root < _probabilities.Count; root++)
        {
            var far = false;
            var known = _probabilities[root];
            for (var i = 0; i < known.Length && !far; i++) far = !(Math.Abs(known[i] - probabilities[i]) <= within);
            if (!far) return root;
        }

        return -1;
    }

    /// <summary>Adds a root or counts it.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Add(ReadOnlySpan<double> z, ReadOnlySpan<double> probabilities, int index)
    {
        var known = Find(probabilities, sameWithin);
        if (known >= 0)
        {
            Hits[known]++;
            return false;
        }

        Roots.Add(z.ToArray());
        _probabilities.Add(probabilities.ToArray());
        Hits.Add(1);
        Indices.Add(index);
        return true;
    }

    /// <summary>The roots' numbers sorted by strategies, larger entries first; differences below the tolerance do not count.</summary>
    public int[] Sorted()
    {
        var order = Enumerable.Range(0, Roots.Count).ToArray();
        Array.Sort(order, (first, second) =>
        {
            var (a, b) = (_probabilities[first], _probabilities[second]);
            for (var i = 0; i < a.Length; i++)
            {
                if (Math.Abs(a[i] - b[i]) > sameWithin) return b[i].CompareTo(a[i]);
            }

            return first.CompareTo(second);
        });
        return order;
    }
}
