using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Learning.Methods;

namespace Srpo.Learning.Devices.Plain;

/// <summary>The update of one actor in doubles: for every minibatch the gradient of <see cref="Losses"/>, sample by sample, and a step of Adam.</summary>
internal sealed class PlainUpdater(TrainingSettings settings, TeamPlan plan, ActorShape shape) : TeamUpdater(settings, plan)
{
    private const double FirstBeta = 0.9;
    private const double SecondBeta = 0.999;

    private readonly TrainingSettings _settings = settings;
    private readonly ValueLoss _valueLoss = ValueLoss.Of(settings);
    private readonly IReadOnlyList<Objective> _objectives = plan.Objectives;

    /// <inheritdoc/>
    public override void Dispose() { }

    /// <inheritdoc/>
    protected override (LearnerState State, UpdateSums Sums) Update(
        int actor, LearnerState state, List<ActorSamples> samples, RandomStream order, CancellationToken cancellation)
    {
        var objective = _objectives[actor];
        double[] theta = PlainNetwork.Doubles(state.Parameters), first = PlainNetwork.Doubles(state.FirstMoment), second = PlainNetwork.Doubles(state.SecondMoment);
        (ActorSamples Part, int Index)[] all = [.. samples.SelectMany(part => Enumerable.Range(0, part.Count).Select(i => (part, i)))];
        var sequences = shape.IsRecurrent ? SampleSequences.Of(samples) : SampleSequences.Single(samples);
        var minibatches = Math.Min(_settings.Minibatches, sequences.Length);
        var steps = state.AdamSteps;
        var rates = LearningRates.Of(_settings, state.Version);
        var normalises = objective.LearnsValues && shape.NormalisesValues;
        var normaliser = normalises ? ValueNormaliser.Read(state.Parameters) : default;
        var shuffled = new MinibatchOrder();
        shuffled.Begin(sequences.Length, order);
        var sums = default(UpdateSums);
        for (var epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            sums = default;
            if (minibatches > 1) shuffled.Shuffle(cancellation);
            for (var part = 0; part < minibatches; part++)
            {
                var those = minibatches == 1 ? sequences : Array.ConvertAll(shuffled.Part(part, minibatches).ToArray(), i => sequences[i]);
                var batch = Array.ConvertAll(those, sequence => Array.ConvertAll(sequence, i => all[i]));
                if (normalises) Take(ref normaliser, batch);
                var gradient = Gradient(theta, batch, objective, normalises ? normaliser : null, ref sums, cancellation);
                steps++;
                var end = objective.LearnsValues ? shape.NetworkParameters : shape.Policy.ParameterCount;
                if (shape.SharedTrunk) Step(0, end, rates.Policy);
                else
                {
                    Step(0, shape.Policy.ParameterCount, rates.Policy);
                    if (objective.LearnsValues) Step(shape.Policy.ParameterCount, end, rates.Critic);
                }

                void Step(int start, int stop, double rate) =>
                    Adam(theta.AsSpan(start..stop), first.AsSpan(start..stop), second.AsSpan(start..stop), gradient.AsSpan(start..stop), rate, steps);
            }
        }

        var parameters = Floats(theta);
        if (normalises) normaliser.Write(parameters);
        return (new LearnerState(state.Version + 1, parameters, Floats(first), Floats(second), steps), sums);
    }

    private static float[] Floats(double[] values) => Array.ConvertAll(values, value => (float)value);

    /// <summary>Gives the normaliser the returns of a minibatch, before anything is normalised with it.</summary>
    private static void Take(ref ValueNormaliser normaliser, (ActorSamples Part, int Index)[][] batch)
    {
        double[] returns = [.. batch.SelectMany(sequence => sequence.Select(sample => (double)sample.Part.Returns[sample.Index]))];
        normaliser.Update(returns.Sum(), returns.Sum(value => value * value), returns.Length);
    }

