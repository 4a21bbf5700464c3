using Srpo.Core.Random;
using Srpo.Learning.Devices;
using Srpo.Learning.Methods;
using static TorchSharp.torch;

namespace Srpo.Learning.Torch;

/// <summary>An actor of a team, while it is updated.</summary>
internal sealed class StackMember(int round, int actor, LearnerState state, List<ActorSamples> samples, Objective objective, RandomStream stream, bool remembers)
{
    private readonly MinibatchOrder _order = new();

    /// <summary>Index of its team among those that are updated.</summary>
    public int Round { get; } = round;

    /// <summary>Its index in the team.</summary>
    public int Actor { get; } = actor;

    /// <summary>The state before.</summary>
    public LearnerState State { get; } = state;

    /// <summary>What it learns from.</summary>
    public List<ActorSamples> Samples { get; } = samples;

    /// <summary>What it is to reach.</summary>
    public Objective Objective { get; } = objective;

    /// <summary>Number of samples.</summary>
    public int Total { get; } = samples.Sum(part => part.Count);

    /// <summary>Number of different observations.</summary>
    public int Rows { get; } = samples.Sum(part => part.Rows);

    /// <summary>The sequences of samples that networks with memory learn from; null without memory.</summary>
    public int[][]? Sequences { get; } = remembers ? SampleSequences.Of(samples) : null;

    /// <summary>What minibatches are made of: sequences, or samples.</summary>
    public int Items => Sequences?.Length ?? Total;

    /// <summary>Whether a policy is held fixed that it pays for deviating from.</summary>
    public bool HasPartner => Samples[0].Partner is not null;

    /// <summary>Begins an update, or begins it again.</summary>
    public void Begin() => _order.Begin(Items, stream);

    /// <summary>Draws the order of the items for the next epoch.</summary>
    public void Shuffle(CancellationToken cancellation) => _order.Shuffle(cancellation);

    /// <summary>The items of a minibatch; empty for all, in order.</summary>
    public ReadOnlySpan<int> Minibatch(int part, int minibatches) => _order.Part(part, minibatches);
}

/// <summary>
/// The minibatches of several actors side by side, each gathered by different observation and padded to the same number of rows: padding has no
/// samples, and nothing that is summed over samples changes. Per row and action there are the sums of positive and of negative
/// advantages, per row the number of samples and the sum of returns: all that the gradients need. Where critics have a loss that is not the square, the returns are kept one by one, too.
/// Not thread-safe.
/// </summary>
/// <param name="shape">Shape of the actors.</param>
/// <param name="place">Where tensors are.</param>
/// <param name="keepsReturns">Whether critics learn from returns one by one.</param>
internal sealed unsafe class StackBatch(ActorShape shape, TorchPlace place, bool keepsReturns) : IDisposable
{
    private const int Tables = 4;

    private readonly Staging _observations = new(place);
    private readonly Staging _central = new(place);
    private readonly Staging _tables = new(place);
    private readonly Staging _rows = new(place);
    private readonly Staging _illegal = new(place);
    private int[] _rowOf = [];
    private int[] _samples = [];
    private int[] _places = [];
    private RowReturns[] _returns = [];
    private int _stack;
    private int _capacity;
    private int _steps;
    private bool _hasCentral;

    /// <summary>[P] numbers of samples.</summary>
    public long[] Samples { get; private set; } = [];

    /// <summary>Whether returns are kept one by one.</summary>
    public bool KeepsReturns => keepsReturns;

    /// <summary>[P] sums of returns.</summary>
    public double[] ReturnTotals { get; private set; } = [];

    /// <summary>[P] sums of squared returns.</summary>
    public double[] ReturnSquares { get; private set; } = [];

    /// <summary>Whether some actions are not legal.</summary>
    public bool Masks { get; private set; }

    /// <summary>[P x rows] for each row the number of the policy that it is held to among those of <see cref="Partners"/>; -1 in padding and for agents.</summary>
    public int[] PartnerOf { get; private set; } = [];

    /// <summary>[P] the policies that each is held to, in order of first sight.</summary>
    public float[][][] Partners { get; private set; } = [];

    /// <summary>[P, rows, inputs].</summary>
    public Tensor Observations() => _observations.Take(0, _stack, _capacity, shape.Policy.Inputs);

    /// <summary>[P, rows, inputs of critics] where these see the observations of all seats; null where they see what policies see, and where none learns.</summary>
    public Tensor? Central() => _hasCentral ? _central.Take(0, _stack, _capacity, shape.Critic.Inputs) : null;

    /// <summary>[4, P, rows, actions]: log-probabilities of the policies that played, sums of positive and of negative advantages, numbers of samples.</summary>
    public Tensor ActionTables() => _tables.Take(0, Tables, _stack, _capacity, shape.Policy.Outputs);

