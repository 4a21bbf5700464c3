using Srpo.Core.Settings;
using static TorchSharp.torch;

namespace Srpo.Learning.Torch;

/// <summary>Networks that learn side by side: parameters and moments as flat vectors [P, n], the gradient likewise, and the step of Adam.</summary>
internal sealed class StackRun
{
    private const float FirstBeta = 0.9f;
    private const float SecondBeta = 0.999f;

    private readonly TrainingSettings _settings;
    private readonly TorchPlace _place;
    private readonly Tensor _parameters;
    private readonly Tensor _first;
    private readonly Tensor _second;
    private readonly Tensor _gradient;
    private readonly Tensor[] _gradientParts;
    private readonly (int From, int Length)[] _clipped;
    private readonly Tensor? _rates;

    /// <param name="settings">Learning rates, epsilon, largest gradient norm.</param>
    /// <param name="shape">Shape of the actors.</param>
    /// <param name="place">Where tensors are.</param>
    /// <param name="flat">[3, P, n] parameters and moments; changed in place.</param>
    /// <param name="length">Numbers of each that learn; zeros may follow.</param>
    /// <param name="learnsValues">Whether the critics learn; else the length is that of the policies.</param>
    public StackRun(TrainingSettings settings, ActorShape shape, TorchPlace place, Tensor flat, int length, bool learnsValues)
    {
        (_settings, _place) = (settings, place);
        (_parameters, _first, _second) = (flat[0], flat[1], flat[2]);
        Policy = new StackedNetwork(shape.Policy, _parameters, 0, place, learns: true);
        Critic = learnsValues ? new StackedNetwork(shape.Critic, _parameters, shape.Policy.ParameterCount, place, learns: true) : null;
        Leaves = [.. Policy.Leaves, .. Critic?.Leaves ?? []];
        _gradient = zeros_like(_parameters);
        var (stack, offset) = (_parameters.shape[0], 0L);
        _gradientParts = new Tensor[Leaves.Count];
        for (var i = 0; i < _gradientParts.Length; i++)
        {
            // Leaves follow each other in the flat vector without gaps.
            var size = Leaves[i].shape[1] * Leaves[i].shape[2];
            _gradientParts[i] = _gradient.narrow(1, offset, size).view(stack, Leaves[i].shape[1], Leaves[i].shape[2]);
            offset += size;
        }

        var policy = shape.Policy.ParameterCount;
        if (learnsValues && settings.CriticLearningRate is { } rate)
        {
            var rates = new float[_parameters.shape[1]];
            rates.AsSpan(0, policy).Fill((float)settings.LearningRate);
            rates.AsSpan(policy, length - policy).Fill((float)rate);
            _rates = tensor(rates, [1, rates.Length], device: place.Device);
        }

        _clipped = shape.SharedTrunk || !learnsValues ? [(0, length)] : [(0, policy), (policy, length - policy)];
    }

    /// <summary>The policies.</summary>
    public StackedNetwork Policy { get; }

    /// <summary>The critics; null where none learns.</summary>
    public StackedNetwork? Critic { get; }

    /// <summary>What gradients are taken of.</summary>
    public IList<Tensor> Leaves { get; }

    /// <summary>Takes the gradient of a pass, or adds it.</summary>
    /// <param name="parts">For each of <see cref="Leaves"/>.</param>
    /// <param name="first">Whether it is the minibatch's first pass.</param>
    public void Take(IList<Tensor> parts, bool first)
    {
        for (var i = 0; i < _gradientParts.Length; i++)
        {
            if (first) _gradientParts[i].copy_(parts[i]);
            else _gradientParts[i].add_(parts[i], Scalars.One);
        }
    }

    /// <summary>One step of Adam (Kingma and Ba 2015, in PyTorch's arrangement), every network's gradient limited in its norm.</summary>
    /// <param name="steps">[P] number of this step for each network, from 1.</param>
    /// <param name="shares">[P] what decay leaves of each network's learning rates.</param>
    public void Step(long[] steps, double[] shares)
    {
        using var scope = NewDisposeScope();
        if (_settings.MaxGradientNorm is { } limit)
        {
            foreach (var (from, length) in _clipped)
            {
                var part = _gradient.narrow(1, from, length);
                var wide = part.to(ScalarType.Float64);
                var norm = wide.mul_(wide).sum(1, true).sqrt_();
                part.mul_(norm.add_(Scalars.Of(1e-6), Scalars.One).reciprocal_().mul_(Scalars.Of(limit)).clamp_max_(Scalars.Of(1)).to(ScalarType.Float32));
            }
        }

        _first.mul_(Scalars.Of(FirstBeta)).add_(_gradient, Scalars.Of(1 - FirstBeta));
        _second.mul_(Scalars.Of(SecondBeta)).addcmul_(_gradient, _gradient, Scalars.Of(1 - SecondBeta));
        var root = _second.sqrt();
        float[] sizes = [.. steps.Select((step, p) => (float)(shares[p] * (_rates is null ? _settings.LearningRate : 1) / (1 - Math.Pow(FirstBeta, step))))];
        var corrections = Array.ConvertAll(steps, step => (float)Math.Sqrt(1 - Math.Pow(SecondBeta, step)));
        var epsilon = (float)_settings.AdamEpsilon;

        // Networks of different ages have different corrections. Where decay or the critics' own rate ask for a step that is written out, it is for all networks, whoever comes along.
        if (_rates is null && _settings.LearningRateDecay == LearningRateDecay.None && Array.TrueForAll(steps, step => step == steps[0]))
        {
            root.div_(Scalars.Of(corrections[0])).add_(Scalars.Of(epsilon), Scalars.One);
            _parameters.addcdiv_(_first, root, Scalars.Of(-sizes[0]));
            return;
        }

        root.div_(Column(corrections)).add_(Scalars.Of(epsilon), Scalars.One);
        var change = _first.div(root).mul_(Column(sizes));
        _parameters.sub_(_rates is null ? change : change.mul_(_rates));
    }

