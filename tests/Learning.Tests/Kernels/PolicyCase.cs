using Srpo.Core.Settings;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning.Tests.Kernels;

/// <summary>One sample of a policy's batch.</summary>
internal sealed record CaseSample(int Row, int Action, double Advantage);

/// <summary>Weights of a policy's loss.</summary>
internal sealed record LossTerms(double Clip, double Entropy, double Kl, bool KlToTarget, bool UseTarget);

/// <summary>
/// A batch of a softmax policy: its loss in plain doubles, and the kernels' gradient of it. Sums run over
/// legal actions.
/// </summary>
internal sealed unsafe class PolicyCase
{
    public const int Rows = 7;

    /// <param name="actions">Number of actions.</param>
    /// <param name="drift">How far the policy has moved from the one that played.</param>
    /// <param name="masks">Whether some actions are illegal; their logits are the largest.</param>
    public PolicyCase(int actions, double drift, bool masks)
    {
        var random = TestData.Stream(10);
        (Actions, Stride) = (actions, Padding.Pad(actions));
        (Logits, OldLogits, TargetLogits) = (new double[Rows * actions], new double[Rows * actions], new double[Rows * actions]);
        Legal = new bool[Rows * actions];
        for (var i = 0; i < Logits.Length; i++)
        {
            OldLogits[i] = random.NextNormal();
            Logits[i] = OldLogits[i] + (drift * random.NextNormal());
            TargetLogits[i] = random.NextNormal();
            Legal[i] = true;
        }

        for (var i = 0; masks && i < Logits.Length; i++)
        {
            // Row 0 has one legal action, row 1 all.
            var (row, action) = (i / actions, i % actions);
            Legal[i] = row == 0 ? action == 2 : row == 1 || action == row % actions || random.NextInt32(2) == 0;
            if (!Legal[i]) (Logits[i], OldLogits[i], TargetLogits[i]) = (9, 8, 7);
        }

        while (Samples.Count < 12 * actions)
        {
            var sample = new CaseSample(Samples.Count % Rows, random.NextInt32(actions), random.NextNormal());
            if (Legal[(sample.Row * actions) + sample.Action]) Samples.Add(sample);
        }
    }

    public int Actions { get; }

    public int Stride { get; }

    public double[] Logits { get; }

    public double[] OldLogits { get; }

    public double[] TargetLogits { get; }

    public bool[] Legal { get; }

    public List<CaseSample> Samples { get; } = [];

    /// <summary>Logarithms of the probabilities; those of illegal actions, whose probability is 0, are left at 0.</summary>
    public double[] LogSoftmax(double[] logits, int row)
    {
        var z = logits.AsSpan(row * Actions, Actions).ToArray();
        var log = Math.Log(z.Where((_, a) => IsLegal(row, a)).Sum(Math.Exp));
        return [.. z.Select((x, a) => IsLegal(row, a) ? x - log : 0)];
    }

    public bool IsLegal(int row, int action) => Legal[(row * Actions) + action];

    public double Entropy(int row, double[] logits) => -Sum(row, LogSoftmax(logits, row), l => Math.Exp(l) * l);

    public double Kl(int row, double[] logits, bool toTarget)
    {
        var (log, target) = (LogSoftmax(logits, row), LogSoftmax(TargetLogits, row));
        return Enumerable.Range(0, Actions).Where(a => IsLegal(row, a))
            .Sum(a => toTarget ? Math.Exp(log[a]) * (log[a] - target[a]) : Math.Exp(target[a]) * (target[a] - log[a]));
    }

    /// <summary>The loss as <see cref="Losses"/> has it, mean over the samples.</summary>
    public double Loss(double[] logits, LossTerms terms)
    {
        double[] p = new double[Actions], log = new double[Actions], q = new double[Actions], logQ = new double[Actions];
        var loss = 0.0;
        foreach (var sample in Samples)
        {
            var known = Sample(sample, terms, q, logQ);
            Losses.Softmax(Row(logits, sample.Row), Mask(sample.Row), p, log);
            loss += Losses.Policy(known, Weights(terms), p, log);
        }

        return loss / Samples.Count;
    }