    /// <summary>[2, P, rows, 1]: numbers of samples, sums of returns; [3, P, rows, 1] where returns are kept one by one: behind them values of the critics that watched.</summary>
    public Tensor RowTables() => _rows.Take(0, RowTableCount, _stack, _capacity, 1);

    /// <summary>The returns of a range of rows one by one: [n] the row of each, counted through the networks, which have <paramref name="count"/> each, and [n] the return.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="count">How many.</param>
    /// <param name="normalisers">[P] what returns are normalised with; null for none.</param>
    public (Tensor Rows, Tensor Targets) Returns(int from, int count, ValueNormaliser[]? normalisers)
    {
        var total = 0;
        for (var p = 0; p < _stack; p++) total += _returns[p].Count(from, count);
        var (rows, targets, at) = (new long[total], new float[total], 0);
        for (var p = 0; p < _stack; p++)
        {
            var (mean, deviation) = normalisers is null ? (0, 1) : (normalisers[p].Mean, normalisers[p].Deviation);
            for (var row = 0; row < count; row++)
            {
                foreach (var target in _returns[p].Of(from + row)) (rows[at], targets[at++]) = ((p * (long)count) + row, (float)((target - mean) / deviation));
            }
        }

        return (tensor(rows, [total], device: place.Device), tensor(targets, [total], device: place.Device));
    }

    /// <summary>[P, rows, actions] true for actions that are not legal.</summary>
    public Tensor Illegal() => _illegal.Take(0, _stack, _capacity, shape.Policy.Outputs).gt(Scalars.Of(0));