    private Tensor Column(float[] values) => tensor(values, [values.Length, 1], device: _place.Device);
}

/// <summary>A minibatch of stacked actors as tensors; P networks, R rows, A actions.</summary>
internal sealed record StackData
{
    public StackData(StackBatch batch, List<StackMember> members, TorchPlace place)
    {
        (Observations, Central, Illegal) = (batch.Observations(), batch.Central(), batch.Masks ? batch.Illegal() : null);
        var (actions, rows) = (batch.ActionTables(), batch.RowTables());
        (OldLogProbabilities, Positive, Negative, Visits) = (actions[0], actions[1], actions[2], actions[3]);
        (Counts, Targets, OldValues) = (rows[0], rows[1], batch.KeepsReturns ? rows[2] : null);
        Scale = Weights(batch.Samples, samples => 1f / samples);
        EntropyWeight = Weights(members, member => (float)member.Objective.EntropyWeight);
        KlWeight = Weights(members, member => (float)member.Objective.KlWeight);
        HasEntropy = members.Exists(member => member.Objective.EntropyWeight != 0);
        KlToPartner = members[0].Objective.Kl == KlDirection.AdversaryToPolicy;

        Tensor Weights<T>(IEnumerable<T> of, Func<T, float> weight) => tensor([.. of.Select(weight)], [members.Count, 1, 1], device: place.Device);
    }

    /// <summary>P.</summary>
    public int Stack => (int)Observations.shape[0];

    /// <summary>Rows of a sequence; 1 without memory.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>[P, R, inputs].</summary>
    public Tensor Observations { get; private init; }

    /// <summary>[P, R, inputs of critics] the observations of all seats, where critics see them; else null.</summary>
    public Tensor? Central { get; private init; }

    /// <summary>[P, R, A] true where an action is not legal; null where all are.</summary>
    public Tensor? Illegal { get; private init; }

    /// <summary>[P, R, A] of the policies that played.</summary>
    public Tensor OldLogProbabilities { get; private init; }

    /// <summary>[P, R, A] sums of positive advantages.</summary>
    public Tensor Positive { get; private init; }

    /// <summary>[P, R, A] sums of negative advantages.</summary>
    public Tensor Negative { get; private init; }

    /// <summary>[P, R, A] numbers of samples.</summary>
    public Tensor Visits { get; private init; }

    /// <summary>[P, R, 1] numbers of samples.</summary>
    public Tensor Counts { get; private init; }

    /// <summary>[P, R, 1] sums of the targets of critics: returns, or normalised ones.</summary>
    public Tensor Targets { get; private init; }

    /// <summary>[P, R, 1] what the critics said while the rollouts were played, where returns are kept one by one; else null.</summary>
    public Tensor? OldValues { get; private init; }

    /// <summary>Number of the first row among those of the minibatch.</summary>
    public int First { get; private init; }

    /// <summary>[P, 1, 1] one over the number of samples.</summary>
    public Tensor Scale { get; }

    /// <summary>[P, 1, 1].</summary>
    public Tensor EntropyWeight { get; }

    /// <summary>[P, 1, 1].</summary>
    public Tensor KlWeight { get; }

    /// <summary>Whether any has an entropy bonus.</summary>
    public bool HasEntropy { get; }

    /// <summary>Whether the KL is from the network to the partner.</summary>
    public bool KlToPartner { get; }

    /// <summary>[P, R, A] each: the policy that every row is held to; null for agents.</summary>
    public (Tensor Probabilities, Tensor LogProbabilities)? Partner { get; init; }

    /// <summary>The same with targets that are normalised, from sums of returns.</summary>
    /// <param name="normalisers">[P].</param>
    public StackData Normalised(ValueNormaliser[] normalisers)
    {
        return this with { Targets = Targets.sub(Counts.mul(Column(normaliser => normaliser.Mean))).div_(Column(normaliser => normaliser.Deviation)) };

        Tensor Column(Func<ValueNormaliser, double> number) => tensor(Array.ConvertAll(normalisers, normaliser => (float)number(normaliser)), [normalisers.Length, 1, 1], device: Counts.device);
    }

    /// <summary>A range of rows of every network.</summary>
    public StackData Rows(int from, int count) => from == 0 && count == Observations.shape[1] ? this : this with
    {
        First = First + from,
        Observations = Observations.narrow(1, from, count),
        Central = Central?.narrow(1, from, count),
        Illegal = Illegal?.narrow(1, from, count),
        OldLogProbabilities = OldLogProbabilities.narrow(1, from, count),
        Positive = Positive.narrow(1, from, count),
        Negative = Negative.narrow(1, from, count),
        Visits = Visits.narrow(1, from, count),
        Counts = Counts.narrow(1, from, count),
        Targets = Targets.narrow(1, from, count),
        OldValues = OldValues?.narrow(1, from, count),
        Partner = Partner is var (p, logs) ? (p.narrow(1, from, count), logs.narrow(1, from, count)) : null,
    };
}
