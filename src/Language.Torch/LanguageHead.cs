using Srpo.Language.Training;
using Srpo.Learning.Torch;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Srpo.Language.Torch;

/// <summary>
/// From hidden states to log-probabilities, entropies and derivatives. A vocabulary is large: logits exist for some tokens at a time, in 32-bit floats for a
/// few, and their derivatives take their place.
/// </summary>
internal static class LanguageHead
{
    /// <summary>Bytes of logits at the same time: just below what the allocator gives back to the system each time, to fetch it anew.</summary>
    private const long Chunk = (32L << 20) - 4096;

    /// <summary>Of them as 32-bit floats, so that they stay in a processor's cache.</summary>
    private const long BlockOnProcessor = 1L << 20;

    /// <summary>Log-probabilities of targets.</summary>
    /// <param name="hidden">[tokens, width], normalised.</param>
    /// <param name="head">[vocabulary, width].</param>
    /// <param name="targets">A token for each.</param>
    /// <param name="temperature">What logits are divided by.</param>
    /// <param name="logProbabilities">One for each.</param>
    /// <param name="entropies">One for each, or empty.</param>
    public static void Score(Tensor hidden, Tensor head, IReadOnlyList<int> targets, double temperature, Span<float> logProbabilities, Span<float> entropies) =>
        Run(hidden, head, targets, temperature, logProbabilities, entropies, null, null);

    /// <summary>Tells a loss log-probabilities and entropies, and takes its derivatives back.</summary>
    /// <param name="hidden">[tokens, width], normalised.</param>
    /// <param name="head">[vocabulary, width].</param>
    /// <param name="targets">A token for each.</param>
    /// <param name="temperature">What logits are divided by.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="headGradient">[vocabulary, width] 32-bit floats to which the head's gradient is added; null where it does not learn.</param>
    /// <returns>[tokens, width] the derivative by the hidden states.</returns>
    public static Tensor Learn(Tensor hidden, Tensor head, IReadOnlyList<int> targets, double temperature, ITokenLoss loss, Tensor? headGradient)
    {
        var slopes = empty_like(hidden);
        Run(hidden, head, targets, temperature, default, default, new Learning(loss, headGradient, slopes), loss);
        return slopes;
    }

    private sealed record Learning(ITokenLoss Loss, Tensor? HeadGradient, Tensor Slopes);

    private static void Run(Tensor hidden, Tensor head, IReadOnlyList<int> targets, double temperature, Span<float> logProbabilities, Span<float> entropies, Learning? learning, ITokenLoss? loss)
    {
        var (tokens, vocabulary) = ((int)hidden.shape[0], head.shape[0]);
        var rows = (int)Math.Clamp(Chunk / (vocabulary * hidden.ElementSize), 1, tokens);
        var few = hidden.device_type == TorchSharp.DeviceType.CPU ? (int)Math.Clamp(BlockOnProcessor / vocabulary, 1, rows) : rows;
        var usesEntropy = learning is null ? !entropies.IsEmpty : loss!.UsesEntropy;
        var buffers = new float[4][];
        for (var i = 0; i < buffers.Length; i++) buffers[i] = new float[few];
        for (var from = 0; from < tokens; from += rows)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(rows, tokens - from);
            var states = hidden.narrow(0, from, count);
            var logits = F.linear(states, head);
            for (var block = 0; block < count; block += few)
            {
                using var blockScope = NewDisposeScope();
                var (first, size) = (from + block, Math.Min(few, count - block));
                var raw = logits.narrow(0, block, size);
                var wide = raw.to(ScalarType.Float32);
                if (temperature != 1) wide = wide.div(Scalars.Of(temperature));
                var target = tensor([.. Enumerable.Range(first, size).Select(i => (long)targets[i])], [size, 1], device: hidden.device);
                var all = F.log_softmax(wide, 1);
                var logs = buffers[0].AsSpan(0, size);
                TensorMemory.Read(all.gather(1, target), logs);
                var entropy = buffers[1].AsSpan(0, size);
                entropy.Clear();
                var probabilities = learning is not null || usesEntropy ? all.exp() : null;
                var spread = usesEntropy ? probabilities!.mul(all).sum(1, true).neg() : null;
                if (spread is not null) TensorMemory.Read(spread, entropy);
                if (learning is null)
                {
                    logs.CopyTo(logProbabilities[first..]);
                    if (usesEntropy) entropy.CopyTo(entropies[first..]);
                    continue;
                }

                var byLog = buffers[2].AsSpan(0, size);
                var byEntropy = buffers[3].AsSpan(0, size);
                learning.Loss.Add(first, logs, entropy, byLog, byEntropy);

                // By a logit: g (1[target] - p) - e p (log p + H), with g and e the derivatives by log-probability and entropy.
                var g = tensor(byLog.ToArray(), [size, 1], device: hidden.device);
                Tensor slope;
                if (usesEntropy)
                {
                    var e = tensor(byEntropy.ToArray(), [size, 1], device: hidden.device);
                    slope = probabilities!.mul_(all.mul(e.neg()).sub_(g.add(e.mul(spread!), Scalars.One)));
                }
                else
                {
                    slope = probabilities!.mul_(g.neg());
                }

                slope.scatter_add_(1, target, g);
                if (temperature != 1) slope.div_(Scalars.Of(temperature));
                raw.copy_(slope);
            }

            if (learning is null) continue;
            learning.Slopes.narrow(0, from, count).copy_(mm(logits, head));
            learning.HeadGradient?.add_(mm(logits.t(), states), Scalars.One);
        }
    }
}
