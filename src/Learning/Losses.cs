using System.Buffers;
using Srpo.Core.Settings;

namespace Srpo.Learning;

/// <summary>
/// The losses of SRPO and IPPO in plain scalar code, one sample at a time, in the order of the paper's equations (7) to (9): what the devices
/// compute, written to be read. Every loss is followed by its gradient. Devices are tested against this file, and the device "plain" runs it.
/// <para>Symbols: z logits, p = softmax(z) the policy that learns, rho the ratio of its probability of the action to that of the policy
/// that played, A the advantage, eta <see cref="LossWeights.Clip"/>, eps <see cref="LossWeights.Entropy"/>, 1/tau
/// <see cref="LossWeights.Kl"/>, q the partner's policy, which is held fixed.</para>
/// </summary>
public static class Losses
{
    /// <summary>p = softmax(z) over the legal actions and log p; both are 0 for illegal actions.</summary>
    /// <param name="logits">[actions] z.</param>
    /// <param name="legal">[actions] 1 for legal actions, 0 for others; empty where all are legal.</param>
    /// <param name="probabilities">[actions] receives p.</param>
    /// <param name="logProbabilities">[actions] receives log p.</param>
    public static void Softmax(ReadOnlySpan<double> logits, ReadOnlySpan<byte> legal, Span<double> probabilities, Span<double> logProbabilities)
    {
        var (max, sum) = (double.NegativeInfinity, 0.0);
        for (var a = 0; a < logits.Length; a++)
            if (IsLegal(legal, a)) max = Math.Max(max, logits[a]);
        for (var a = 0; a < logits.Length; a++)
            if (IsLegal(legal, a)) sum += Math.Exp(logits[a] - max);
        for (var a = 0; a < logits.Length; a++)
        {
            logProbabilities[a] = IsLegal(legal, a) ? logits[a] - max - Math.Log(sum) : 0;
            probabilities[a] = IsLegal(legal, a) ? Math.Exp(logProbabilities[a]) : 0;
        }
    }

    /// <summary>Equation (7), first part: min(rho A, clip(rho, 1 - eta, 1 + eta) A), which is maximised.</summary>
    public static double Surrogate(double logProbability, double oldLogProbability, double advantage, double clip)
    {
        var ratio = Math.Exp(logProbability - oldLogProbability);
        return Math.Min(ratio * advantage, Math.Clamp(ratio, 1 - clip, 1 + clip) * advantage);
    }

    /// <summary>d surrogate / d log p(a): rho A, or 0 where the clipped, constant term is the smaller one.</summary>
    public static double SurrogateGradient(double logProbability, double oldLogProbability, double advantage, double clip)
    {
        var ratio = Math.Exp(logProbability - oldLogProbability);
        var follows = advantage > 0 ? ratio <= 1 + clip : ratio >= 1 - clip;
        return follows ? ratio * advantage : 0;
    }

    /// <summary>Equation (7), second part: the entropy H(p) = -sum p log p in nats; nu in the paper is minus this.</summary>
    public static double Entropy(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities)
    {
        var entropy = 0.0;
        for (var a = 0; a < probabilities.Length; a++) entropy -= probabilities[a] * logProbabilities[a];
        return entropy;
    }

    /// <summary>Equation (9), second part: KL(p || q), or KL(q || p) as in the authors' code; nats.</summary>
    public static double Kl(KlDirection direction, in PolicySample sample, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities)
    {
        var kl = 0.0;
        for (var a = 0; a < probabilities.Length; a++)
        {
            kl += direction == KlDirection.AdversaryToPolicy
                ? probabilities[a] * (logProbabilities[a] - sample.PartnerLogProbabilities[a])
                : sample.PartnerProbabilities[a] * (sample.PartnerLogProbabilities[a] - logProbabilities[a]);
        }

        return kl;
    }

    /// <summary>
    /// The loss of one sample, to be minimised: minus equations (7), (8) for agents, minus equation (9) for adversaries, who have minus the
    /// agent's advantage as A.
    /// </summary>
    /// <param name="sample">The sample.</param>
    /// <param name="weights">Weights of the parts.</param>
    /// <param name="probabilities">[actions] p.</param>
    /// <param name="logProbabilities">[actions] log p.</param>
    public static double Policy(in PolicySample sample, in LossWeights weights, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities)
    {
        var loss = -Surrogate(logProbabilities[sample.Action], sample.OldLogProbability, sample.Advantage, weights.Clip);
        loss -= weights.Entropy * Entropy(probabilities, logProbabilities);
        if (sample.HasPartner) loss += weights.Kl * Kl(weights.Direction, sample, probabilities, logProbabilities);
        return loss;
    }

