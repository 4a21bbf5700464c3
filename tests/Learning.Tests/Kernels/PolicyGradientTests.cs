using Srpo.Learning.Kernels;

namespace Srpo.Learning.Tests.Kernels;

/// <summary>
/// The gradient with respect to the logits of each term of a policy's loss, against central differences of the loss
/// written out sample by sample in plain doubles.
/// </summary>
public sealed unsafe class PolicyGradientTests
{
    private const int Actions = 5;
    private const int Stride = 16;
    private const int Rows = 7;

    private sealed record Sample(int Row, int Action, double Advantage);

    private sealed class Case
    {
        public double[] Logits { get; } = new double[Rows * Actions];

        public double[] OldLogits { get; } = new double[Rows * Actions];

        public double[] TargetLogits { get; } = new double[Rows * Actions];

        public List<Sample> Samples { get; } = [];
    }

    private static Case MakeCase(double drift)
    {
        var random = TestData.Stream(10);
        var made = new Case();
        for (var i = 0; i < made.Logits.Length; i++)
        {
            made.OldLogits[i] = random.NextNormal();
            made.Logits[i] = made.OldLogits[i] + (drift * random.NextNormal());
            made.TargetLogits[i] = random.NextNormal();
        }

        for (var i = 0; i < 60; i++) made.Samples.Add(new Sample(i % Rows, random.NextInt32(Actions), random.NextNormal()));
        return made;
    }

    private static double[] LogSoftmax(double[] logits, int row)
    {
        var z = logits.AsSpan(row * Actions, Actions).ToArray();
        var log = Math.Log(z.Sum(Math.Exp));
        return [.. z.Select(x => x - log)];
    }

    private static double Loss(Case c, double[] logits, double clip, double entropy, double klWeight, bool klToTarget, bool useTarget)
    {
        var loss = 0.0;
        foreach (var sample in c.Samples)
        {
            var log = LogSoftmax(logits, sample.Row);
            var old = LogSoftmax(c.OldLogits, sample.Row);
            var rho = Math.Exp(log[sample.Action] - old[sample.Action]);
            loss -= Math.Min(rho * sample.Advantage, Math.Clamp(rho, 1 - clip, 1 + clip) * sample.Advantage);
            loss += entropy * log.Sum(l => Math.Exp(l) * l);
            if (!useTarget) continue;
            var target = LogSoftmax(c.TargetLogits, sample.Row);
            loss += klWeight * (klToTarget
                ? log.Zip(target, (l, q) => Math.Exp(l) * (l - q)).Sum()
                : log.Zip(target, (l, q) => Math.Exp(q) * (q - l)).Sum());
        }

        return loss / c.Samples.Count;
    }

    private static (float[] Gradient, PolicySums Sums) Shipped(
        Case c, KernelSet kernels, double clip, double entropy, double klWeight, bool klToTarget, bool useTarget)
    {
        var mask = new float[Stride];
        mask.AsSpan(0, Actions).Fill(1f);
        var (log, p) = Softmax(c.Logits);
        var (old, _) = Softmax(c.OldLogits);
        var (targetLog, target) = Softmax(c.TargetLogits);
        var (positive, negative, visits) = (new float[Rows * Stride], new float[Rows * Stride], new float[Rows * Stride]);
        var counts = new float[Rows];
        foreach (var s in c.Samples)
        {
            (s.Advantage > 0 ? positive : negative)[(s.Row * Stride) + s.Action] += (float)s.Advantage;
            visits[(s.Row * Stride) + s.Action]++;
            counts[s.Row]++;
        }

        var gradient = new float[Rows * Stride];
        var sums = default(PolicySums);
        fixed (float* pl = log, pp = p, po = old, ptl = targetLog, pt = target, pos = positive, neg = negative, pv = visits, pc = counts, pg = gradient)
        {
            var block = new PolicyBlock
            {
                Rows = Rows,
                Actions = Actions,
                Stride = Stride,
                Counts = pc,
                First = new PolicyRow
                {
                    LogProbabilities = pl,
                    Probabilities = pp,
                    OldLogProbabilities = po,
                    PositiveAdvantages = pos,
                    NegativeAdvantages = neg,
                    Visits = pv,
                    TargetProbabilities = useTarget ? pt : null,
                    TargetLogProbabilities = useTarget ? ptl : null,
                },
            };
            var objective = new PolicyObjective((float)clip, 1f / c.Samples.Count, (float)entropy, (float)klWeight, klToTarget, true);
            kernels.PolicyGradient(block, objective, pg, ref sums);
        }

        return (gradient, sums);

        (float[] Log, float[] Probabilities) Softmax(double[] logits)
        {
            var z = new float[Rows * Stride];
            for (var r = 0; r < Rows; r++)
            {
                for (var a = 0; a < Actions; a++) z[(r * Stride) + a] = (float)logits[(r * Actions) + a];
            }

            var probabilities = new float[z.Length];
            fixed (float* pz = z, pm = mask, pp = probabilities) kernels.LogSoftmax(pz, pm, pz, pp, Rows, Actions, Stride);
            return (z, probabilities);
        }
    }

