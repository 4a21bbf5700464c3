namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// A batch of samples gathered by different observation. Every loss here is a sum over samples of a function of (row,
/// action, advantage, return), so that per row and action the sums of positive and of negative advantages, and per row the
/// number of samples and the sum of returns, are all that the networks' gradients need.
/// </summary>
internal sealed unsafe class SampleBatch : IObservationRows, IDisposable
{
    private readonly ObservationTable _own;
    private readonly ObservationTable? _central;
    private readonly NativeBuffer _policy = new();
    private readonly NativeBuffer _critic = new();
    private readonly int _actions;
    private int[] _rowOf = [];
    private int[] _partOf = [];
    private byte[] _legal = [];
    private float[][] _arrays = [];
    private int[] _sourceOf = [];
    private bool _masks;

    /// <summary>A batch.</summary>
    /// <param name="inputs">Length of an observation.</param>
    /// <param name="central">Length of the observations of all seats, where critics see those; else 0.</param>
    /// <param name="actions">Number of actions.</param>
    /// <param name="written">Whether observations are always written out, also where lists of their ones would do.</param>
    public SampleBatch(int inputs, int central, int actions, bool written = false)
    {
        _own = new ObservationTable(inputs, written);
        if (central > 0) _central = new ObservationTable(central, written);
        _actions = actions;
        Stride = Padding.Pad(actions);
    }

    /// <summary>Floats per row of the per-action tables.</summary>
    public int Stride { get; }

    /// <summary>Number of different observations in the batch.</summary>
    public int Rows { get; private set; }

    /// <summary>Number of samples in the batch.</summary>
    public int Samples { get; private set; }

    /// <summary>Sum of squared returns.</summary>
    public double ReturnSquares { get; private set; }

    /// <summary>[Rows x inputs], where observations are written out.</summary>
    /// <exception cref="InvalidOperationException">There are lists of their ones instead: see <see cref="Block"/>.</exception>
    public float* Observations => _own.Observations;

    /// <summary>What critics see of every row.</summary>
    public IObservationRows Seen => _central ?? _own;

    /// <summary>[Rows x Stride] log-probabilities of the policy that played.</summary>
    public float* OldLogProbabilities => _policy.Pointer;

    /// <summary>[Rows x Stride] sums of positive advantages.</summary>
    public float* PositiveAdvantages => _policy.Pointer + (1 * Rows * Stride);

    /// <summary>[Rows x Stride] sums of negative advantages.</summary>
    public float* NegativeAdvantages => _policy.Pointer + (2 * Rows * Stride);

    /// <summary>[Rows x Stride] numbers of samples.</summary>
    public float* Visits => _policy.Pointer + (3 * Rows * Stride);

    /// <summary>[Rows] the part that each row came from.</summary>
    public ReadOnlySpan<int> PartOf => _partOf.AsSpan(0, Rows);

    /// <summary>[Rows] the row in that part.</summary>
    public ReadOnlySpan<int> SourceOf => _sourceOf.AsSpan(0, Rows);

    /// <summary>[Rows] numbers of samples.</summary>
    public float* Counts => _critic.Pointer;

    /// <summary>[Rows] sums of returns.</summary>
    public float* ReturnSums => _critic.Pointer + Rows;

    /// <summary>[rows x actions] 1 for legal actions in a range of rows; empty where all are legal.</summary>
    public ReadOnlySpan<byte> Legal(int row, int rows) => _masks ? _legal.AsSpan(row * _actions, rows * _actions) : default;

    /// <summary>The observations of a block of rows.</summary>
    /// <param name="row">Its first row, a multiple of <see cref="MlpWorkspace.BlockRows"/>.</param>
    /// <param name="rows">1 to <see cref="MlpWorkspace.BlockRows"/>.</param>
    public ObservationBlock Block(int row, int rows) => _own.Block(row, rows);

