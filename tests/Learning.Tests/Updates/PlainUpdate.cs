using Srpo.Core.Random;
using Srpo.Core.Settings;

namespace Srpo.Learning.Tests.Updates;

/// <summary>
/// One round's update of a team in plain doubles, sample by sample, written from the specification and sharing no code with
/// the shipped one except the shapes' layout and the random streams.
/// </summary>
internal sealed class PlainUpdate(PopulationSpec spec, ActorShape shape)
{
    private readonly TrainingSettings _settings = spec.Training;

    private sealed record Sample(double[] Observation, int Action, double OldLog, double Advantage, double Return);

    public double[][] Run(int team, int round, LearnerState[] states, Rollout[] rollouts)
    {
        var plan = TeamPlan.For(_settings);
        return [.. plan.Actors.Select((_, actor) => UpdateActor(plan, actor, team, round, states, rollouts))];
    }

    private double[] UpdateActor(TeamPlan plan, int actor, int team, int round, LearnerState[] states, Rollout[] rollouts)
    {
        var adversary = plan.Actors[actor].Kind == ActorKind.Adversary;
        var samples = new List<Sample>();
        for (var i = 0; i < rollouts.Length; i++)
        {
            for (var seat = 0; seat < 2; seat++)
            {
                if (plan.Instances[i].Players[seat] == actor) samples.AddRange(Samples(rollouts[i], seat, adversary));
            }
        }

        var theta = states[actor].Parameters.Select(x => (double)x).ToArray();
        var partner = adversary ? states[1 - plan.Actors[actor].Seat].Parameters.Select(x => (double)x).ToArray() : null;
        var first = states[actor].FirstMoment.Select(x => (double)x).ToArray();
        var second = states[actor].SecondMoment.Select(x => (double)x).ToArray();
        var random = new StreamId(spec.Seed, (uint)team, (uint)round, StreamPurpose.Minibatch).Lane(actor);
        var step = states[actor].AdamSteps;
        for (var epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            var order = Enumerable.Range(0, samples.Count).ToArray();
            if (_settings.Minibatches > 1)
            {
                for (var i = order.Length - 1; i > 0; i--)
                {
                    var j = random.NextInt32(i + 1);
                    (order[i], order[j]) = (order[j], order[i]);
                }
            }

            for (var part = 0; part < _settings.Minibatches; part++)
            {
                var from = (int)((long)order.Length * part / _settings.Minibatches);
                var to = (int)((long)order.Length * (part + 1) / _settings.Minibatches);
                var gradient = Gradient(theta, partner, [.. order[from..to].Select(i => samples[i])], adversary);
                step++;
                Adam(theta, first, second, gradient, step, 0, shape.Policy.ParameterCount);
                if (!adversary || _settings.Adversary.Critic == AdversaryCritic.Own)
                    Adam(theta, first, second, gradient, step, shape.Policy.ParameterCount, shape.ParameterCount);
            }
        }

        return theta;
    }

    private IEnumerable<Sample> Samples(Rollout rollout, int seat, bool adversary)
    {
        var own = rollout.Seats[seat];
        var shared = adversary && _settings.Adversary.Critic == AdversaryCritic.Shared;
        var critic = shared ? rollout.Seats[1 - seat] : own;
        var paid = adversary ? rollout.Seats[1 - seat] : own;
        var sign = adversary && !shared ? -1 : 1;
        var (lanes, steps) = (rollout.Lanes, rollout.Steps);
        var advantages = new double[steps * lanes];
        var returns = new double[steps * lanes];
        for (var lane = 0; lane < lanes; lane++)
        {
            for (var t = 0; t < steps; t++)
            {
                // The definition as a sum: A_t = sum over k of (gamma lambda)^k delta_(t+k), up to the episode's end.
                var weight = 1.0;
                for (var u = t; u < steps; u++)
                {
                    var i = (u * lanes) + lane;
                    var next = rollout.Terminated[i] ? 0 : u + 1 < steps ? critic.Values[critic.Row[i + lanes]] : critic.Values[critic.LastRow[lane]];
                    var delta = (sign * _settings.RewardScale * paid.Rewards[i]) + (_settings.Discount * next) - critic.Values[critic.Row[i]];
                    advantages[(t * lanes) + lane] += weight * delta;
                    weight *= _settings.Discount * _settings.GaeLambda;
                    if (rollout.Terminated[i]) break;
                }

                returns[(t * lanes) + lane] = advantages[(t * lanes) + lane] + critic.Values[critic.Row[(t * lanes) + lane]];
            }
        }

        var length = shape.Policy.Inputs;
        for (var i = 0; i < advantages.Length; i++)
        {
            yield return new Sample(
                [.. own.Observations.Skip(own.Row[i] * length).Take(length).Select(x => (double)x)],
                own.Actions[i],
                own.LogProbabilities[(own.Row[i] * shape.Policy.Outputs) + own.Actions[i]],
                shared ? -advantages[i] : advantages[i],
                returns[i]);
        }
    }

    private double[] Gradient(double[] theta, double[]? partner, Sample[] samples, bool adversary)
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
            var p = Softmax(activations[^1]);
            var advantage = (sample.Advantage - mean) / deviation;
            var rho = p[sample.Action] / Math.Exp(sample.OldLog);
            var active = advantage > 0 ? rho <= 1 + _settings.Clip : rho >= 1 - _settings.Clip;
            var entropy = -p.Sum(x => x * Math.Log(x));
            var weight = adversary ? _settings.Adversary.Entropy : _settings.EntropyWeight;
            var q = partner == null ? null : Softmax(new PlainNetwork(shape.Policy, partner, 0).Forward(sample.Observation)[^1]);
            var kl = q == null ? 0 : p.Zip(q, (x, y) => x * Math.Log(x / y)).Sum();
            var d = new double[p.Length];
            for (var a = 0; a < p.Length; a++)
            {
                if (active) d[a] -= advantage * rho * ((a == sample.Action ? 1 : 0) - p[a]);
                d[a] += weight * p[a] * (Math.Log(p[a]) + entropy);
                if (q != null)
                {
                    d[a] += _settings.KlWeight * (_settings.Adversary.Kl == KlDirection.PolicyToAdversary
                        ? p[a] - q[a]
                        : p[a] * (Math.Log(p[a] / q[a]) - kl));
                }

                d[a] /= samples.Length;
            }

            policy.Backward(activations, d, gradient);
            var values = critic.Forward(sample.Observation);
            critic.Backward(values, [2 * _settings.ValueWeight * (values[^1][0] - sample.Return) / samples.Length], gradient);
        }

        return gradient;
    }

    private static double[] Softmax(double[] z)
    {
        var max = z.Max();
        var sum = z.Sum(x => Math.Exp(x - max));
        return [.. z.Select(x => Math.Exp(x - max) / sum)];
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