    /// <summary>The mean over a minibatch of the gradients of its samples' losses.</summary>
    private double[] Gradient(
        double[] theta, (ActorSamples Part, int Index)[][] batch, Objective objective, ValueNormaliser? normaliser, ref UpdateSums sums, CancellationToken cancellation)
    {
        var gradient = new double[theta.Length];
        var networks = new PlainActor(shape, theta);
        var weights = new LossWeights(_settings.Clip, objective.EntropyWeight, objective.KlWeight, objective.Kl);
        (ActorSamples Part, int Index)[] samples = [.. batch.SelectMany(sequence => sequence)];
        var (mean, deviation) = Moments(samples);
        var actions = shape.Policy.Outputs;
        double[] p = new double[actions], logP = new double[actions], q = new double[actions], logQ = new double[actions];
        foreach (var sequence in batch)
        {
            // Forwards through the sequence, then backwards with what every later step says of the state that was handed on.
            var steps = new List<(PlainTrace Policy, double[] AtLogits, PlainTrace? Value, double Slope)>();
            double[] state = new double[shape.Policy.Gru], valueState = new double[shape.Critic.Gru], partnerState = new double[shape.Policy.Gru];
            foreach (var (part, i) in sequence)
            {
                cancellation.ThrowIfCancellationRequested();
                var row = part.Part.Row[i];
                var x = PlainNetwork.Doubles(part.Part.Observations.AsSpan(row * shape.Policy.Inputs, shape.Policy.Inputs));
                var legal = part.Part.Legal.Length == 0 ? default : part.Part.Legal.AsSpan(row * actions, actions);
                var policy = networks.Policy.Forward(x, state);
                state = policy.Features;
                Losses.Softmax(policy.Output, legal, p, logP);
                if (part.Partner is not null)
                {
                    var partner = new PlainNetwork(shape.Policy, PlainNetwork.Doubles(part.Partner), 0).Forward(x, partnerState);
                    partnerState = partner.Features;
                    Losses.Softmax(partner.Output, legal, q, logQ);
                }

                var sample = new PolicySample
                {
                    Action = part.Part.Actions[i],
                    OldLogProbability = part.Part.LogProbabilities[(row * actions) + part.Part.Actions[i]],
                    Advantage = (part.Advantages[i] - mean) / deviation,
                    PartnerProbabilities = part.Partner is null ? default : q,
                    PartnerLogProbabilities = part.Partner is null ? default : logQ,
                };
                var atLogits = new double[actions];
                Losses.PolicyGradient(sample, weights, p, logP, atLogits);
                objective.Regulariser?.AddTo(1, p, logP, atLogits);
                for (var a = 0; a < actions; a++) atLogits[a] /= samples.Length;
                Count(sample, weights, p, logP, ref sums);
                if (!objective.LearnsValues)
                {
                    steps.Add((policy, atLogits, null, 0));
                    continue;
                }

                var seen = part.Part.Central.Length == 0 ? x : PlainNetwork.Doubles(part.Part.Central.AsSpan(row * shape.Critic.Inputs, shape.Critic.Inputs));
                var value = networks.Value(seen, valueState, policy);
                if (shape.Critic.Gru > 0) valueState = value.Features;
                var target = normaliser?.Normalise(part.Returns[i]) ?? part.Returns[i];
                var error = value.Output[0] - target;
                sums.SquaredError += error * error;
                steps.Add((policy, atLogits, value, Losses.CriticGradient(value.Output[0], part.Part.Values[row], target, _valueLoss) / samples.Length));
            }

            double[] atState = new double[shape.Policy.Gru], atValueState = new double[shape.Critic.Gru];
            for (var step = steps.Count - 1; step >= 0; step--)
            {
                var (policy, atLogits, value, slope) = steps[step];
                double[] atInput = value is null ? [] : networks.Critic.Backward(value, [slope], gradient, [], atValueState);
                networks.Policy.Backward(policy, atLogits, gradient, shape.SharedTrunk ? atInput : [], atState);
            }
        }

        return gradient;
    }

    private static void Count(in PolicySample sample, in LossWeights weights, double[] p, double[] logP, ref UpdateSums sums)
    {
        sums.Samples++;
        sums.Surrogate += Losses.Surrogate(logP[sample.Action], sample.OldLogProbability, sample.Advantage, weights.Clip);
        sums.Entropy += Losses.Entropy(p, logP);
        if (sample.HasPartner) sums.Kl += Losses.Kl(weights.Direction, sample, p, logP);
        var ratio = Math.Exp(logP[sample.Action] - sample.OldLogProbability);
        if (ratio > 1 + weights.Clip || ratio < 1 - weights.Clip) sums.Clipped++;
    }

    /// <summary>Mean and standard deviation (n - 1) of a minibatch's advantages; 0 and 1 where they are taken as they are.</summary>
    private (double Mean, double Deviation) Moments((ActorSamples Part, int Index)[] batch)
    {
        if (!_settings.NormaliseAdvantages) return (0, 1);
        var mean = batch.Average(sample => (double)sample.Part.Advantages[sample.Index]);
        var squares = batch.Sum(sample => Math.Pow(sample.Part.Advantages[sample.Index] - mean, 2));
        return (mean, (batch.Length > 1 ? Math.Sqrt(squares / (batch.Length - 1)) : 0) + 1e-8);
    }

    /// <summary>One step of Adam (Kingma and Ba 2015), the gradient's norm limited as by PyTorch's clip_grad_norm_.</summary>
    private void Adam(Span<double> theta, Span<double> first, Span<double> second, Span<double> gradient, double learningRate, long step)
    {
        var squares = 0.0;
        foreach (var g in gradient) squares += g * g;
        var factor = _settings.MaxGradientNorm is { } limit ? Math.Min(1, limit / (Math.Sqrt(squares) + 1e-6)) : 1;
        for (var i = 0; i < theta.Length; i++)
        {
            var g = factor * gradient[i];
            first[i] = (FirstBeta * first[i]) + ((1 - FirstBeta) * g);
            second[i] = (SecondBeta * second[i]) + ((1 - SecondBeta) * g * g);
            theta[i] -= learningRate * (first[i] / (1 - Math.Pow(FirstBeta, step)))
                / (Math.Sqrt(second[i] / (1 - Math.Pow(SecondBeta, step))) + _settings.AdamEpsilon);
        }
    }
}