    /// <summary>Gathers samples; the order of rows is that of their first sample.</summary>
    /// <param name="parts">Where the samples are; sample numbers run through the parts one after another.</param>
    /// <param name="order">Numbers of the samples of this batch; empty for all, in order.</param>
    /// <param name="normalise">Shift and scale the advantages of this batch to mean 0 and deviation 1.</param>
    /// <param name="cancellation">Ends it between two passes over the samples, with the batch unfit for use.</param>
    public void Gather(IReadOnlyList<ActorSamples> parts, ReadOnlySpan<int> order, bool normalise, CancellationToken cancellation = default)
    {
        var total = 0;
        var rows = 0;
        foreach (var part in parts)
        {
            total += part.Count;
            rows += part.Rows;
        }

        Samples = order.IsEmpty ? total : order.Length;
        if (_rowOf.Length < rows) _rowOf = new int[rows];
        _rowOf.AsSpan(0, rows).Fill(-1);
        Rows = CountRows(parts, order);
        cancellation.ThrowIfCancellationRequested();
        new Span<float>(_policy.Ensure(4 * Rows * Stride), 4 * Rows * Stride).Clear();
        new Span<float>(_critic.Ensure(2 * Rows), 2 * Rows).Clear();
        ReturnSquares = 0;

        var (mean, inverseDeviation) = normalise ? SampleNumbers.Moments(parts, order, Samples) : (0f, 1f);
        cancellation.ThrowIfCancellationRequested();
        for (var i = 0; i < Samples; i++)
        {
            var (part, sample, offset) = SampleNumbers.Locate(parts, order.IsEmpty ? i : order[i]);
            var row = _rowOf[offset + part.Part.Row[sample]];
            var entry = (row * Stride) + part.Part.Actions[sample];
            var advantage = (part.Advantages[sample] - mean) * inverseDeviation;
            if (advantage > 0) PositiveAdvantages[entry] += advantage;
            else NegativeAdvantages[entry] += advantage;
            Visits[entry] += 1;
            Counts[row] += 1;
            if (part.Returns.Length == 0) continue;
            var target = part.Returns[sample];
            ReturnSums[row] += target;
            ReturnSquares += (double)target * target;
        }

        cancellation.ThrowIfCancellationRequested();
        CopyRows(parts);
    }

    public void Dispose()
    {
        _own.Dispose();
        _central?.Dispose();
        _policy.Dispose();
        _critic.Dispose();
    }

    private int CountRows(IReadOnlyList<ActorSamples> parts, ReadOnlySpan<int> order)
    {
        var rows = 0;
        for (var i = 0; i < Samples; i++)
        {
            var (part, sample, offset) = SampleNumbers.Locate(parts, order.IsEmpty ? i : order[i]);
            ref var row = ref _rowOf[offset + part.Part.Row[sample]];
            if (row < 0) row = rows++;
        }

        return rows;
    }

    private void CopyRows(IReadOnlyList<ActorSamples> parts)
    {
        _masks = parts[0].Part.Legal.Length > 0;
        if (_masks && _legal.Length < Rows * _actions) _legal = new byte[Rows * _actions];
        if (_partOf.Length < Rows) (_partOf, _sourceOf) = (new int[Rows], new int[Rows]);
        var offset = 0;
        for (var p = 0; p < parts.Count; p++)
        {
            var part = parts[p];
            for (var source = 0; source < part.Rows; source++)
            {
                var row = _rowOf[offset + source];
                if (row < 0) continue;
                (_partOf[row], _sourceOf[row]) = (p, source);
                if (_masks) part.Part.Legal.AsSpan(source * _actions, _actions).CopyTo(_legal.AsSpan(row * _actions));
                var from = part.Part.LogProbabilities.AsSpan(source * _actions, _actions);
                var to = OldLogProbabilities + (row * Stride);
                for (var a = 0; a < from.Length; a++) to[a] = from[a];
            }

            offset += part.Rows;
        }

        _own.Gather(Arrays(parts, part => part.Part.Observations), PartOf, SourceOf);
        _central?.Gather(Arrays(parts, part => part.Part.Central), PartOf, SourceOf);
    }

    private float[][] Arrays(IReadOnlyList<ActorSamples> parts, Func<ActorSamples, float[]> of)
    {
        if (_arrays.Length != parts.Count) _arrays = new float[parts.Count][];
        for (var p = 0; p < parts.Count; p++) _arrays[p] = of(parts[p]);
        return _arrays;
    }
}
