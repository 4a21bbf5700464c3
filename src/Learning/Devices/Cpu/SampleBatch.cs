namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// A batch of samples gathered by different observation. Every loss here is a sum over samples of a function of (row,
/// action, advantage, return), so that per row and action the sums of positive and of negative advantages, and per row the
/// number of samples and the sum of returns, are all that the networks' gradients need. Where critics have a loss that is not the square, the returns are kept one by one, too.
/// </summary>
internal sealed unsafe class SampleBatch : IObservationRows, IDisposable
{
    private readonly ObservationTable _own;
    private readonly ObservationTable? _central;
    private readonly NativeBuffer _policy = new();
    private readonly NativeBuffer _critic = new();
    private readonly NativeBuffer _scaled = new();
    private readonly int _actions;
    private readonly bool _singles;
    private int[] _rowOf = [];
    private int[] _partOf = [];
    private byte[] _legal = [];
    private float[][] _arrays = [];
    private int[] _sourceOf = [];
    private bool _masks;
    private bool _isScaled;
    private readonly RowReturns _returns = new();
    private float[] _oldValues = [];

    /// <summary>A batch.</summary>
    /// <param name="inputs">Length of an observation.</param>
    /// <param name="central">Length of the observations of all seats, where critics see those; else 0.</param>
    /// <param name="actions">Number of actions.</param>
    /// <param name="written">Whether observations are always written out, also where lists of their ones would do.</param>
    /// <param name="singles">Whether critics learn from returns one by one.</param>
    public SampleBatch(int inputs, int central, int actions, bool written = false, bool singles = false)
    {
        _singles = singles;
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

    /// <summary>Sum of returns.</summary>
    public double ReturnTotal { get; private set; }

    /// <summary>Sum of squared returns.</summary>
    public double ReturnSquares { get; private set; }

    /// <summary>Sum of squared targets of critics: of returns, or where <see cref="Scale"/> was called of normalised ones.</summary>
    public double TargetSquares { get; private set; }

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

    /// <summary>[Rows] sums of the targets of critics: of returns, or where <see cref="Scale"/> was called of normalised ones.</summary>
    public float* TargetSums => _isScaled ? _scaled.Pointer : ReturnSums;

    /// <summary>The returns of the samples of a row as they are, where they are kept one by one.</summary>
    public ReadOnlySpan<float> Returns(int row) => _returns.Of(row);

    /// <summary>What the critic that watched said of a row, in its own units; where returns are kept one by one.</summary>
    public float OldValue(int row) => _oldValues[row];

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
        (ReturnTotal, ReturnSquares, _isScaled) = (0, 0, false);

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
            ReturnTotal += target;
            ReturnSquares += (double)target * target;
        }

        TargetSquares = ReturnSquares;
        cancellation.ThrowIfCancellationRequested();
        if (_singles) KeepReturns(parts, order);
        CopyRows(parts);
    }

    /// <summary>Normalises the targets of critics, from the returns as they are; until the next batch is gathered, or anew.</summary>
    /// <param name="normaliser">What they are normalised with.</param>
    public void Scale(in ValueNormaliser normaliser)
    {
        _isScaled = true;
        var (mean, deviation) = (normaliser.Mean, normaliser.Deviation);
        var sums = _scaled.Ensure(Rows);
        for (var row = 0; row < Rows; row++) sums[row] = (float)((ReturnSums[row] - (Counts[row] * mean)) / deviation);
        TargetSquares = normaliser.SumOfSquares(ReturnTotal, ReturnSquares, Samples);
    }

    public void Dispose()
    {
        _own.Dispose();
        _central?.Dispose();
        _policy.Dispose();
        _critic.Dispose();
        _scaled.Dispose();
    }

    private void KeepReturns(IReadOnlyList<ActorSamples> parts, ReadOnlySpan<int> order)
    {
        if (parts[0].Returns.Length == 0) return;
        if (_oldValues.Length < Rows) _oldValues = new float[Rows];
        _returns.Begin(new ReadOnlySpan<float>(Counts, Rows), Samples);
        for (var i = Samples - 1; i >= 0; i--)
        {
            var (part, sample, offset) = SampleNumbers.Locate(parts, order.IsEmpty ? i : order[i]);
            var row = _rowOf[offset + part.Part.Row[sample]];
            _returns.Put(row, part.Returns[sample]);
            _oldValues[row] = part.Part.Values[part.Part.Row[sample]];
        }
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
