using Srpo.Core.Errors;

namespace Srpo.Language.Training;

/// <summary>A loss that is a sum over tokens of what their log-probabilities and entropies say.</summary>
public interface ITokenLoss
{
    /// <summary>Whether it asks for entropies; else those that it is told are 0.</summary>
    bool UsesEntropy { get; }

    /// <summary>Adds the loss of some predictions to what it has, and gives its derivatives.</summary>
    /// <param name="first">Number of the first of them, in the order of the predictions that a model was given.</param>
    /// <param name="logProbabilities">Of the predicted tokens.</param>
    /// <param name="entropies">Of their distributions, in nats.</param>
    /// <param name="byLogProbability">Filled with the derivative by each log-probability.</param>
    /// <param name="byEntropy">Filled with the derivative by each entropy.</param>
    void Add(int first, ReadOnlySpan<float> logProbabilities, ReadOnlySpan<float> entropies, Span<float> byLogProbability, Span<float> byEntropy);
}

/// <summary>A loss that is a sum over tokens of what their values say.</summary>
public interface IValueLoss
{
    /// <summary>Adds the loss of some values to what it has, and gives its derivatives.</summary>
    /// <param name="first">Number of the first of them.</param>
    /// <param name="values">What the value head says.</param>
    /// <param name="byValue">Filled with the derivative by each.</param>
    void Add(int first, ReadOnlySpan<float> values, Span<float> byValue);
}

/// <summary>The settings of a proximal policy loss of tokens.</summary>
/// <param name="ClipLow">Ratios below 1 minus this are clipped; from 0 to 1.</param>
/// <param name="ClipHigh">Ratios above 1 plus this are clipped; at least 0.</param>
/// <param name="DualClip">Where the advantage is negative, the loss is no more than this times its size; above 1, or null for no such limit.</param>
/// <param name="EntropyWeight">Weight of the entropy bonus.</param>
/// <param name="KlWeight">Weight of the estimated KL to a reference; 0 where there is none.</param>
public sealed record PpoTokenSettings(double ClipLow = 0.2, double ClipHigh = 0.2, double? DualClip = null, double EntropyWeight = 0, double KlWeight = 0);

/// <summary>What a loss was made of, means over tokens.</summary>
/// <param name="Loss">The whole.</param>
/// <param name="Policy">The clipped surrogate.</param>
/// <param name="Entropy">In nats.</param>
/// <param name="Kl">exp(ref - new) - (ref - new) - 1, an estimate of the KL to the reference that is never negative.</param>
/// <param name="ClippedFraction">Of how many tokens the clipped loss counts, which has no slope.</param>
public sealed record PpoTokenReport(double Loss, double Policy, double Entropy, double Kl, double ClippedFraction);

/// <summary>
/// PPO token by token: mean(-min(ratio A, clip(ratio) A)) - entropyWeight mean(H) + klWeight mean(exp(ref - new) - (ref - new) - 1), with
/// ratio = exp(new - old), over all tokens of a minibatch, however it is cut into micro-batches.
/// </summary>
/// <param name="settings">Clip ranges and weights.</param>
/// <param name="oldLogProbabilities">Of the policy that sampled, one for each prediction.</param>
/// <param name="advantages">One for each prediction.</param>
/// <param name="references">Of the reference policy; null where there is none.</param>
/// <param name="tokens">Tokens of the minibatch, over which is averaged.</param>
public sealed class PpoTokenLoss(PpoTokenSettings settings, ReadOnlyMemory<float> oldLogProbabilities, ReadOnlyMemory<float> advantages, ReadOnlyMemory<float>? references, long tokens) : ITokenLoss
{
    /// <summary>Where ratios end: their exponentials are finite.</summary>
    private const float LargestExponent = 80;

    private double _policy;
    private double _entropy;
    private double _kl;
    private long _clipped;

    /// <inheritdoc/>
    public bool UsesEntropy => true;

    /// <summary>What it is made of so far, divided by the tokens of the minibatch.</summary>
    public PpoTokenReport Report => new(
        (_policy - settings.EntropyWeight * _entropy + settings.KlWeight * _kl) / tokens, _policy / tokens, _entropy / tokens, _kl / tokens, (double)_clipped / tokens);

