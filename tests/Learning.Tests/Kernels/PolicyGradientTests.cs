using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning.Tests.Kernels;

/// <summary>
/// The softmax policy, and the gradient with respect to the logits of each term of its loss, against central differences of
/// <see cref="Losses"/>, with and without illegal actions; and that against the loss written out a second time.
/// </summary>
public sealed unsafe class PolicyGradientTests
{
    public static TheoryData<int, bool, double, double, double, double, bool, bool> Terms()
    {
        var data = new TheoryData<int, bool, double, double, double, double, bool, bool>();
        foreach (var (actions, masks) in new[] { (5, false), (5, true), (21, true), (16, true) })
        {
            data.Add(actions, masks, 0.0, 0.2, 0.0, 0.0, false, false); // surrogate alone, first epoch: every ratio is 1
            data.Add(actions, masks, 0.3, 0.2, 0.0, 0.0, false, false); // surrogate with clipping on both sides
            data.Add(actions, masks, 0.3, 0.2, 0.1, 0.0, false, false); // and entropy
            data.Add(actions, masks, 0.3, 0.2, 0.0, 0.7, false, true); // and KL from the partner's policy to the adversary
            data.Add(actions, masks, 0.3, 0.2, 0.0, 0.7, true, true); // and KL from the adversary to the partner's policy
            data.Add(actions, masks, 0.5, 0.05, 0.3, 2.0, true, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Terms))]
    public void Gradients_are_the_slopes_of_the_loss(
        int actions, bool masks, double drift, double clip, double entropy, double kl, bool klToTarget, bool useTarget)
    {
        var c = new PolicyCase(actions, drift, masks);
        var terms = new LossTerms(clip, entropy, kl, klToTarget, useTarget);
        var gradients = TestData.AllKernels.Select(kernels => c.Gradient(kernels, terms).Gradient).ToArray();
        var plain = c.PlainGradient(terms);
        Assert.Equal(c.LossWrittenOut(c.Logits, terms), c.Loss(c.Logits, terms), 1e-12);
        const double Step = 1e-6;
        var largest = 0.0;
        for (var r = 0; r < PolicyCase.Rows; r++)
        {
            for (var a = 0; a < actions; a++)
            {
                var (up, down) = ((double[])c.Logits.Clone(), (double[])c.Logits.Clone());
                up[(r * actions) + a] += Step;
                down[(r * actions) + a] -= Step;
                var slope = (c.Loss(up, terms) - c.Loss(down, terms)) / (2 * Step);
                Assert.Equal(slope, gradients[0][(r * c.Stride) + a], 2e-6);
                Assert.Equal(slope, plain[(r * actions) + a], 1e-8);
                if (!c.IsLegal(r, a)) Assert.Equal(0f, gradients[0][(r * c.Stride) + a]);
                largest = Math.Max(largest, Math.Abs(slope));
            }

            for (var pad = actions; pad < c.Stride; pad++) Assert.Equal(0f, gradients[0][(r * c.Stride) + pad]);
        }

        Assert.True(largest > 1e-2 || actions > 16, "the gradients compared are not all near zero");
        Assert.True(largest > 2e-3, "the gradients compared are not all near zero");
        Assert.Equal(gradients[0], gradients[1]);
        Assert.Equal(gradients[0], gradients[2]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sums_are_those_of_the_samples(bool masks)
    {
        var c = new PolicyCase(5, 0.4, masks);
        var (_, sums) = c.Gradient(KernelSet.Default, new LossTerms(0.2, 0.1, 0.5, false, true));
        double entropy = 0, kl = 0, clipped = 0;
        foreach (var s in c.Samples)
        {
            entropy += c.Entropy(s.Row, c.Logits);
            kl += c.Kl(s.Row, c.Logits, toTarget: false);
            var rho = Math.Exp(c.LogSoftmax(c.Logits, s.Row)[s.Action] - c.LogSoftmax(c.OldLogits, s.Row)[s.Action]);
            if (Math.Abs(rho - 1) > 0.2) clipped++;
        }

        Assert.Equal(entropy, sums.Entropy, 1e-4);
        Assert.Equal(kl, sums.Kl, 1e-4);
        Assert.Equal(clipped, sums.Clipped);
        Assert.Equal(-c.Samples.Count * c.Loss(c.Logits, new LossTerms(0.2, 0, 0, false, false)), sums.Surrogate, 1e-4);
        Assert.True(clipped > 5);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(21)]
    public void Illegal_actions_have_probability_exactly_zero(int actions)
    {
        var c = new PolicyCase(actions, 0.3, masks: true);

        // Neither infinities nor overflow may come of logits that do not count, however large or small.
        for (var i = 0; i < c.Logits.Length; i++)
        {
            if (!c.Legal[i]) c.Logits[i] = i % 3 == 0 ? 1e30 : i % 3 == 1 ? -1e30 : 300;
        }

        var results = TestData.AllKernels.Select(kernels => c.Softmax(c.Logits, kernels)).ToArray();
        for (var r = 0; r < PolicyCase.Rows; r++)
        {
            var log = c.LogSoftmax(c.Logits, r);
            for (var a = 0; a < c.Stride; a++)
            {
                var at = (r * c.Stride) + a;
                if (a < actions && c.IsLegal(r, a))
                {
                    Assert.Equal(log[a], results[0].Log[at], 1e-5);
                    Assert.Equal(Math.Exp(log[a]), results[0].Probabilities[at], 1e-6);
                }
                else
                {
                    Assert.Equal((0f, 0f), (results[0].Log[at], results[0].Probabilities[at]));
                }
            }
        }

        Assert.Equal(1f, results[0].Probabilities[2]);
        for (var k = 1; k < results.Length; k++)
        {
            Assert.Equal(results[0].Log, results[k].Log);
            Assert.Equal(results[0].Probabilities, results[k].Probabilities);
        }
    }

    [Fact]
    public void Where_all_actions_are_legal_a_mask_changes_no_bit()
    {
        var c = new PolicyCase(5, 0.3, masks: false);
        foreach (var kernels in TestData.AllKernels)
        {
            var (log, probabilities) = c.Softmax(c.Logits, kernels);
            var (z, mask, masked) = (new float[log.Length], new float[log.Length], new float[log.Length]);
            for (var i = 0; i < c.Logits.Length; i++)
            {
                z[(i / 5 * c.Stride) + (i % 5)] = (float)c.Logits[i];
                mask[(i / 5 * c.Stride) + (i % 5)] = 1;
            }

            fixed (float* pz = z, pm = mask, pp = masked) kernels.LogSoftmax(pz, pm, c.Stride, pz, pp, PolicyCase.Rows, 5, c.Stride);
            Assert.Equal(log, z);
            Assert.Equal(probabilities, masked);
        }
    }

    [Fact]
    public void Illegal_actions_are_never_drawn()
    {
        var c = new PolicyCase(5, 2, masks: true);
        var (_, probabilities) = c.Softmax(c.Logits, KernelSet.Default);
        var cumulative = new float[5];
        for (var r = 0; r < PolicyCase.Rows; r++)
        {
            Sampling.Accumulate(probabilities.AsSpan(r * c.Stride, 5), cumulative);
            for (var i = 0; i <= 2000; i++)
            {
                var uniform = i < 2000 ? i / 2000f : MathF.BitDecrement(1f);
                Assert.True(c.IsLegal(r, Sampling.Choose(cumulative, uniform)));
            }
        }
    }
}
