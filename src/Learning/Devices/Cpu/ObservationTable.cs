namespace Srpo.Learning.Devices.Cpu;

/// <summary>Rows of observations, a block at a time.</summary>
internal interface IObservationRows
{
    /// <summary>A block.</summary>
    /// <param name="row">Its first row, a multiple of <see cref="MlpWorkspace.BlockRows"/>.</param>
    /// <param name="rows">1 to <see cref="MlpWorkspace.BlockRows"/>.</param>
    ObservationBlock Block(int row, int rows);
}

/// <summary>Observations gathered from parts: as lists of their ones where all are 0 or 1 and that is worth while, else written out. Not thread-safe.</summary>
/// <param name="inputs">Length of an observation.</param>
/// <param name="written">Whether they are always written out.</param>
internal sealed unsafe class ObservationTable(int inputs, bool written = false) : IObservationRows, IDisposable
{
    private readonly NativeBuffer _observations = new();
    private readonly BinaryRows? _ones = written ? null : new BinaryRows(inputs);
    private bool _binary;

    /// <summary>[rows x inputs], where observations are written out.</summary>
    /// <exception cref="InvalidOperationException">There are lists of their ones instead: see <see cref="Block"/>.</exception>
    public float* Observations => _binary ? throw new InvalidOperationException("the observations of this batch are not written out") : _observations.Pointer;

    /// <inheritdoc/>
    public ObservationBlock Block(int row, int rows) =>
        _binary ? new ObservationBlock(null, rows, _ones!.Block(row)) : new ObservationBlock(_observations.Pointer + ((long)row * inputs), rows);

    /// <summary>Gathers rows.</summary>
    /// <param name="arrays">[parts] observations of the rows of each part, one after another.</param>
    /// <param name="partOf">[rows] the part of each row.</param>
    /// <param name="sourceOf">[rows] the row in that part.</param>
    public void Gather(IReadOnlyList<float[]> arrays, ReadOnlySpan<int> partOf, ReadOnlySpan<int> sourceOf)
    {
        _binary = _ones is not null && ListOnes(_ones, arrays, partOf, sourceOf);
        if (_binary) return;
        var target = _observations.Ensure(Math.Max(1, partOf.Length * inputs));
        for (var row = 0; row < partOf.Length; row++, target += inputs)
            arrays[partOf[row]].AsSpan(sourceOf[row] * inputs, inputs).CopyTo(new Span<float>(target, inputs));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _observations.Dispose();
        _ones?.Dispose();
    }

    private bool ListOnes(BinaryRows ones, IReadOnlyList<float[]> arrays, ReadOnlySpan<int> partOf, ReadOnlySpan<int> sourceOf)
    {
        if (!ones.Begin(partOf.Length)) return false;
        for (var row = 0; row < partOf.Length; row++)
        {
            fixed (float* observations = arrays[partOf[row]])
            {
                if (!ones.Add(observations + ((long)sourceOf[row] * inputs))) return false;
            }
        }

        ones.BuildColumns();
        return true;
    }
}
