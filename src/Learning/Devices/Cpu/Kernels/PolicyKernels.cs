using System.Runtime.CompilerServices;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// Softmax policies and the gradients of their objectives with respect to the logits. Rows are padded to
/// <see cref="Padding.Width"/> columns; padding holds zeros before and after. Sums over actions run in index order.
/// </summary>
internal static unsafe class PolicyKernels<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Numbers that go through the steps of a softmax together: what the first cache holds.</summary>
    private const int NumbersTogether = 4096;

    /// <summary>Actions are turned over in such numbers.</summary>
    private const int TurnedActions = 8;

    /// <summary>Rows whose ratios are made together.</summary>
    private const int RatiosTogether = 8;

    /// <summary>p = softmax(z) and log p; z and log p may be the same memory.</summary>
    /// <param name="logits">[rows x stride].</param>
    /// <param name="mask">[stride] 1 for actions, 0 for padding; or [rows x stride] 0 for illegal actions too, at least one 1 per row.</param>
    /// <param name="maskStride">0 for one mask for all rows, else stride.</param>
    /// <param name="logProbabilities">[rows x stride].</param>
    /// <param name="probabilities">[rows x stride].</param>
    /// <param name="rows">Any number.</param>
    /// <param name="actions">Number of actions.</param>
    /// <param name="stride">Actions, padded.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void LogSoftmax(
        float* logits, float* mask, int maskStride, float* logProbabilities, float* probabilities, int rows, int actions, int stride)
    {
        // Turned over, so that vectors hold one action of many rows: no lane is padding, and a row's sums are made beside those of others.
        var turned = (actions + TurnedActions - 1) & ~(TurnedActions - 1);
        var together = Math.Min(Padding.Pad(rows), Math.Max(Padding.Width, NumbersTogether / turned & ~(Padding.Width - 1)));
        var size = turned * together;
        var logs = stackalloc float[size];
        var exponentials = stackalloc float[size];
        var inside = stackalloc float[size];
        new Span<float>(exponentials + (actions * together), (turned - actions) * together).Clear();
        for (var a = 0; maskStride == 0 && a < actions; a++) new Span<float>(inside + (a * together), together).Fill(mask[a]);
        for (var row = 0; row < rows; row += together)
        {
            var count = Math.Min(together, rows - row);
            var (offset, maskOffset) = (row * stride, row * maskStride);
            if (count < together)
            {
                // Rows that are none have logits 0, all legal.
                new Span<float>(logs, size).Clear();
                if (maskStride > 0) new Span<float>(inside, size).Fill(1f);
            }

            Transposition.Run(logits + offset, stride, logs, together, count, turned);
            if (maskStride > 0) Transposition.Run(mask + maskOffset, stride, inside, together, count, turned);
            Normalise(logs, inside, exponentials, together, actions);
            Transposition.Run(logs, together, logProbabilities + offset, stride, turned, count);
            Transposition.Run(exponentials, together, probabilities + offset, stride, turned, count);
        }
    }

    /// <summary>Softmax of rows that are turned over.</summary>
    /// <param name="logs">[actions x rows] logits, replaced by log p.</param>
    /// <param name="mask">[actions x rows].</param>
    /// <param name="exponentials">[actions x rows] is set to p.</param>
    /// <param name="rows">How many, padded.</param>
    /// <param name="actions">Number of actions.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void Normalise(float* logs, float* mask, float* exponentials, int rows, int actions)
    {
        var totals = stackalloc float[rows];
        var logTotals = stackalloc float[rows];
        var one = TSimd.Broadcast(1f);
        var far = TSimd.Broadcast(float.MaxValue);
        var all = actions * rows;
        for (var r = 0; r < rows; r += TSimd.Lanes)
        {
            // Logits minus the largest legal one of their row. Illegal logits may be larger: they become 0 before anything overflows.
            var max = TSimd.FusedMultiplyAdd(TSimd.Subtract(TSimd.Load(mask + r), one), far, TSimd.Load(logs + r));
            for (var i = r + rows; i < all; i += rows)
                max = TSimd.Max(max, TSimd.FusedMultiplyAdd(TSimd.Subtract(TSimd.Load(mask + i), one), far, TSimd.Load(logs + i)));
            var sum = TSimd.Zero;
            for (var i = r; i < all; i += rows)
            {
                var legal = TSimd.Load(mask + i);
                var difference = TSimd.Multiply(legal, TSimd.Subtract(TSimd.Load(logs + i), max));
                var exponential = TSimd.Multiply(legal, ElementwiseKernels<TSimd, TVector>.ExpOf(difference));
                TSimd.Store(difference, logs + i);
                TSimd.Store(exponential, exponentials + i);
                sum = TSimd.Add(sum, exponential);
            }

            TSimd.Store(sum, totals + r);
            TSimd.Store(sum, logTotals + r);
        }

        DeterministicMath.Log(logTotals, rows);
        for (var r = 0; r < rows; r += TSimd.Lanes)
        {
            var total = TSimd.Load(totals + r);
            var logTotal = TSimd.Load(logTotals + r);
            for (var i = r; i < all; i += rows)
            {
                var legal = TSimd.Load(mask + i);
                TSimd.Store(TSimd.Multiply(legal, TSimd.Divide(TSimd.Load(exponentials + i), total)), exponentials + i);
                TSimd.Store(TSimd.Multiply(legal, TSimd.Subtract(TSimd.Load(logs + i), logTotal)), logs + i);
            }
        }
    }

    /// <summary>
    /// Gradient with respect to the logits of PPO's clipped surrogate, as a loss: -sum over samples min(rho A, clip(rho) A).
    /// Samples of one row and action share rho, so only the sums of their positive and of their negative advantages matter.
    /// </summary>
    /// <param name="terms">Where the row's numbers are.</param>
    /// <param name="ratio">[stride] rho of every action.</param>
    /// <param name="gradient">[stride] is set.</param>
    /// <param name="clip">eta.</param>
    /// <param name="scale">1 / number of samples.</param>
    /// <param name="actions">Number of actions.</param>
    /// <param name="stride">Actions, padded.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Surrogate(in PolicyRow terms, float* ratio, float* gradient, float clip, float scale, int actions, int stride)
    {
        var high = TSimd.Broadcast(1f + clip);
        var low = TSimd.Broadcast(1f - clip);
        for (var j = 0; j < stride; j += TSimd.Lanes)
        {
            // A > 0 counts while rho <= 1 + eta, A < 0 while rho >= 1 - eta; beyond, the minimum is the clipped, constant term.
            var rho = TSimd.Load(ratio + j);
            var active = TSimd.Add(
                TSimd.WhereAtMost(rho, high, TSimd.Load(terms.PositiveAdvantages + j)),
                TSimd.WhereAtMost(low, rho, TSimd.Load(terms.NegativeAdvantages + j)));
            TSimd.Store(TSimd.Multiply(rho, active), gradient + j);
        }

        var sum = 0f;
        for (var a = 0; a < actions; a++) sum += gradient[a];
        var total = TSimd.Broadcast(sum);
        var factor = TSimd.Broadcast(scale);
        for (var j = 0; j < stride; j += TSimd.Lanes)
        {
            var towards = TSimd.Subtract(TSimd.Multiply(TSimd.Load(terms.Probabilities + j), total), TSimd.Load(gradient + j));
            TSimd.Store(TSimd.Multiply(towards, factor), gradient + j);
        }
    }

    /// <summary>Adds the gradient of -weight H(p) = weight sum p log p: weight p (log p + H).</summary>
    /// <returns>The entropy H, nats.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Entropy(in PolicyRow terms, float* gradient, float weight, int actions, int stride)
    {
        var entropy = 0f;
        for (var a = 0; a < actions; a++) entropy -= terms.Probabilities[a] * terms.LogProbabilities[a];
        if (weight == 0f) return entropy;
        var h = TSimd.Broadcast(entropy);
        var w = TSimd.Broadcast(weight);
        for (var j = 0; j < stride; j += TSimd.Lanes)
        {
            var slope = TSimd.Multiply(TSimd.Load(terms.Probabilities + j), TSimd.Add(TSimd.Load(terms.LogProbabilities + j), h));
            TSimd.Store(TSimd.FusedMultiplyAdd(w, slope, TSimd.Load(gradient + j)), gradient + j);
        }

        return entropy;
    }

    /// <summary>Adds the gradient of weight KL(q || p) with q fixed: weight (p - q).</summary>
    /// <returns>KL(q || p), nats.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float KlFromTarget(in PolicyRow terms, float* gradient, float weight, int actions, int stride)
    {
        var kl = 0f;
        for (var a = 0; a < actions; a++)
            kl += terms.TargetProbabilities[a] * (terms.TargetLogProbabilities[a] - terms.LogProbabilities[a]);
        var w = TSimd.Broadcast(weight);
        for (var j = 0; j < stride; j += TSimd.Lanes)
        {
            var slope = TSimd.Subtract(TSimd.Load(terms.Probabilities + j), TSimd.Load(terms.TargetProbabilities + j));
            TSimd.Store(TSimd.FusedMultiplyAdd(w, slope, TSimd.Load(gradient + j)), gradient + j);
        }

        return kl;
    }

    /// <summary>Adds the gradient of weight KL(p || q) with q fixed: weight p (log(p/q) - KL).</summary>
    /// <returns>KL(p || q), nats.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float KlToTarget(in PolicyRow terms, float* gradient, float weight, int actions, int stride)
    {
        var kl = 0f;
        for (var a = 0; a < actions; a++)
            kl += terms.Probabilities[a] * (terms.LogProbabilities[a] - terms.TargetLogProbabilities[a]);
        var mean = TSimd.Broadcast(kl);
        var w = TSimd.Broadcast(weight);
        for (var j = 0; j < stride; j += TSimd.Lanes)
        {
            var difference = TSimd.Subtract(TSimd.Load(terms.LogProbabilities + j), TSimd.Load(terms.TargetLogProbabilities + j));
            var slope = TSimd.Multiply(TSimd.Load(terms.Probabilities + j), TSimd.Subtract(difference, mean));
            TSimd.Store(TSimd.FusedMultiplyAdd(w, slope, TSimd.Load(gradient + j)), gradient + j);
        }

        return kl;
    }

    /// <summary>rho, the ratio to the probability of the policy that played, of every action of some rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Ratios(in PolicyBlock block, int row, int rows, float* ratios)
    {
        var terms = block.Row(row);
        var count = rows * block.Stride;
        for (var j = 0; j < count; j += TSimd.Lanes)
            TSimd.Store(TSimd.Subtract(TSimd.Load(terms.LogProbabilities + j), TSimd.Load(terms.OldLogProbabilities + j)), ratios + j);
        ElementwiseKernels<TSimd, TVector>.Exp(ratios, count);
    }

    /// <summary>The whole gradient of a policy's loss for a block of rows, and what to report.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(in PolicyBlock block, in PolicyObjective objective, float* gradient, ref PolicySums sums)
    {
        var stride = block.Stride;
        var ratios = stackalloc float[RatiosTogether * stride];
        for (var r = 0; r < block.Rows; r++, gradient += stride)
        {
            if (r % RatiosTogether == 0) Ratios(block, r, Math.Min(RatiosTogether, block.Rows - r), ratios);
            var ratio = ratios + (r % RatiosTogether * stride);
            var terms = block.Row(r);
            var count = block.Counts[r];
            Surrogate(terms, ratio, gradient, objective.Clip, objective.Scale, block.Actions, stride);
            var share = count * objective.Scale;
            sums.Entropy += count * Entropy(terms, gradient, objective.EntropyWeight * share, block.Actions, stride);
            if (terms.TargetProbabilities != null)
            {
                sums.Kl += count * (objective.KlToTarget
                    ? KlToTarget(terms, gradient, objective.KlWeight * share, block.Actions, stride)
                    : KlFromTarget(terms, gradient, objective.KlWeight * share, block.Actions, stride));
            }

            if (!objective.CountLoss) continue;
            for (var a = 0; a < block.Actions; a++)
            {
                var rho = ratio[a];
                sums.Surrogate += (Math.Min(rho, 1f + objective.Clip) * terms.PositiveAdvantages[a]) + (Math.Max(rho, 1f - objective.Clip) * terms.NegativeAdvantages[a]);
                if (rho > 1f + objective.Clip || rho < 1f - objective.Clip) sums.Clipped += terms.Visits[a];
            }
        }
    }
}

