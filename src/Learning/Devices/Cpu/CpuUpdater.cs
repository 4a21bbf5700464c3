using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Learning.Methods;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// The update of one actor from its samples: for every epoch and minibatch the gradients of the policy's loss (paper,
/// equations 7 to 9, see <see cref="Losses"/>) and of the critic's, and a step of Adam for each. An agent and an adversary differ in their
/// advantages, entropy weight and KL target only. Networks with memory learn from whole sequences, others from samples in any order. Not
/// thread-safe; holds scratch memory.
/// </summary>
internal sealed unsafe class CpuUpdater : TeamUpdater
{
    private readonly TrainingSettings _settings;
    private readonly IReadOnlyList<Objective> _objectives;
    private readonly ActorShape _shape;
    private readonly ValueLoss _valueLoss;
    private readonly KernelSet _kernels;
    private readonly PolicyEvaluator _policy;
    private readonly NetworkWorkspace _critic;
    private readonly PartnerTargets _targets;
    private readonly SampleBatch _batch;
    private readonly NativeBuffer _features = new();
    private readonly MinibatchOrder _order = new();
    private readonly float[] _gradient;
    private int[] _steps = [];
    private LearningRates _rates;
    private PolicyRegulariser? _regulariser;
    private double _mean;
    private double _deviation = 1;
    private CancellationToken _cancellation;

    public CpuUpdater(TrainingSettings settings, TeamPlan plan, ActorShape shape, KernelSet kernels)
        : base(settings, plan)
    {
        settings.ThrowIfInvalid();
        _settings = settings;
        _objectives = plan.Objectives;
        _shape = shape;
        _valueLoss = ValueLoss.Of(settings);
        _kernels = kernels;
        _policy = new PolicyEvaluator(shape.Policy, kernels);
        _targets = new PartnerTargets(shape.Policy, kernels);
        _critic = NetworkWorkspace.Create(shape.Critic, kernels);
        _batch = new SampleBatch(shape.Policy.Inputs, shape.CentralCritic ? shape.Critic.Inputs : 0, shape.Policy.Outputs, singles: !_valueLoss.IsSquare);
        _gradient = new float[shape.NetworkParameters];
    }

    /// <inheritdoc/>
    protected override (LearnerState State, UpdateSums Sums) Update(
        int actor, LearnerState state, List<ActorSamples> samples, RandomStream order, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _rates = LearningRates.Of(_settings, state.Version);
        var steps = state.AdamSteps;
        var objective = _objectives[actor];
        var learnsValues = objective.LearnsValues;
        _regulariser = objective.Regulariser;

        // The state before is not changed: the first step reads it and writes another, in which the further ones go on.
        var from = new AdamArrays(state.Parameters, state.FirstMoment, state.SecondMoment);
        var to = AdamArrays.Uninitialised(_shape.ParameterCount);
        from.CopyTo(to, learnsValues ? _shape.NetworkParameters : _shape.Policy.ParameterCount);
        var normalises = learnsValues && _shape.NormalisesValues;
        var normaliser = normalises ? ValueNormaliser.Read(state.Parameters) : default;
        var total = samples.Sum(part => part.Count);
        var sequences = _shape.IsRecurrent ? SampleSequences.Of(samples) : [];
        var items = _shape.IsRecurrent ? sequences.Length : total;
        var minibatches = Math.Min(_settings.Minibatches, items);
        _targets.Evaluate(samples, cancellation);
        _order.Begin(items, order);
        if (minibatches == 1) Gather(samples, sequences);

        var sums = default(EpochSums);
        for (var epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            var last = epoch == _settings.Epochs - 1;
            sums = default;
            if (minibatches > 1) _order.Shuffle(cancellation);
            for (var part = 0; part < minibatches; part++)
            {
                if (minibatches > 1)
                {
                    var those = _order.Part(part, minibatches);
                    if (_shape.IsRecurrent) Gather(samples, Array.ConvertAll(those.ToArray(), i => sequences[i]));
                    else Gather(samples, those);
                }

                if (normalises)
                {
                    normaliser.Update(_batch.ReturnTotal, _batch.ReturnSquares, _batch.Samples);
                    _batch.Scale(normaliser);
                    (_mean, _deviation) = (normaliser.Mean, normaliser.Deviation);
                }

                steps++;
                var weights = Weights(objective, last);
                if (_shape.SharedTrunk)
                {
                    TrunkStep(from, to, steps, weights, learnsValues, ref sums);
                }
                else
                {
                    PolicyStep(from, to, steps, weights, ref sums);
                    if (learnsValues) CriticStep(from, to, steps, last, ref sums);
                }

                from = to;
                sums.Samples += _batch.Samples;
            }
        }

        if (normalises) normaliser.Write(to.Parameters);
        return (new LearnerState(state.Version + 1, to.Parameters, to.First, to.Second, steps), sums.ToUpdateSums());
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _policy.Dispose();
        _critic.Dispose();
        _batch.Dispose();
        _targets.Dispose();
        _features.Dispose();
    }

