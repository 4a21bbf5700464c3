using Srpo.Core.Random;
using Srpo.Core.Settings;

namespace Srpo.Learning.Tests.Updates;

/// <summary>
/// One round's update of a team in plain doubles, sample by sample, written from the specification and sharing no code with
/// the shipped one except the shapes' layout and the random streams.
/// </summary>
internal sealed class PlainUpdate(PopulationSpec spec, TeamPlan plan, ActorShape shape)
{
    private readonly TrainingSettings _settings = spec.Training;

    private sealed record Sample(double[] Observation, bool[] Legal, int Action, double OldLog, double Advantage, double Return, double OldValue, double[]? Partner);

    public double[][] Run(int team, int round, LearnerState[] states, Rollout[] rollouts) =>
        [.. plan.Actors.Select((_, actor) => UpdateActor(actor, team, round, states, rollouts))];

    private double[] UpdateActor(int actor, int team, int round, LearnerState[] states, Rollout[] rollouts)
    {
        var adversary = plan.Actors[actor].Kind == ActorKind.Adversary;
        var samples = rollouts.SelectMany(rollout => rollout.Parts.Where(part => part.Actor == actor).SelectMany(part =>
            Samples(rollout, part, states, adversary ? [.. states[part.Seat < 0 ? 0 : part.Seat].Parameters.Select(x => (double)x)] : null))).ToArray();
        var theta = states[actor].Parameters.Select(x => (double)x).ToArray();
        var first = states[actor].FirstMoment.Select(x => (double)x).ToArray();
        var second = states[actor].SecondMoment.Select(x => (double)x).ToArray();
        var random = new StreamId(spec.Seed, (uint)team, (uint)round, StreamPurpose.Minibatch).Lane(actor);
        var step = states[actor].AdamSteps;
        var statistics = new Statistics(states[actor].Parameters);
        var decay = _settings.LearningRateDecay == LearningRateDecay.Linear ? 1 - (states[actor].Version / (double)_settings.Iterations) : 1;
        var (rate, criticRate) = (decay * _settings.LearningRate, decay * (_settings.CriticLearningRate ?? _settings.LearningRate));
        var minibatches = Math.Min(_settings.Minibatches, samples.Length);
        for (var epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            var order = Enumerable.Range(0, samples.Length).ToArray();
            if (minibatches > 1)
            {
                for (var i = order.Length - 1; i > 0; i--)
                {
                    var j = random.NextInt32(i + 1);
                    (order[i], order[j]) = (order[j], order[i]);
                }
            }

            for (var part = 0; part < minibatches; part++)
            {
                var from = (int)((long)order.Length * part / minibatches);
                var to = (int)((long)order.Length * (part + 1) / minibatches);
                var learnsValues = !adversary || _settings.Adversary.Critic == AdversaryCritic.Own;
                Sample[] minibatch = [.. order[from..to].Select(i => samples[i])];
                if (learnsValues && _settings.NormaliseValues) statistics.Take([.. minibatch.Select(sample => sample.Return)]);
                var gradient = Gradient(theta, minibatch, adversary, learnsValues, statistics);
                step++;
                var networks = shape.Policy.ParameterCount + shape.Critic.ParameterCount;
                var end = learnsValues ? networks : shape.Policy.ParameterCount;
                if (shape.SharedTrunk)
                {
                    Adam(theta, first, second, gradient, rate, step, 0, end);
                    continue;
                }

                Adam(theta, first, second, gradient, rate, step, 0, shape.Policy.ParameterCount);
                if (learnsValues) Adam(theta, first, second, gradient, criticRate, step, shape.Policy.ParameterCount, end);
            }
        }

        if (_settings.NormaliseValues) statistics.CopyTo(theta.AsSpan(^5..));
        return theta;
    }

    /// <summary>MAPPO's ValueNorm with its three running numbers, from and to the five at the end of an actor's parameters: a count, and two sums of singles.</summary>
    private sealed class Statistics
    {
        private const double Beta = 0.99999;
        private long _count;
        private double _mean, _squares, _debias;

        public Statistics(float[] parameters)
        {
            _count = (long)parameters[^5];
            _debias = 1 - Math.Pow(Beta, _count);
            (_mean, _squares) = (_debias * ((double)parameters[^4] + parameters[^3]), _debias * ((double)parameters[^2] + parameters[^1]));
        }