    /// <summary>Gathers the samples of a minibatch of every actor.</summary>
    /// <param name="members">The actors.</param>
    /// <param name="capacity">Rows that each is padded to.</param>
    /// <param name="steps">Rows that each of its sequences is padded to; 1 without memory.</param>
    /// <param name="part">Which minibatch.</param>
    /// <param name="minibatches">Of how many.</param>
    /// <param name="normalise">Shift and scale the advantages of every minibatch to mean 0 and deviation 1.</param>
    /// <param name="cancellation">Ends it between two actors.</param>
    public void Gather(IReadOnlyList<StackMember> members, int capacity, int steps, int part, int minibatches, bool normalise, CancellationToken cancellation)
    {
        (_stack, _capacity, _steps) = (members.Count, capacity, steps);
        var (inputs, actions, cells) = (shape.Policy.Inputs, shape.Policy.Outputs, (long)members.Count * capacity);
        _observations.Ensure(cells * inputs);
        _hasCentral = shape.CentralCritic && members[0].Objective.LearnsValues;
        if (_hasCentral) _central.Ensure(cells * shape.Critic.Inputs);
        Clear(_tables.Ensure(Tables * cells * actions), Tables * cells * actions);
        Clear(_rows.Ensure(RowTableCount * cells), RowTableCount * cells);
        Masks = members.Any(member => member.Samples[0].Part.Legal.Length > 0);
        if (Masks) Clear(_illegal.Ensure(cells * actions), cells * actions);
        if (Samples.Length != members.Count)
            (Samples, ReturnTotals, ReturnSquares, Partners) = (new long[members.Count], new double[members.Count], new double[members.Count], new float[members.Count][][]);
        if (keepsReturns && _returns.Length < members.Count) _returns = [.. _returns, .. Enumerable.Range(0, members.Count - _returns.Length).Select(_ => new RowReturns())];
        if (PartnerOf.Length < cells) PartnerOf = new int[cells];
        PartnerOf.AsSpan().Fill(-1);
        for (var p = 0; p < members.Count; p++)
        {
            cancellation.ThrowIfCancellationRequested();
            Gather(members[p], p, members[p].Minibatch(part, minibatches), normalise);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _observations.Dispose();
        _central.Dispose();
        _tables.Dispose();
        _rows.Dispose();
        _illegal.Dispose();
    }

    private int RowTableCount => keepsReturns ? 3 : 2;

    private static void Clear(float* from, long count)
    {
        const int Piece = 1 << 28;
        for (long done = 0; done < count; done += Piece) new Span<float>(from + done, (int)Math.Min(Piece, count - done)).Clear();
    }

    private void Gather(StackMember member, int p, ReadOnlySpan<int> order, bool normalise)
    {
        var parts = member.Samples;
        ReadOnlySpan<int> places = default;
        if (member.Sequences is { } sequences)
        {
            var length = Lay(sequences, order, member.Total);
            order = _samples.AsSpan(0, length);
            places = _places.AsSpan(0, length);
        }

        var count = order.IsEmpty ? member.Total : order.Length;
        if (_rowOf.Length < member.Rows) _rowOf = new int[member.Rows];
        _rowOf.AsSpan(0, member.Rows).Fill(-1);
        var (mean, inverseDeviation) = normalise ? SampleNumbers.Moments(parts, order, count) : (0f, 1f);
        var actions = shape.Policy.Outputs;
        var cells = (long)_stack * _capacity;
        var first = (long)p * _capacity;
        float* positive = _tables.Pointer + (cells * actions), negative = positive + (cells * actions), visits = negative + (cells * actions);
        float* counts = _rows.Pointer, returns = counts + cells;
        var (rows, sum, squares) = (0, 0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            var (part, sample, offset) = SampleNumbers.Locate(parts, order.IsEmpty ? i : order[i]);
            ref var row = ref _rowOf[offset + part.Part.Row[sample]];
            if (row < 0) row = places.IsEmpty ? rows++ : places[i];
            var entry = ((first + row) * actions) + part.Part.Actions[sample];
            var advantage = (part.Advantages[sample] - mean) * inverseDeviation;
            if (advantage > 0) positive[entry] += advantage;
            else negative[entry] += advantage;
            visits[entry] += 1;
            counts[first + row] += 1;
            if (part.Returns.Length == 0) continue;
            var target = part.Returns[sample];
            returns[first + row] += target;
            sum += target;
            squares += (double)target * target;
        }

        (Samples[p], ReturnTotals[p], ReturnSquares[p]) = (count, sum, squares);
        if (keepsReturns && parts[0].Returns.Length > 0) KeepReturns(parts, order, count, p);

        // Padding lies between sequences, or behind all rows.
        var padding = places.IsEmpty ? rows : 0;
        Clear(_observations.Pointer + ((first + padding) * shape.Policy.Inputs), (long)(_capacity - padding) * shape.Policy.Inputs);
        if (_hasCentral) Clear(_central.Pointer + ((first + padding) * shape.Critic.Inputs), (long)(_capacity - padding) * shape.Critic.Inputs);
        CopyRows(member, p, first);
    }

    private void KeepReturns(List<ActorSamples> parts, ReadOnlySpan<int> order, int count, int p)
    {
        var (first, cells) = ((long)p * _capacity, (long)_stack * _capacity);
        var old = _rows.Pointer + (2 * cells) + first;
        _returns[p].Begin(new ReadOnlySpan<float>(_rows.Pointer + first, _capacity), count);
        for (var i = count - 1; i >= 0; i--)
        {
            var (part, sample, offset) = SampleNumbers.Locate(parts, order.IsEmpty ? i : order[i]);
            var row = _rowOf[offset + part.Part.Row[sample]];
            _returns[p].Put(row, part.Returns[sample]);
            old[row] = part.Part.Values[part.Part.Row[sample]];
        }
    }

    /// <summary>Lists the samples of sequences, with the rows that they get.</summary>
    /// <returns>How many.</returns>
    private int Lay(int[][] sequences, ReadOnlySpan<int> order, int total)
    {
        if (_samples.Length < total) (_samples, _places) = (new int[total], new int[total]);
        var (count, items) = (0, order.IsEmpty ? sequences.Length : order.Length);
        for (var i = 0; i < items; i++)
        {
            var sequence = sequences[order.IsEmpty ? i : order[i]];
            for (var t = 0; t < sequence.Length; t++, count++) (_samples[count], _places[count]) = (sequence[t], (i * _steps) + t);
        }

        return count;
    }

    private void CopyRows(StackMember member, int p, long first)
    {
        var (inputs, seen, actions) = (shape.Policy.Inputs, shape.Critic.Inputs, shape.Policy.Outputs);
        var partners = new List<float[]>();
        var offset = 0;
        foreach (var part in member.Samples)
        {
            var partner = -1;
            if (part.Partner is { } held && (partner = partners.IndexOf(held)) < 0)
            {
                partner = partners.Count;
                partners.Add(held);
            }

            for (var source = 0; source < part.Rows; source++)
            {
                var row = _rowOf[offset + source];
                if (row < 0) continue;
                var to = first + row;
                part.Part.Observations.AsSpan(source * inputs, inputs).CopyTo(new Span<float>(_observations.Pointer + (to * inputs), inputs));
                if (_hasCentral) part.Part.Central.AsSpan(source * seen, seen).CopyTo(new Span<float>(_central.Pointer + (to * seen), seen));
                part.Part.LogProbabilities.AsSpan(source * actions, actions).CopyTo(new Span<float>(_tables.Pointer + (to * actions), actions));
                PartnerOf[to] = partner;
                if (part.Part.Legal.Length == 0) continue;
                for (var a = 0; a < actions; a++) _illegal.Pointer[(to * actions) + a] = part.Part.Legal[(source * actions) + a] == 0 ? 1 : 0;
            }

            offset += part.Rows;
        }

        Partners[p] = [.. partners];
    }
}
