using System.Numerics;
using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Learning.Devices;
using static TorchSharp.torch;

namespace Srpo.Learning.Torch;

/// <summary>
/// Updates many actors of many teams at once: their networks are stacked, their minibatches padded to the same number of rows. The losses are those of
/// <see cref="Losses"/>, the samples and the order of minibatches those of the other devices. Not thread-safe; holds scratch memory.
/// </summary>
internal sealed class TorchUpdater : ITeamUpdater
{
    /// <summary>Below it a logit has no share in any sum, and it is far from overflow.</summary>
    private const float Excluded = -1e30f;

    /// <summary>Flat vectors and rows of a network begin at multiples of so many numbers.</summary>
    private const int Alignment = 16;

    /// <summary>Where ratios end: their exponentials are finite.</summary>
    private const float LargestExponent = 80;

    private readonly TrainingSettings _settings;
    private readonly TeamPlan _plan;
    private readonly ActorShape _shape;
    private readonly ValueLoss _valueLoss;
    private readonly TorchDevice _device;
    private readonly TorchPlace _place;
    private readonly TeamSamples _samples;
    private readonly StackBatch _batch;
    private readonly Staging _parameters;
    private readonly Staging _partners;

    public TorchUpdater(TrainingSettings settings, TeamPlan plan, ActorShape shape, TorchDevice device, TorchPlace place)
    {
        settings.ThrowIfInvalid();
        (_settings, _plan, _shape, _device, _place) = (settings, plan, shape, device, place);
        _samples = new TeamSamples(settings, plan);
        _valueLoss = ValueLoss.Of(settings);
        _batch = new StackBatch(shape, place, keepsReturns: !_valueLoss.IsSquare);
        _parameters = new Staging(place);
        _partners = new Staging(place);
    }

    /// <inheritdoc/>
    public TeamUpdate[] Update(IReadOnlyList<TeamRound> rounds, CancellationToken cancellation = default)
    {
        var updates = rounds.Select(round => new TeamUpdate(new LearnerState[round.States.Count], new UpdateMetrics[round.States.Count])).ToArray();
        var members = new List<StackMember>();
        for (var r = 0; r < rounds.Count; r++)
        {
            var round = rounds[r];
            var minibatch = new StreamId(round.Seed, (uint)round.Team, (uint)round.Round, StreamPurpose.Minibatch);
            for (var actor = 0; actor < round.States.Count; actor++)
            {
                cancellation.ThrowIfCancellationRequested();
                var (state, samples) = (round.States[actor], _samples.Of(actor, round));
                if (samples.Count > 0)
                {
                    members.Add(new StackMember(r, actor, state, samples, _plan.Objectives[actor], minibatch.Lane(actor), _shape.IsRecurrent));
                    continue;
                }

                // An actor may have had no turn that was followed by another: it learns nothing this time.
                updates[r].States[actor] = state with { Version = state.Version + 1 };
                updates[r].Metrics[actor] = new UpdateMetrics(round.Round, 0, 0, 0, 0, 0, 0, 0);
            }
        }

        // Which networks are stacked depends on nothing but themselves, and so do their sums.
        foreach (var alike in members.GroupBy(member => (member.Objective.LearnsValues, member.HasPartner, member.Objective.Kl, Minibatches: Minibatches(member), Layout: Capacity(member))))
        {
            var stack = alike.ToList();
            for (var from = 0; from < stack.Count;)
            {
                var some = stack.GetRange(from, Math.Min(MostStacked(alike.Key.Layout.Rows), stack.Count - from));
                foreach (var member in some) member.Begin();
                try
                {
                    var (states, sums) = Train(some, alike.Key.Layout, alike.Key.Minibatches, cancellation);
                    for (var p = 0; p < some.Count; p++)
                    {
                        var (round, actor) = (some[p].Round, some[p].Actor);
                        updates[round].States[actor] = states[p];
                        updates[round].Metrics[actor] = _samples.Report(actor, some[p].Samples, sums[p], rounds[round]);
                    }

                    from += some.Count;
                }
                catch (Exception error) when (TorchPlace.IsOutOfMemory(error) && CellsPerPass > 1)
                {
                    _device.Halve(Math.Min(CellsPerPass, (long)some.Count * alike.Key.Layout.Rows), CellFloats, error);
                }
            }
        }

        return updates;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch.Dispose();
        _parameters.Dispose();
        _partners.Dispose();
    }