        public double Mean => _mean / Math.Max(_debias, 1e-5);

        public double Deviation => Math.Sqrt(Math.Max(0.01, (_squares / Math.Max(_debias, 1e-5)) - (Mean * Mean)));

        public void Take(double[] returns)
        {
            _count++;
            _mean = (Beta * _mean) + ((1 - Beta) * returns.Average());
            _squares = (Beta * _squares) + ((1 - Beta) * returns.Average(value => value * value));
            _debias = (Beta * _debias) + (1 - Beta);
        }

        public void CopyTo(Span<double> numbers)
        {
            var squares = _squares / Math.Max(_debias, 1e-5);
            (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]) = (_count, (float)Mean, Mean - (float)Mean, (float)squares, squares - (float)squares);
        }
    }

    private IEnumerable<Sample> Samples(Rollout rollout, SeatSamples own, LearnerState[] states, double[]? partner)
    {
        var adversary = partner != null;
        var agent = adversary ? rollout.Parts.FirstOrDefault(part => plan.Actors[part.Actor].Kind == ActorKind.Agent) : null;
        var shared = adversary && _settings.Adversary.Critic == AdversaryCritic.Shared;

        // Where all act at every step in seats of their own, what the one agent received is what its adversary lost at the same step.
        var together = rollout.Parts.All(part => part.Seat >= 0 && part.Count == rollout.Lanes * rollout.Steps);
        var paid = adversary && together ? agent!.Rewards.Select(reward => -(double)reward) : own.Signals.Select(signal => (double)signal);
        if (shared) paid = agent!.Rewards.Select(reward => (double)reward);
        var judge = shared ? agent! : own;
        double[] values = Array.ConvertAll(judge.Values, value => (double)value);
        if (_settings.NormaliseValues)
        {
            var statistics = new Statistics(states[judge.Actor].Parameters);
            values = Array.ConvertAll(values, value => statistics.Mean + (statistics.Deviation * value));
        }

        var advantages = Advantages(judge, values, [.. paid]);
        var (length, actions) = (shape.Policy.Inputs, shape.Policy.Outputs);
        for (var i = 0; i < own.Count; i++)
        {
            var row = own.Row[i];
            yield return new Sample(
                [.. own.Observations.Skip(row * length).Take(length).Select(x => (double)x)],
                [.. Enumerable.Range(0, actions).Select(a => own.Legal.Length == 0 || own.Legal[(row * actions) + a] == 1)],
                own.Actions[i],
                own.LogProbabilities[(row * actions) + own.Actions[i]],
                shared ? -advantages[i] : advantages[i],
                shared ? 0 : advantages[i] + values[row],
                own.Values[row],
                partner);
        }
    }

    /// <summary>The definition as a sum: A_t = sum over k of (gamma lambda)^k delta_(t+k), over the samples that follow each other.</summary>
    private double[] Advantages(SeatSamples part, double[] values, double[] rewards)
    {
        var advantages = new double[part.Count];
        for (var i = 0; i < part.Count; i++)
        {
            var weight = 1.0;
            for (var j = i; j >= 0; j = part.Next[j])
            {
                var next = part.Next[j];
                var value = next >= 0 ? values[part.Row[next]] : next == SeatSamples.Ended ? 0 : values[-2 - next];
                advantages[i] += weight * ((_settings.RewardScale * rewards[j]) + (_settings.Discount * value) - values[part.Row[j]]);
                weight *= _settings.Discount * _settings.GaeLambda;
            }
        }

        return advantages;
    }

    private double[] Gradient(double[] theta, Sample[] samples, bool adversary, bool learnsValues, Statistics statistics)
    {
        var gradient = new double[theta.Length];
        var policy = new PlainNetwork(shape.Policy, theta, 0);
        var critic = new PlainNetwork(shape.Critic, theta, shape.Policy.ParameterCount);
        var mean = _settings.NormaliseAdvantages ? samples.Average(s => s.Advantage) : 0;
        var deviation = _settings.NormaliseAdvantages
            ? Math.Sqrt(samples.Sum(s => Math.Pow(s.Advantage - mean, 2)) / (samples.Length - 1)) + 1e-8
            : 1;
        foreach (var sample in samples)
        {
            var activations = policy.Forward(sample.Observation);
            var d = LogitGradient(sample, Softmax(activations[^1], sample.Legal), (sample.Advantage - mean) / deviation, adversary);
            for (var a = 0; a < d.Length; a++) d[a] /= samples.Length;
            double[]? features = null;
            if (learnsValues)
            {
                var values = critic.Forward(shape.SharedTrunk ? activations[^2] : sample.Observation);
                var target = _settings.NormaliseValues ? (sample.Return - statistics.Mean) / statistics.Deviation : sample.Return;
                var atInput = critic.Backward(values, [ValueSlope(values[^1][0], sample.OldValue, target) / samples.Length], gradient);
                if (shape.SharedTrunk) features = atInput;
            }

            policy.Backward(activations, d, gradient, features);
        }

        return gradient;
    }

    /// <summary>The slope of max(l(V - R), l(Vold + clamp(V - Vold) - R)) where l is weight e^2, or with its linear ends.</summary>
    private double ValueSlope(double value, double old, double target)
    {
        if (_settings.ValueClip is { } clip && (value > old + clip || value < old - clip))
        {
            var held = value > old ? old + clip : old - clip;
            if (Loss(held - target) > Loss(value - target)) return 0;
        }

        var e = value - target;
        if (_settings.HuberDelta is { } delta && Math.Abs(e) > delta) return 2 * _settings.ValueWeight * delta * Math.Sign(e);
        return 2 * _settings.ValueWeight * e;

        double Loss(double error) => _settings.HuberDelta is { } d && Math.Abs(error) > d ? 2 * d * (Math.Abs(error) - (d / 2)) : error * error;
    }

    /// <summary>The gradient of one sample's loss at the logits; sums run over legal actions.</summary>
    private double[] LogitGradient(Sample sample, double[] p, double advantage, bool adversary)
    {
        var legal = Enumerable.Range(0, p.Length).Where(a => sample.Legal[a]).ToArray();
        var rho = p[sample.Action] / Math.Exp(sample.OldLog);
        var active = advantage > 0 ? rho <= 1 + _settings.Clip : rho >= 1 - _settings.Clip;
        var entropy = -legal.Sum(a => p[a] * Math.Log(p[a]));
        var weight = adversary ? _settings.Adversary.Entropy : _settings.Method == "pure-adversarial" ? 0 : _settings.Entropy;
        var q = sample.Partner == null ? null : Softmax(new PlainNetwork(shape.Policy, sample.Partner, 0).Forward(sample.Observation)[^1], sample.Legal);
        var kl = q == null ? 0 : legal.Sum(a => p[a] * Math.Log(p[a] / q[a]));
        var d = new double[p.Length];
        foreach (var a in legal)
        {
            if (active) d[a] -= advantage * rho * ((a == sample.Action ? 1 : 0) - p[a]);
            d[a] += weight * p[a] * (Math.Log(p[a]) + entropy);
            if (q == null) continue;
            d[a] += (_settings.Method == "srpo" ? 1 / _settings.Tau : 0) * (_settings.Adversary.Kl == KlDirection.PolicyToAdversary ? p[a] - q[a] : p[a] * (Math.Log(p[a] / q[a]) - kl));
        }

        return d;
    }

    private static double[] Softmax(double[] z, bool[] legal)
    {
        var max = z.Where((_, a) => legal[a]).Max();
        double[] e = [.. z.Select((x, a) => legal[a] ? Math.Exp(x - max) : 0)];
        return [.. e.Select(x => x / e.Sum())];
    }

    private void Adam(double[] theta, double[] first, double[] second, double[] gradient, double rate, long step, int from, int to)
    {
        var norm = Math.Sqrt(gradient[from..to].Sum(g => g * g));
        var factor = _settings.MaxGradientNorm is { } limit ? Math.Min(1, limit / (norm + 1e-6)) : 1;
        for (var i = from; i < to; i++)
        {
            var g = factor * gradient[i];
            first[i] = (0.9 * first[i]) + (0.1 * g);
            second[i] = (0.999 * second[i]) + (0.001 * g * g);
            theta[i] -= rate * (first[i] / (1 - Math.Pow(0.9, step)))
                / (Math.Sqrt(second[i] / (1 - Math.Pow(0.999, step))) + _settings.AdamEpsilon);
        }
    }
}
