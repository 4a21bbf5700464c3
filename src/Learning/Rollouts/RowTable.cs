namespace Srpo.Learning;

/// <summary>
/// Numbers the different observations of a rollout in order of first sight. Where observations cannot be enumerated every
/// one counts as different.
/// </summary>
internal sealed class RowTable
{
    private readonly int[]? _rowOfState;
    private readonly List<int> _states = [];

    public RowTable(int observationStates)
    {
        if (observationStates <= 0) return;
        _rowOfState = new int[observationStates];
        Array.Fill(_rowOfState, -1);
    }

    /// <summary>Number of rows so far.</summary>
    public int Rows { get; private set; }

    /// <summary>The row of a state; new ones get the next number.</summary>
    public int RowOf(int state, out bool isNew)
    {
        ref var row = ref _rowOfState![state];
        isNew = row < 0;
        if (!isNew) return row;
        _states.Add(state);
        return row = Rows++;
    }

    /// <summary>A row for an observation that cannot be enumerated.</summary>
    public int NewRow() => Rows++;

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        foreach (var state in _states) _rowOfState![state] = -1;
        _states.Clear();
        Rows = 0;
    }
}