    private void Gather(IReadOnlyList<ActorSamples> samples, int[][] sequences)
    {
        var pack = sequences.Length > 0 ? new SequencePack(sequences) : null;
        _steps = pack?.Counts ?? [];
        Gather(samples, pack?.Samples);
    }

    private void Gather(IReadOnlyList<ActorSamples> samples, ReadOnlySpan<int> order)
    {
        _batch.Gather(samples, order, _settings.NormaliseAdvantages, _cancellation);
        _targets.Gather(_batch);
    }

    private PolicyObjective Weights(Objective objective, bool last) => new(
        (float)_settings.Clip, 1f / _batch.Samples, (float)objective.EntropyWeight, (float)objective.KlWeight,
        objective.Kl == KlDirection.AdversaryToPolicy, last);

    private void PolicyStep(in AdamArrays from, in AdamArrays to, long step, in PolicyObjective weights, ref EpochSums sums)
    {
        var count = _shape.Policy.ParameterCount;
        _policy.Network.Load(from.Parameters.AsSpan(0, count), forBackward: true);
        _policy.Network.ClearGradient();
        var block = _policy.Network.Begin(_batch.Rows, _steps);
        for (var row = 0; row < _batch.Rows; row += block)
        {
            var rows = PolicyGradient(row, block, weights, ref sums);
            _policy.Network.Backward(_batch, row, rows);
        }

        _policy.Network.StoreGradient(_gradient.AsSpan(0, count));
        Step(0, count, _rates.Policy, from, to, step);
    }

    /// <summary>Policy and critic in one pass: both heads' gradients meet in the trunk.</summary>
    private void TrunkStep(
        in AdamArrays from, in AdamArrays to, long step, in PolicyObjective weights, bool learnsValues, ref EpochSums sums)
    {
        var count = _shape.Policy.ParameterCount;
        var (trunk, head) = (_policy.Network, (MlpWorkspace)_critic);
        var block = trunk.Begin(_batch.Rows, _steps);
        var features = _features.Ensure(block * trunk.FeatureStride);
        _policy.Network.Load(from.Parameters.AsSpan(0, count), forBackward: true);
        _policy.Network.ClearGradient();
        _critic.Load(from.Parameters.AsSpan(count, _shape.Critic.ParameterCount), forBackward: true);
        _critic.ClearGradient();
        for (var row = 0; row < _batch.Rows; row += block)
        {
            var rows = PolicyGradient(row, block, weights, ref sums);
            for (var part = 0; learnsValues && part < rows; part += MlpWorkspace.BlockRows)
            {
                var seen = trunk.Features + (part * trunk.FeatureStride);
                var those = Math.Min(MlpWorkspace.BlockRows, rows - part);
                head.Forward(seen, trunk.FeatureStride, those);
                ValueGradient(row + part, those, weights.CountLoss, ref sums);
                head.BackwardHead(seen, trunk.FeatureStride, those, features + (part * trunk.FeatureStride));
            }

            trunk.Backward(_batch, row, rows, learnsValues ? features : null);
        }

        if (learnsValues) sums.SquaredError += _batch.TargetSquares;
        _policy.Network.StoreGradient(_gradient.AsSpan(0, count));
        _critic.StoreGradient(_gradient.AsSpan(count));
        Step(0, learnsValues ? _shape.NetworkParameters : count, _rates.Policy, from, to, step);
    }

    /// <summary>Forward pass of a block of rows, and the gradient of the logits.</summary>
    /// <returns>The number of rows.</returns>
    private int PolicyGradient(int row, int block, in PolicyObjective weights, ref EpochSums sums)
    {
        _cancellation.ThrowIfCancellationRequested();
        var rows = Math.Min(block, _batch.Rows - row);
        _policy.Evaluate(_batch, row, rows, _batch.Legal(row, rows));
        var part = Block(row, rows);
        _kernels.PolicyGradient(part, weights, _policy.Network.OutputGradient, ref sums.Policy);
        if (_regulariser is not null) Regularise(_regulariser, part, weights.Scale, _policy.Network.OutputGradient);
        return rows;
    }