    /// <summary>
    /// d loss / d z of <see cref="Policy"/>: -A rho (1[a] - p) where the ratio is not clipped, eps p (log p + H), and (1/tau) p (log(p/q) - KL(p || q))
    /// or (1/tau) (p - q).
    /// </summary>
    /// <param name="sample">The sample.</param>
    /// <param name="weights">Weights of the parts.</param>
    /// <param name="probabilities">[actions] p.</param>
    /// <param name="logProbabilities">[actions] log p.</param>
    /// <param name="gradient">[actions] is set; 0 for illegal actions.</param>
    public static void PolicyGradient(
        in PolicySample sample, in LossWeights weights, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities, Span<double> gradient)
    {
        var surrogate = SurrogateGradient(logProbabilities[sample.Action], sample.OldLogProbability, sample.Advantage, weights.Clip);
        var entropy = Entropy(probabilities, logProbabilities);
        var kl = sample.HasPartner ? Kl(weights.Direction, sample, probabilities, logProbabilities) : 0;
        for (var a = 0; a < gradient.Length; a++)
        {
            var p = probabilities[a];
            gradient[a] = -surrogate * ((a == sample.Action ? 1 : 0) - p) + weights.Entropy * p * (logProbabilities[a] + entropy);
            if (!sample.HasPartner) continue;
            gradient[a] += weights.Kl * (weights.Direction == KlDirection.AdversaryToPolicy
                ? p * (logProbabilities[a] - sample.PartnerLogProbabilities[a] - kl)
                : p - sample.PartnerProbabilities[a]);
        }
    }

    /// <summary>
    /// The critic's loss of one sample: weight (V - R)^2 with the return R of <see cref="Advantages"/>, which <see cref="ValueNormaliser"/> normalises where values are. There is
    /// no half before the square; MAPPO has weight/2 (V - R)^2, and its weight is twice this one. With a Huber delta it is weight 2 delta (|e| - delta/2) where the error
    /// e = V - R is beyond delta: twice the usual Huber loss, so that a delta beyond all errors gives the square. With a clip c it is the larger one of the losses of V and of
    /// Vold + clamp(V - Vold, -c, c) (Schulman's PPO2, and MAPPO).
    /// </summary>
    /// <param name="value">V.</param>
    /// <param name="oldValue">Vold, what the critic said while the rollout was played; counts with a clip only.</param>
    /// <param name="target">R.</param>
    /// <param name="loss">Its weight and kind.</param>
    public static double Critic(double value, double oldValue, double target, in ValueLoss loss)
    {
        var error = Math.Abs(value - target);
        if (loss.Clip is { } clip) error = Math.Max(error, Math.Abs(oldValue + Math.Clamp(value - oldValue, -clip, clip) - target));
        return loss.HuberDelta is { } delta && error > delta ? loss.Weight * 2 * delta * (error - (delta / 2)) : loss.Weight * error * error;
    }

    /// <summary>
    /// d loss / d V of <see cref="Critic"/>: 2 weight e, beyond delta 2 weight delta sign(e), and 0 where V is further than the clip from Vold and the loss of the clipped, constant value
    /// is the larger one.
    /// </summary>
    /// <inheritdoc cref="Critic"/>
    public static double CriticGradient(double value, double oldValue, double target, in ValueLoss loss)
    {
        var error = value - target;
        if (loss.Clip is { } clip && Math.Abs(value - oldValue) > clip && Math.Abs(oldValue + Math.Clamp(value - oldValue, -clip, clip) - target) > Math.Abs(error)) return 0;
        return 2 * loss.Weight * (loss.HuberDelta is { } delta ? Math.Clamp(error, -delta, delta) : error);
    }

