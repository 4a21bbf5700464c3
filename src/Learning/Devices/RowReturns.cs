namespace Srpo.Learning.Devices;

/// <summary>
/// The returns of a batch one by one, sorted by row, for losses that are no function of their sums. Within a row they stay in the order of the samples. Not thread-safe; arrays are
/// reused.
/// </summary>
public sealed class RowReturns
{
    private int[] _first = [];
    private float[] _returns = [];

    /// <summary>Begins a batch.</summary>
    /// <param name="counts">[rows] how many samples each has.</param>
    /// <param name="samples">Their sum.</param>
    public void Begin(ReadOnlySpan<float> counts, int samples)
    {
        if (_first.Length <= counts.Length) _first = new int[counts.Length + 1];
        if (_returns.Length < samples) _returns = new float[samples];

        // Where each row ends, which moves down to where it begins as its returns are put in.
        _first[counts.Length] = samples;
        for (var (row, end) = (0, 0); row < counts.Length; row++) _first[row] = end += (int)counts[row];
    }

    /// <summary>Puts in the last return of a row that is missing yet: samples come in backward order.</summary>
    public void Put(int row, float value) => _returns[--_first[row]] = value;

    /// <summary>The returns of a row, once all are put in.</summary>
    public ReadOnlySpan<float> Of(int row) => _returns.AsSpan(_first[row].._first[row + 1]);

    /// <summary>How many returns a range of rows has.</summary>
    public int Count(int from, int rows) => _first[from + rows] - _first[from];
}