    /// <summary>Numbers that a row of a network takes: its observation, what layers keep for the gradient, and the tables of actions.</summary>
    private long CellFloats => _shape.Policy.Inputs + (_shape.CentralCritic ? _shape.Critic.Inputs : 0) + (4L * (_shape.Policy.Hidden.Sum() + _shape.Critic.Hidden.Sum())) + (16L * (_shape.Policy.Outputs + _shape.Policy.Gru + _shape.Critic.Gru));

    /// <summary>Rows, of all networks of a stack together, that a pass takes.</summary>
    private long CellsPerPass => Math.Max(1, _device.FloatsPerPass / CellFloats);

    private int Minibatches(StackMember member) => Math.Min(_settings.Minibatches, member.Items);

    /// <summary>
    /// Rows that a minibatch of an actor is padded to: of the actor's own numbers alone, in few enough steps that many actors have the same. A fourteenth more
    /// than there are, at the mean.
    /// </summary>
    private (int Rows, int Steps) Capacity(StackMember member)
    {
        var minibatches = Minibatches(member);
        var rows = Math.Min(member.Rows, (int)(((long)member.Total + minibatches - 1) / minibatches));
        if (member.Sequences is not { } sequences) return (RoundUp(rows), 1);

        // Both the states of a step and the rows of all of them are to end where a register ends, or the last numbers would be computed in another way.
        var units = _shape.Policy.Gru;
        var count = RoundUp((sequences.Length + minibatches - 1) / minibatches, Math.Max(2, 2 * Alignment / (int)BigInteger.GreatestCommonDivisor(2 * Alignment, units)));
        var steps = RoundUp(sequences.Max(sequence => sequence.Length), Alignment / (int)BigInteger.GreatestCommonDivisor(Alignment, count));
        return (count * steps, steps);
    }

    /// <summary>
    /// The next multiple of 16, and beyond 128 the next of four steps from one power of two to the next: 144 becomes 160. Every network's rows begin at a
    /// multiple of 64 bytes then, without which products would be summed in another order.
    /// </summary>
    internal static int RoundUp(int rows, int least = Alignment)
    {
        var step = Math.Max(least, (int)BitOperations.RoundUpToPowerOf2((uint)rows) / 8);
        return rows > (1 << 29) ? rows : (rows + step - 1) / step * step;
    }

    private int MostStacked(int rows)
    {
        // The flat vectors of a stack, three numbers to a parameter and their gradient, are to fit as well.
        var byRows = CellsPerPass / rows;
        var byParameters = Math.Max(1, 4 * _device.FloatsPerPass / (5L * _shape.ParameterCount));
        return (int)Math.Clamp(Math.Min(byRows, byParameters), 1, 1 << 16);
    }

    private (LearnerState[] States, UpdateSums[] Sums) Train(List<StackMember> members, (int Rows, int Steps) layout, int minibatches, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        var learnsValues = members[0].Objective.LearnsValues;
        var length = learnsValues ? _shape.NetworkParameters : _shape.Policy.ParameterCount;
        var flat = LoadStates(members, length);
        var run = new StackRun(_settings, _shape, _place, flat, length, learnsValues);
        var steps = members.Select(member => member.State.AdamSteps).ToArray();
        double[] shares = [.. members.Select(member => LearningRates.Share(_settings, member.State.Version))];
        ValueNormaliser[]? normalisers = learnsValues && _shape.NormalisesValues ? [.. members.Select(member => ValueNormaliser.Read(member.State.Parameters))] : null;
        var sums = new UpdateSums[members.Count];
        var whole = minibatches == 1 ? Load(members, layout, 0, 1, cancellation) : null;
        for (var epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            if (minibatches > 1)
            {
                foreach (var member in members) member.Shuffle(cancellation);
            }

            for (var part = 0; part < minibatches; part++)
            {
                using var step = NewDisposeScope();
                var data = whole ?? Load(members, layout, part, minibatches, cancellation);
                if (normalisers is not null)
                {
                    for (var p = 0; p < normalisers.Length; p++) normalisers[p].Update(_batch.ReturnTotals[p], _batch.ReturnSquares[p], _batch.Samples[p]);
                    data = data.Normalised(normalisers);
                }

                Differentiate(run, data, normalisers, layout, epoch == _settings.Epochs - 1 ? sums : null, cancellation);
                for (var p = 0; p < steps.Length; p++) steps[p]++;
                run.Step(steps, shares);
            }
        }

        var states = StoreStates(members, length, flat, steps);
        if (normalisers is not null)
        {
            for (var p = 0; p < normalisers.Length; p++) normalisers[p].Write(states[p].Parameters);
        }

        return (states, sums);
    }