    /// <inheritdoc/>
    public void Add(int first, ReadOnlySpan<float> logProbabilities, ReadOnlySpan<float> entropies, Span<float> byLogProbability, Span<float> byEntropy)
    {
        var old = oldLogProbabilities.Span[first..];
        var advantage = advantages.Span[first..];
        var reference = references is { } given ? given.Span[first..] : default;
        var (low, high) = ((float)(1 - settings.ClipLow), (float)(1 + settings.ClipHigh));
        for (var i = 0; i < logProbabilities.Length; i++)
        {
            var a = advantage[i];
            var ratio = MathF.Exp(Math.Clamp(logProbabilities[i] - old[i], -LargestExponent, LargestExponent));
            var clipped = Math.Clamp(ratio, low, high);

            // The larger of the two losses counts; the clipped one has no slope where it differs from the other.
            var (loss, slope) = (-ratio * a, -ratio * a);
            if (clipped * a < ratio * a)
            {
                (loss, slope) = (-clipped * a, 0);
                _clipped++;
            }

            if (settings.DualClip is { } dual && a < 0 && loss > -(float)dual * a) (loss, slope) = (-(float)dual * a, 0);
            if (!reference.IsEmpty)
            {
                var difference = Math.Clamp(reference[i] - logProbabilities[i], -LargestExponent, LargestExponent);
                var exponential = MathF.Exp(difference);
                _kl += exponential - difference - 1;
                slope += (float)settings.KlWeight * (1 - exponential);
            }

            _policy += loss;
            _entropy += entropies[i];
            byLogProbability[i] = slope / tokens;
            byEntropy[i] = (float)(-settings.EntropyWeight / tokens);
        }
    }
}

/// <summary>Minus the mean log-probability of tokens: what a model is trained with on texts.</summary>
/// <param name="tokens">Tokens of the minibatch, over which is averaged.</param>
public sealed class CrossEntropyLoss(long tokens) : ITokenLoss
{
    private double _sum;

    /// <inheritdoc/>
    public bool UsesEntropy => false;

    /// <summary>The loss so far, divided by the tokens of the minibatch.</summary>
    public double Loss => _sum / tokens;

    /// <inheritdoc/>
    public void Add(int first, ReadOnlySpan<float> logProbabilities, ReadOnlySpan<float> entropies, Span<float> byLogProbability, Span<float> byEntropy)
    {
        foreach (var logProbability in logProbabilities) _sum -= logProbability;
        byLogProbability.Fill(-1f / tokens);
        byEntropy.Clear();
    }
}

/// <summary>
/// A critic's loss: half the mean squared distance of values to returns. With a clip range, of this and the same for values kept within the range about
/// what they were, the larger one counts.
/// </summary>
/// <param name="returns">One for each value.</param>
/// <param name="oldValues">What the critic said when the tokens were sampled; needed where values are clipped.</param>
/// <param name="clip">Clip range, above 0; null for none.</param>
/// <param name="tokens">Tokens of the minibatch, over which is averaged.</param>
public sealed class SquaredValueLoss(ReadOnlyMemory<float> returns, ReadOnlyMemory<float> oldValues, double? clip, long tokens) : IValueLoss
{
    private double _sum;

    /// <summary>The loss so far, divided by the tokens of the minibatch.</summary>
    public double Loss => _sum / tokens;

    /// <inheritdoc/>
    public void Add(int first, ReadOnlySpan<float> values, Span<float> byValue)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var error = values[i] - returns.Span[first + i];
            var (loss, slope) = (error * error / 2, error);
            if (clip is { } range)
            {
                var old = oldValues.Span[first + i];
                var kept = Math.Clamp(values[i], old - (float)range, old + (float)range);
                var keptError = kept - returns.Span[first + i];
                if (keptError * keptError / 2 > loss) (loss, slope) = (keptError * keptError / 2, kept == values[i] ? keptError : 0);
            }

            _sum += loss;
            byValue[i] = slope / tokens;
        }
    }
}

/// <summary>A step of Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
/// <param name="LearningRate">At least 0.</param>
/// <param name="FirstBeta">Decay of the first moments, from 0 to below 1.</param>
/// <param name="SecondBeta">Decay of the second moments, from 0 to below 1.</param>
/// <param name="Epsilon">Above 0.</param>
/// <param name="WeightDecay">Of all parameters, at least 0.</param>
/// <param name="MaxGradientNorm">Limit of the gradient's norm, above 0; null for none.</param>
public sealed record AdamWSettings(double LearningRate, double FirstBeta = 0.9, double SecondBeta = 0.999, double Epsilon = 1e-8, double WeightDecay = 0.01, double? MaxGradientNorm = 1)
{
    /// <summary>Refuses what is out of range.</summary>
    /// <exception cref="SrpoException">A field is.</exception>
    public void ThrowIfInvalid()
    {
        Check(LearningRate >= 0 && double.IsFinite(LearningRate), "learning rate", LearningRate, "a number of at least 0");
        Check(FirstBeta is >= 0 and < 1, "first beta", FirstBeta, "a number from 0 to below 1");
        Check(SecondBeta is >= 0 and < 1, "second beta", SecondBeta, "a number from 0 to below 1");
        Check(Epsilon > 0 && double.IsFinite(Epsilon), "epsilon", Epsilon, "a number above 0");
        Check(WeightDecay >= 0 && double.IsFinite(WeightDecay), "weight decay", WeightDecay, "a number of at least 0");
        Check(MaxGradientNorm is null or > 0, "largest gradient norm", MaxGradientNorm ?? 0, "a number above 0");

        static void Check(bool holds, string name, double value, string use)
        {
            if (!holds) throw new SrpoException(ErrorKind.Usage, FormattableString.Invariant($"{name} {value} is out of range; use {use}"));
        }
    }
}