/// <summary>Weights of a policy's loss.</summary>
internal readonly record struct PolicyObjective(
    float Clip, float Scale, float EntropyWeight, float KlWeight, bool KlToTarget, bool CountLoss);

/// <summary>What is summed over samples while gradients are made.</summary>
internal struct PolicySums
{
    /// <summary>Counted where clipped samples are.</summary>
    public double Surrogate;
    public double Entropy;
    public double Kl;
    public double Clipped;
}

/// <summary>Where the numbers of one row are; each points at [stride] floats.</summary>
internal readonly unsafe struct PolicyRow
{
    public required float* LogProbabilities { get; init; }

    public required float* Probabilities { get; init; }

    public required float* OldLogProbabilities { get; init; }

    public required float* PositiveAdvantages { get; init; }

    public required float* NegativeAdvantages { get; init; }

    public required float* Visits { get; init; }

    /// <summary>The partner's policy that an adversary is held to; null for agents.</summary>
    public required float* TargetProbabilities { get; init; }

    public required float* TargetLogProbabilities { get; init; }
}

/// <summary>A block of rows; each points at [Rows x Stride] floats, Counts at [Rows].</summary>
internal readonly unsafe struct PolicyBlock
{
    public required int Rows { get; init; }

    public required int Actions { get; init; }

    public required int Stride { get; init; }

    public required PolicyRow First { get; init; }

    /// <summary>[Rows] number of samples of each row.</summary>
    public required float* Counts { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PolicyRow Row(int row)
    {
        var offset = row * Stride;
        return new PolicyRow
        {
            LogProbabilities = First.LogProbabilities + offset,
            Probabilities = First.Probabilities + offset,
            OldLogProbabilities = First.OldLogProbabilities + offset,
            PositiveAdvantages = First.PositiveAdvantages + offset,
            NegativeAdvantages = First.NegativeAdvantages + offset,
            Visits = First.Visits + offset,
            TargetProbabilities = First.TargetProbabilities == null ? null : First.TargetProbabilities + offset,
            TargetLogProbabilities = First.TargetLogProbabilities == null ? null : First.TargetLogProbabilities + offset,
        };
    }
}
