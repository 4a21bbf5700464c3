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

    private sealed record Sample(double[] Observation, bool[] Legal, int Action, double OldLog, double Advantage, double Return, double[]? Partner);

    public double[][] Run(int team, int round, LearnerState[] states, Rollout[] rollouts) =>
        [.. plan.Actors.Select((_, actor) => UpdateActor(actor, team, round, states, rollouts))];

    private double[] UpdateActor(int actor, int team, int round, LearnerState[] states, Rollout[] rollouts)
    {
        var adversary = plan.Actors[actor].Kind == ActorKind.Adversary;
        var samples = rollouts.SelectMany(rollout => rollout.Parts.Where(part => part.Actor == actor).SelectMany(part =>
            Samples(rollout, part, adversary ? [.. states[part.Seat < 0 ? 0 : part.Seat].Parameters.Select(x => (double)x)] : null))).ToArray();
        var theta = states[actor].Parameters.Select(x => (double)x).ToArray();
        var first = states[actor].FirstMoment.Select(x => (double)x).ToArray();
        var second = states[actor].SecondMoment.Select(x => (double)x).ToArray();
        var random = new StreamId(spec.Seed, (uint)team, (uint)round, StreamPurpose.Minibatch).Lane(actor);
        var step = states[actor].AdamSteps;
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
                var gradient = Gradient(theta, [.. order[from..to].Select(i => samples[i])], adversary, learnsValues);
                step++;
                var end = learnsValues ? shape.ParameterCount : shape.Policy.ParameterCount;
                if (shape.SharedTrunk)
                {
                    Adam(theta, first, second, gradient, step, 0, end);
                    continue;
                }

                Adam(theta, first, second, gradient, step, 0, shape.Policy.ParameterCount);
                if (learnsValues) Adam(theta, first, second, gradient, step, shape.Policy.ParameterCount, end);
            }
        }

        return theta;
    }

    private IEnumerable<Sample> Samples(Rollout rollout, SeatSamples own, double[]? partner)
    {
        var adversary = partner != null;
        var agent = adversary ? rollout.Parts.FirstOrDefault(part => plan.Actors[part.Actor].Kind == ActorKind.Agent) : null;
        var shared = adversary && _settings.Adversary.Critic == AdversaryCritic.Shared;

        // Where all act at every step in seats of their own, what the one agent received is what its adversary lost at the same step.
        var together = rollout.Parts.All(part => part.Seat >= 0 && part.Count == rollout.Lanes * rollout.Steps);
        var paid = adversary && together ? agent!.Rewards.Select(reward => -(double)reward) : own.Signals.Select(signal => (double)signal);
        if (shared) paid = agent!.Rewards.Select(reward => (double)reward);
        var advantages = Advantages(shared ? agent! : own, [.. paid]);
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
                shared ? 0 : advantages[i] + own.Values[row],
                partner);
        }
    }

    /// <summary>The definition as a sum: A_t = sum over k of (gamma lambda)^k delta_(t+k), over the samples that follow each other.</summary>
    private double[] Advantages(SeatSamples part, double[] rewards)
    {
        var advantages = new double[part.Count];
        for (var i = 0; i < part.Count; i++)
        {
            var weight = 1.0;
            for (var j = i; j >= 0; j = part.Next[j])
            {
                var next = part.Next[j];
                var value = next >= 0 ? part.Values[part.Row[next]] : next == SeatSamples.Ended ? 0 : part.Values[-2 - next];
                advantages[i] += weight * ((_settings.RewardScale * rewards[j]) + (_settings.Discount * value) - part.Values[part.Row[j]]);
                weight *= _settings.Discount * _settings.GaeLambda;
            }
        }

        return advantages;
    }

    private double[] Gradient(double[] theta, Sample[] samples, bool adversary, bool learnsValues)
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
                var atInput = critic.Backward(values, [2 * _settings.ValueWeight * (values[^1][0] - sample.Return) / samples.Length], gradient);
                if (shape.SharedTrunk) features = atInput;
            }

            policy.Backward(activations, d, gradient, features);
        }

        return gradient;
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

    private void Adam(double[] theta, double[] first, double[] second, double[] gradient, long step, int from, int to)
    {
        var norm = Math.Sqrt(gradient[from..to].Sum(g => g * g));
        var factor = _settings.MaxGradientNorm is { } limit ? Math.Min(1, limit / (norm + 1e-6)) : 1;
        for (var i = from; i < to; i++)
        {
            var g = factor * gradient[i];
            first[i] = (0.9 * first[i]) + (0.1 * g);
            second[i] = (0.999 * second[i]) + (0.001 * g * g);
            theta[i] -= _settings.LearningRate * (first[i] / (1 - Math.Pow(0.9, step)))
                / (Math.Sqrt(second[i] / (1 - Math.Pow(0.999, step))) + _settings.AdamEpsilon);
        }
    }
}