    /// <summary>
    /// Generalised advantage estimation (Schulman et al. 2016), each sample after the one that follows it:
    /// A_t = delta_t + gamma lambda A_(t+1), delta_t = r_t + gamma V(s_(t+1)) - V(s_t), R_t = A_t + V(s_t),
    /// where t counts the samples of one seat: its own turns in turn-based environments. Where the episode ended nothing follows:
    /// delta_t = r_t - V(s_t). At a cut the sum ends too, but delta_t keeps the value of the observation behind it.
    /// </summary>
    /// <param name="rewards">[samples] r.</param>
    /// <param name="values">[rows] V, of the critic.</param>
    /// <param name="row">[samples] row of each sample's observation.</param>
    /// <param name="next">[samples] what follows, as in <see cref="SeatSamples.Next"/>; a following sample has a larger number.</param>
    /// <param name="discount">gamma.</param>
    /// <param name="lambda">lambda.</param>
    /// <param name="advantages">[samples] receives A.</param>
    /// <param name="returns">[samples] receives R.</param>
    /// <exception cref="ArgumentException">Lengths do not fit together, or a sample follows itself or an earlier one.</exception>
    public static void Advantages(
        ReadOnlySpan<float> rewards, ReadOnlySpan<float> values, ReadOnlySpan<int> row, ReadOnlySpan<int> next,
        double discount, double lambda, Span<float> advantages, Span<float> returns)
    {
        var samples = rewards.Length;
        if (row.Length != samples || next.Length != samples || advantages.Length != samples || returns.Length != samples)
            throw new ArgumentException("rewards, rows, followers, advantages and returns must all be [samples]");

        var decay = discount * lambda;
        var exact = ArrayPool<double>.Shared.Rent(samples);
        for (var i = samples - 1; i >= 0; i--)
        {
            double value = values[row[i]];
            var (following, advantage) = (0.0, 0.0);
            var follower = next[i];
            if (follower >= 0)
            {
                if (follower <= i) throw new ArgumentException($"sample {follower} follows the later sample {i}", nameof(next));
                (following, advantage) = (values[row[follower]], exact[follower]);
            }
            else if (follower != SeatSamples.Ended)
            {
                following = values[SeatSamples.BootstrapRow(follower)];
            }

            advantage = rewards[i] + (discount * following) - value + (decay * advantage);
            exact[i] = advantage;
            advantages[i] = (float)advantage;
            returns[i] = (float)(advantage + value);
        }

        ArrayPool<double>.Shared.Return(exact);
    }

    private static bool IsLegal(ReadOnlySpan<byte> legal, int action) => legal.IsEmpty || legal[action] != 0;
}

/// <summary>Weights of the parts of a policy's loss.</summary>
/// <param name="Clip">eta, in (0, 1).</param>
/// <param name="Entropy">eps, at least 0.</param>
/// <param name="Kl">1/tau, at least 0.</param>
/// <param name="Direction">Direction of the KL.</param>
public readonly record struct LossWeights(double Clip, double Entropy, double Kl, KlDirection Direction);

/// <summary>Weight and kind of a critic's loss.</summary>
/// <param name="Weight">Above 0.</param>
/// <param name="Clip">Clipping range of values, above 0; null for none.</param>
/// <param name="HuberDelta">Error from which on the loss is linear, above 0; null for the square throughout.</param>
public readonly record struct ValueLoss(double Weight, double? Clip = null, double? HuberDelta = null)
{
    /// <summary>Whether it is the square, whose sum over samples of one observation is a function of their number, the sum of their returns and that of their squares.</summary>
    public bool IsSquare => Clip is null && HuberDelta is null;

    /// <summary>What settings ask for.</summary>
    /// <param name="settings">Valid settings.</param>
    public static ValueLoss Of(TrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(settings.ValueWeight, settings.ValueClip, settings.HuberDelta);
    }
}

/// <summary>What a policy's loss needs to know of one sample.</summary>
public readonly ref struct PolicySample
{
    /// <summary>The action that was taken.</summary>
    public required int Action { get; init; }

    /// <summary>Its log-probability under the policy that played.</summary>
    public required double OldLogProbability { get; init; }

    /// <summary>A.</summary>
    public required double Advantage { get; init; }

    /// <summary>[actions] q, the policy whose place an adversary took, at the adversary's own observation; empty for agents.</summary>
    public ReadOnlySpan<double> PartnerProbabilities { get; init; }

    /// <summary>[actions] log q; empty for agents.</summary>
    public ReadOnlySpan<double> PartnerLogProbabilities { get; init; }

    /// <summary>Whether the sample is an adversary's.</summary>
    public bool HasPartner => !PartnerProbabilities.IsEmpty;
}