    [Theory]
    [InlineData(0.0, 0.2, 0.0, 0.0, false, false)] // surrogate alone, first epoch: every ratio is 1
    [InlineData(0.3, 0.2, 0.0, 0.0, false, false)] // surrogate with clipping on both sides
    [InlineData(0.3, 0.2, 0.1, 0.0, false, false)] // and entropy
    [InlineData(0.3, 0.2, 0.0, 0.7, false, true)] // and KL from the partner's policy to the adversary
    [InlineData(0.3, 0.2, 0.0, 0.7, true, true)] // and KL from the adversary to the partner's policy
    [InlineData(0.5, 0.05, 0.3, 2.0, true, true)]
    public void Gradients_are_the_slopes_of_the_loss(double drift, double clip, double entropy, double kl, bool klToTarget, bool useTarget)
    {
        var c = MakeCase(drift);
        var (gradient, _) = Shipped(c, KernelSet.Default, clip, entropy, kl, klToTarget, useTarget);
        const double Step = 1e-6;
        var largest = 0.0;
        for (var r = 0; r < Rows; r++)
        {
            for (var a = 0; a < Actions; a++)
            {
                var (up, down) = ((double[])c.Logits.Clone(), (double[])c.Logits.Clone());
                up[(r * Actions) + a] += Step;
                down[(r * Actions) + a] -= Step;
                var slope = (Loss(c, up, clip, entropy, kl, klToTarget, useTarget) - Loss(c, down, clip, entropy, kl, klToTarget, useTarget)) / (2 * Step);
                Assert.Equal(slope, gradient[(r * Stride) + a], 2e-6);
                largest = Math.Max(largest, Math.Abs(slope));
            }

            for (var pad = Actions; pad < Stride; pad++) Assert.Equal(0f, gradient[(r * Stride) + pad]);
        }

        Assert.True(largest > 1e-2, "the gradients compared are not all near zero");
    }

    [Fact]
    public void Every_width_gives_the_same_bits()
    {
        var c = MakeCase(0.3);
        var results = TestData.AllKernels.Select(k => Shipped(c, k, 0.2, 0.1, 0.5, true, true)).ToArray();
        Assert.Equal(results[0].Gradient, results[1].Gradient);
        Assert.Equal(results[0].Gradient, results[2].Gradient);
    }

    [Fact]
    public void Sums_are_those_of_the_samples()
    {
        var c = MakeCase(0.4);
        var (_, sums) = Shipped(c, KernelSet.Default, 0.2, 0.1, 0.5, false, true);
        double entropy = 0, kl = 0, clipped = 0;
        foreach (var s in c.Samples)
        {
            var log = LogSoftmax(c.Logits, s.Row);
            var target = LogSoftmax(c.TargetLogits, s.Row);
            entropy -= log.Sum(l => Math.Exp(l) * l);
            kl += log.Zip(target, (l, q) => Math.Exp(q) * (q - l)).Sum();
            var rho = Math.Exp(log[s.Action] - LogSoftmax(c.OldLogits, s.Row)[s.Action]);
            if (Math.Abs(rho - 1) > 0.2) clipped++;
        }

        Assert.Equal(entropy, sums.Entropy, 1e-4);
        Assert.Equal(kl, sums.Kl, 1e-4);
        Assert.Equal(clipped, sums.Clipped);
        Assert.True(clipped > 5);
    }
}