    /// <summary>The gradient at the logits as <see cref="Losses"/> has it, mean over the samples.</summary>
    public double[] PlainGradient(LossTerms terms)
    {
        double[] p = new double[Actions], log = new double[Actions], q = new double[Actions], logQ = new double[Actions], slopes = new double[Actions];
        var gradient = new double[Logits.Length];
        foreach (var sample in Samples)
        {
            var known = Sample(sample, terms, q, logQ);
            Losses.Softmax(Row(Logits, sample.Row), Mask(sample.Row), p, log);
            Losses.PolicyGradient(known, Weights(terms), p, log, slopes);
            for (var a = 0; a < Actions; a++) gradient[(sample.Row * Actions) + a] += slopes[a] / Samples.Count;
        }

        return gradient;
    }

    /// <summary>The loss written out once more, sharing no code with <see cref="Losses"/>.</summary>
    public double LossWrittenOut(double[] logits, LossTerms terms)
    {
        var loss = 0.0;
        foreach (var sample in Samples)
        {
            var rho = Math.Exp(LogSoftmax(logits, sample.Row)[sample.Action] - LogSoftmax(OldLogits, sample.Row)[sample.Action]);
            loss -= Math.Min(rho * sample.Advantage, Math.Clamp(rho, 1 - terms.Clip, 1 + terms.Clip) * sample.Advantage);
            loss -= terms.Entropy * Entropy(sample.Row, logits);
            if (terms.UseTarget) loss += terms.Kl * Kl(sample.Row, logits, terms.KlToTarget);
        }

        return loss / Samples.Count;
    }

    /// <summary>The shipped softmax; the mask is one for all rows where all actions are legal.</summary>
    public (float[] Log, float[] Probabilities) Softmax(double[] logits, KernelSet kernels)
    {
        var masks = Legal.Contains(false);
        var (z, mask) = (new float[Rows * Stride], new float[Rows * Stride]);
        for (var r = 0; r < Rows; r++)
        {
            for (var a = 0; a < Actions; a++)
            {
                z[(r * Stride) + a] = (float)logits[(r * Actions) + a];
                mask[(r * Stride) + a] = IsLegal(r, a) ? 1 : 0;
            }
        }

        var probabilities = new float[z.Length];
        fixed (float* pz = z, pm = mask, pp = probabilities) kernels.LogSoftmax(pz, pm, masks ? Stride : 0, pz, pp, Rows, Actions, Stride);
        return (z, probabilities);
    }

    /// <summary>The shipped gradient of the loss.</summary>
    public (float[] Gradient, PolicySums Sums) Gradient(KernelSet kernels, LossTerms terms)
    {
        var (log, p) = Softmax(Logits, kernels);
        var (old, _) = Softmax(OldLogits, kernels);
        var (targetLog, target) = Softmax(TargetLogits, kernels);
        var (positive, negative, visits) = (new float[Rows * Stride], new float[Rows * Stride], new float[Rows * Stride]);
        var counts = new float[Rows];
        foreach (var s in Samples)
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
                    TargetProbabilities = terms.UseTarget ? pt : null,
                    TargetLogProbabilities = terms.UseTarget ? ptl : null,
                },
            };
            var objective = new PolicyObjective((float)terms.Clip, 1f / Samples.Count, (float)terms.Entropy, (float)terms.Kl, terms.KlToTarget, true);
            kernels.PolicyGradient(block, objective, pg, ref sums);
        }

        return (gradient, sums);
    }

    private static LossWeights Weights(LossTerms terms) =>
        new(terms.Clip, terms.Entropy, terms.Kl, terms.KlToTarget ? KlDirection.AdversaryToPolicy : KlDirection.PolicyToAdversary);

    private PolicySample Sample(CaseSample sample, LossTerms terms, double[] q, double[] logQ)
    {
        if (terms.UseTarget) Losses.Softmax(Row(TargetLogits, sample.Row), Mask(sample.Row), q, logQ);
        return new PolicySample
        {
            Action = sample.Action,
            Advantage = sample.Advantage,
            OldLogProbability = LogSoftmax(OldLogits, sample.Row)[sample.Action],
            PartnerProbabilities = terms.UseTarget ? q : default,
            PartnerLogProbabilities = terms.UseTarget ? logQ : default,
        };
    }

    private ReadOnlySpan<double> Row(double[] logits, int row) => logits.AsSpan(row * Actions, Actions);

    private byte[] Mask(int row) => [.. Enumerable.Range(0, Actions).Select(a => IsLegal(row, a) ? (byte)1 : (byte)0)];

    private double Sum(int row, double[] log, Func<double, double> term) => Enumerable.Range(0, Actions).Where(a => IsLegal(row, a)).Sum(a => term(log[a]));
}