    /// <summary>[3, P, n]: parameters and moments of every actor, laid out as in checkpoints, with zeros behind them up to the alignment. The one copy in.</summary>
    private unsafe Tensor LoadStates(List<StackMember> members, int length)
    {
        var stride = Aligned(length);
        var to = _parameters.Ensure(3L * members.Count * stride);
        for (var table = 0; table < 3; table++)
        {
            foreach (var member in members)
            {
                var row = new Span<float>(to, stride);
                Table(member.State, table).AsSpan(0, length).CopyTo(row);
                row[length..].Clear();
                to += stride;
            }
        }

        // On the processor this is the memory itself, and steps are made in it.
        return _parameters.Take(0, 3, members.Count, stride);
    }

    private static float[] Table(LearnerState state, int table) => table switch { 0 => state.Parameters, 1 => state.FirstMoment, _ => state.SecondMoment };

    private static int Aligned(int length) => (length + Alignment - 1) / Alignment * Alignment;

    /// <summary>The actors' next states. The one copy out.</summary>
    private unsafe LearnerState[] StoreStates(List<StackMember> members, int length, Tensor flat, long[] steps)
    {
        var stride = Aligned(length);
        _parameters.Fetch(flat, 3L * members.Count * stride);
        var states = new LearnerState[members.Count];
        for (var p = 0; p < states.Length; p++)
        {
            var state = members[p].State;
            states[p] = new LearnerState(state.Version + 1, Part(state, 0, p), Part(state, 1, p), Part(state, 2, p), steps[p]);
        }

        return states;

        float[] Part(LearnerState state, int table, int p)
        {
            // What does not learn stays as it was.
            var before = Table(state, table);
            var after = GC.AllocateUninitializedArray<float>(before.Length);
            new ReadOnlySpan<float>(_parameters.Pointer + ((((long)table * members.Count) + p) * stride), length).CopyTo(after);
            before.AsSpan(length).CopyTo(after.AsSpan(length));
            return after;
        }
    }

    /// <summary>Gathers a minibatch of every actor, and has the policies evaluated that they are held to.</summary>
    private StackData Load(List<StackMember> members, (int Rows, int Steps) layout, int part, int minibatches, CancellationToken cancellation)
    {
        _batch.Gather(members, layout.Rows, layout.Steps, part, minibatches, _settings.NormaliseAdvantages, cancellation);
        var data = new StackData(_batch, members, _place) { Steps = layout.Steps };
        return members[0].HasPartner ? data with { Partner = EvaluatePartners(data, layout.Rows, cancellation) } : data;
    }

    /// <summary>Probabilities and log-probabilities, each [P, rows, actions], of the policy that each row is held to.</summary>
    private unsafe (Tensor Probabilities, Tensor LogProbabilities) EvaluatePartners(StackData data, int rows, CancellationToken cancellation)
    {
        var (stack, length, stride, actions) = (_batch.Partners.Length, _shape.Policy.ParameterCount, Aligned(_shape.Policy.ParameterCount), _shape.Policy.Outputs);
        var (probabilities, logs) = (zeros([stack, rows, actions], device: _place.Device), zeros([stack, rows, actions], device: _place.Device));
        for (var k = 0; k < _batch.Partners.Max(partners => partners.Length); k++)
        {
            using var scope = NewDisposeScope();
            var to = _partners.Ensure((long)stack * stride);
            for (var p = 0; p < stack; p++) _batch.Partners[p][Math.Min(k, _batch.Partners[p].Length - 1)].AsSpan(0, length).CopyTo(new Span<float>(to + ((long)p * stride), length));
            var policies = new StackedNetwork(_shape.Policy, _partners.Take(0, stack, stride), 0, _place, learns: false);
            var held = tensor(Array.ConvertAll(_batch.PartnerOf[..(stack * rows)], partner => partner == k), [stack, rows, 1], device: _place.Device);
            foreach (var (from, count) in Passes(stack, rows, data.Steps))
            {
                cancellation.ThrowIfCancellationRequested();
                using var pass = NewDisposeScope();
                var (p, logP) = LogSoftmax(policies.Forward(data.Observations.narrow(1, from, count), data.Steps).Output, data.Illegal?.narrow(1, from, count));
                var here = held.narrow(1, from, count);
                probabilities.narrow(1, from, count).add_(p.mul_(here), Scalars.One);
                logs.narrow(1, from, count).add_(logP.mul_(here), Scalars.One);
            }
        }

        return (probabilities, logs);
    }

