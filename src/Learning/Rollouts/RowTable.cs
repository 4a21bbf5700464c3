namespace Srpo.Learning;

/// <summary>
/// Numbers the different observations of a rollout in order of first sight. Where observations cannot be enumerated every
/// one counts as different.
/// </summary>
internal sealed class RowTable
{
    /// <summary>Up to so many states each has an entry of its own.</summary>
    private const long LargestArray = 1 << 22;

    private readonly int[]? _rowOfState;
    private readonly Dictionary<long, int>? _rows;
    private readonly List<int> _states = [];

    /// <summary>An empty table.</summary>
    /// <param name="states">How many states there are; 0 where they cannot be enumerated.</param>
    public RowTable(long states)
    {
        if (states > LargestArray) _rows = [];
        if (states is <= 0 or > LargestArray) return;
        _rowOfState = new int[states];
        Array.Fill(_rowOfState, -1);
    }

    /// <summary>Number of rows so far.</summary>
    public int Rows { get; private set; }

    /// <summary>The row of a state; new ones get the next number.</summary>
    public int RowOf(long state, out bool isNew)
    {
        if (_rows is not null)
        {
            isNew = _rows.TryAdd(state, Rows);
            return isNew ? Rows++ : _rows[state];
        }

        ref var row = ref _rowOfState![state];
        isNew = row < 0;
        if (!isNew) return row;
        _states.Add((int)state);
        return row = Rows++;
    }

    /// <summary>A row for an observation that cannot be enumerated.</summary>
    public int NewRow() => Rows++;

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        foreach (var state in _states) _rowOfState![state] = -1;
        _states.Clear();
        _rows?.Clear();
        Rows = 0;
    }
}