    /// <summary>Adds the gradient of a method's own regulariser to that of the logits, row by row.</summary>
    private static void Regularise(PolicyRegulariser regulariser, in PolicyBlock block, float scale, float* gradient)
    {
        Span<double> p = stackalloc double[block.Actions], logP = stackalloc double[block.Actions], added = stackalloc double[block.Actions];
        for (var row = 0; row < block.Rows; row++, gradient += block.Stride)
        {
            var terms = block.Row(row);
            added.Clear();
            for (var a = 0; a < block.Actions; a++) (p[a], logP[a]) = (terms.Probabilities[a], terms.LogProbabilities[a]);
            regulariser.AddTo(block.Counts[row] * scale, p, logP, added);
            for (var a = 0; a < block.Actions; a++) gradient[a] += (float)added[a];
        }
    }

    private PolicyBlock Block(int row, int rows)
    {
        var offset = row * _batch.Stride;
        var held = _targets.Probabilities != null;
        return new PolicyBlock
        {
            Rows = rows,
            Actions = _shape.Policy.Outputs,
            Stride = _batch.Stride,
            Counts = _batch.Counts + row,
            First = new PolicyRow
            {
                LogProbabilities = _policy.LogProbabilities,
                Probabilities = _policy.Probabilities,
                OldLogProbabilities = _batch.OldLogProbabilities + offset,
                PositiveAdvantages = _batch.PositiveAdvantages + offset,
                NegativeAdvantages = _batch.NegativeAdvantages + offset,
                Visits = _batch.Visits + offset,
                TargetProbabilities = held ? _targets.Probabilities + offset : null,
                TargetLogProbabilities = held ? _targets.LogProbabilities + offset : null,
            },
        };
    }

    private void CriticStep(in AdamArrays from, in AdamArrays to, long step, bool last, ref EpochSums sums)
    {
        var offset = _shape.Policy.ParameterCount;
        var count = _shape.Critic.ParameterCount;
        _critic.Load(from.Parameters.AsSpan(offset, count), forBackward: true);
        _critic.ClearGradient();
        var block = _critic.Begin(_batch.Rows, _steps);
        for (var row = 0; row < _batch.Rows; row += block)
        {
            _cancellation.ThrowIfCancellationRequested();
            var rows = Math.Min(block, _batch.Rows - row);
            _critic.Forward(_batch.Seen, row, rows);
            ValueGradient(row, rows, last, ref sums);
            _critic.Backward(_batch.Seen, row, rows);
        }

        sums.SquaredError += _batch.TargetSquares;
        _critic.StoreGradient(_gradient.AsSpan(offset, count));
        Step(offset, count, _rates.Critic, from, to, step);
    }

    /// <summary>
    /// Loss weight * mean (V - R)^2; its gradient for a row is 2 weight (count V - sum of R) / samples. Other losses are no function of these sums, and go over the samples of the row one
    /// by one.
    /// </summary>
    private void ValueGradient(int row, int rows, bool countLoss, ref EpochSums sums)
    {
        var scale = (float)(2 * _settings.ValueWeight / _batch.Samples);
        var stride = _critic.OutputStride;
        var values = _critic.Output;
        var gradient = _critic.OutputGradient;
        var counts = _batch.Counts + row;
        var returns = _batch.TargetSums + row;
        if (_valueLoss.IsSquare)
        {
            for (var r = 0; r < rows; r++) gradient[r * stride] = scale * ((counts[r] * values[r * stride]) - returns[r]);
        }
        else
        {
            for (var r = 0; r < rows; r++) gradient[r * stride] = ValueGradient(row + r, values[r * stride]);
        }

        if (!countLoss) return;
        for (var r = 0; r < rows; r++)
        {
            double value = values[r * stride];
            sums.SquaredError += (counts[r] * value * value) - (2.0 * value * returns[r]);
        }
    }

    /// <summary>The same sample by sample, in doubles as in <see cref="Losses"/>.</summary>
    private float ValueGradient(int row, double value)
    {
        var (sum, old) = (0.0, (double)_batch.OldValue(row));
        foreach (var target in _batch.Returns(row)) sum += Losses.CriticGradient(value, old, (target - _mean) / _deviation, _valueLoss);
        return (float)(sum / _batch.Samples);
    }

    private void Step(int offset, int count, double learningRate, in AdamArrays from, in AdamArrays to, long step) =>
        AdamOptimizer.Step(_kernels, _settings, learningRate, step, _gradient.AsSpan(offset, count), from, to, offset);
}

/// <summary>What is summed over the samples of an epoch, by kernels and here.</summary>
internal struct EpochSums
{
    public PolicySums Policy;
    public double SquaredError;
    public long Samples;

    public readonly UpdateSums ToUpdateSums() =>
        new() { Surrogate = Policy.Surrogate, Entropy = Policy.Entropy, Kl = Policy.Kl, Clipped = Policy.Clipped, SquaredError = SquaredError, Samples = Samples };
}