    /// <summary>Makes the gradient of a minibatch in <see cref="StackRun"/>, in as many passes over rows as memory asks for.</summary>
    /// <param name="run">The networks.</param>
    /// <param name="data">The minibatch.</param>
    /// <param name="normalisers">What its targets are normalised with; null for none.</param>
    /// <param name="layout">Its rows, and those of a sequence.</param>
    /// <param name="sums">What is to be reported is added here; null for nothing.</param>
    /// <param name="cancellation">Ends it between two passes.</param>
    private void Differentiate(StackRun run, StackData data, ValueNormaliser[]? normalisers, (int Rows, int Steps) layout, UpdateSums[]? sums, CancellationToken cancellation)
    {
        var total = sums is null ? null : zeros([data.Stack, 5], ScalarType.Float64, _place.Device);
        foreach (var (from, count) in Passes(data.Stack, layout.Rows, layout.Steps))
        {
            cancellation.ThrowIfCancellationRequested();
            using var pass = NewDisposeScope();
            run.Take(Pass(run, data.Rows(from, count), normalisers, total), first: from == 0);
        }

        if (sums is null) return;
        var added = total!.cpu().data<double>().ToArray();
        for (var p = 0; p < sums.Length; p++)
        {
            sums[p].Surrogate += added[5 * p];
            sums[p].Entropy += added[(5 * p) + 1];
            sums[p].Kl += added[(5 * p) + 2];
            sums[p].Clipped += added[(5 * p) + 3];
            sums[p].SquaredError += added[(5 * p) + 4] + (run.Critic is null ? 0 : TargetSquares(p));
            sums[p].Samples += _batch.Samples[p];
        }

        double TargetSquares(int p) => normalisers is null
            ? _batch.ReturnSquares[p]
            : normalisers[p].SumOfSquares(_batch.ReturnTotals[p], _batch.ReturnSquares[p], _batch.Samples[p]);
    }

    private IEnumerable<(int From, int Count)> Passes(int stack, int rows, int steps)
    {
        // Whole sequences.
        var most = (int)Math.Clamp(CellsPerPass / stack / steps * steps, steps, rows);
        for (var from = 0; from < rows; from += most) yield return (from, Math.Min(most, rows - from));
    }

    /// <summary>Forward, the gradients at the outputs as in <see cref="Losses.PolicyGradient"/> and <see cref="Losses.CriticGradient"/>, and backward.</summary>
    private IList<Tensor> Pass(StackRun run, StackData data, ValueNormaliser[]? normalisers, Tensor? total)
    {
        Tensor logits;
        Tensor? values = null;
        using (enable_grad())
        {
            (var features, logits) = run.Policy.Forward(data.Observations, data.Steps);
            if (run.Critic is not null) values = run.Critic.Forward(_shape.SharedTrunk ? features : data.Central ?? data.Observations, data.Steps).Output;
        }

        var clip = (float)_settings.Clip;
        var (p, logP) = LogSoftmax(logits.detach(), data.Illegal);
        var ratio = logP.sub(data.OldLogProbabilities).clamp_max_(Scalars.Of(LargestExponent)).exp_();

        // A > 0 counts while the ratio is at most 1 + eta, A < 0 while it is at least 1 - eta; beyond, the minimum is the clipped, constant term.
        var active = data.Positive.mul(ratio.le(Scalars.Of(1f + clip))).add_(data.Negative.mul(ratio.ge(Scalars.Of(1f - clip))), Scalars.One).mul_(ratio);
        var atLogits = p.mul(active.sum(-1, true)).sub_(active).mul_(data.Scale);
        var share = data.Counts.mul(data.Scale);
        var entropy = p.mul(logP).sum(-1, true).neg_();
        if (data.HasEntropy) atLogits.add_(logP.add(entropy, Scalars.One).mul_(p).mul_(share.mul(data.EntropyWeight)), Scalars.One);
        Tensor? kl = null;
        if (data.Partner is var (partner, partnerLogs))
        {
            var difference = logP.sub(partnerLogs);
            kl = data.KlToPartner ? p.mul(difference).sum(-1, true) : partner.mul(difference).sum(-1, true).neg_();
            var slope = data.KlToPartner ? difference.sub_(kl).mul_(p) : p.sub(partner);
            atLogits.add_(slope.mul_(share.mul(data.KlWeight)), Scalars.One);
        }

        if (total is not null) Report(total, data, ratio, entropy, kl, values?.detach());
        if (values is null) return autograd.grad([logits], run.Leaves, [atLogits]);
        var slopes = _valueLoss.IsSquare ? values.detach().mul(data.Counts).sub_(data.Targets) : Slopes(data, values.detach(), normalisers);
        var atValues = slopes.mul_(data.Scale).mul_(Scalars.Of(2 * (float)_settings.ValueWeight));
        return autograd.grad([logits, values], run.Leaves, [atLogits, atValues]);
    }

