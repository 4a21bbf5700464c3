namespace Srpo.Learning;

/// <summary>Which lanes of every view a player acts in, in ascending order.</summary>
internal sealed class LaneLists
{
    private readonly int[][] _lanes;
    private readonly int[] _counts;

    public LaneLists(int views, int lanes)
    {
        _lanes = new int[views][];
        for (var view = 0; view < views; view++) _lanes[view] = new int[lanes];
        _counts = new int[views];
    }

    /// <summary>The lanes of a view.</summary>
    public ReadOnlySpan<int> this[int view] => _lanes[view].AsSpan(0, _counts[view]);

    /// <summary>Empties all lists.</summary>
    public void Clear() => _counts.AsSpan().Clear();

    /// <summary>Adds a lane to a view.</summary>
    public void Add(int view, int lane) => _lanes[view][_counts[view]++] = lane;
}