    /// <summary>[P, R, 1] sums over each row's samples of the slopes of <see cref="Losses.CriticGradient"/>, but for the weight and its factor 2.</summary>
    private Tensor Slopes(StackData data, Tensor values, ValueNormaliser[]? normalisers)
    {
        var (rows, targets) = _batch.Returns(data.First, (int)values.shape[1], normalisers);
        var v = values.reshape(-1).index_select(0, rows);
        var error = v.sub(targets);
        var slopes = _valueLoss.HuberDelta is { } delta ? error.clamp(Scalars.Of(-(float)delta), Scalars.Of((float)delta)) : error.clone();
        if (_valueLoss.Clip is { } clip)
        {
            var old = data.OldValues!.reshape(-1).index_select(0, rows);
            var moved = v.sub(old);
            var held = moved.clamp(Scalars.Of(-(float)clip), Scalars.Of((float)clip)).add_(old, Scalars.One).sub_(targets);
            slopes.mul_(moved.abs().le(Scalars.Of((float)clip)).logical_or(error.abs().ge(held.abs())));
        }

        return zeros([values.numel()], device: _place.Device).index_add_(0, rows, slopes, Scalars.One).view(values.shape);
    }

    /// <summary>Adds what is reported, per network: clipped surrogates, entropies, KL, clipped samples, squared errors without the squared returns.</summary>
    private void Report(Tensor total, StackData data, Tensor ratio, Tensor entropy, Tensor? kl, Tensor? values)
    {
        var clip = (float)_settings.Clip;
        long[] inside = [1, 2];
        Add(0, ratio.clamp_max(Scalars.Of(1f + clip)).mul_(data.Positive).add_(ratio.clamp_min(Scalars.Of(1f - clip)).mul_(data.Negative), Scalars.One));
        Add(1, entropy.mul(data.Counts));
        if (kl is not null) Add(2, kl.mul(data.Counts));
        Add(3, data.Visits.mul(ratio.gt(Scalars.Of(1f + clip)).logical_or(ratio.lt(Scalars.Of(1f - clip)))));
        if (values is not null)
        {
            var v = values.to(ScalarType.Float64);
            Add(4, v.mul(data.Counts).sub_(data.Targets.mul(Scalars.Of(2))).mul_(v));
        }

        void Add(int column, Tensor what) => total.select(1, column).add_(what.sum(inside, false, ScalarType.Float64), Scalars.One);
    }

    /// <summary>p = softmax(z) over the legal actions and log p; both are 0 for illegal actions.</summary>
    internal static (Tensor Probabilities, Tensor LogProbabilities) LogSoftmax(Tensor logits, Tensor? illegal)
    {
        if (illegal is null)
        {
            var logs = nn.functional.log_softmax(logits, -1);
            return (logs.exp(), logs);
        }

        var masked = nn.functional.log_softmax(logits.masked_fill(illegal, Scalars.Of(Excluded)), -1);
        return (masked.exp(), masked.masked_fill_(illegal, Scalars.Of(0)));
    }
}
