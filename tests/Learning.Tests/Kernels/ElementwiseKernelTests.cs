using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning.Tests.Kernels;

/// <summary>Functions against the platform's double-precision ones, and bit for bit between widths.</summary>
public sealed unsafe class ElementwiseKernelTests
{
    private static float[] Grid(double from, double to)
    {
        var values = new List<float> { 0f, -0f, 1e-38f, -1e-38f, 1e-8f, -1e-8f, 1e-4f, 0.3466f, -0.3466f };
        for (var i = 0; values.Count < 4096; i++) values.Add((float)(from + ((to - from) * i / 4086)));
        return [.. values];
    }

    private delegate void Kernel(KernelSet kernels, float* values, int count);

    private static float[] RunAll(float[] input, Kernel kernel)
    {
        var results = TestData.AllKernels.Select(kernels =>
        {
            var values = (float[])input.Clone();
            fixed (float* p = values) kernel(kernels, p, values.Length);
            return values;
        }).ToArray();
        for (var i = 1; i < results.Length; i++)
        {
            Assert.Equal(
                results[0].Select(BitConverter.SingleToUInt32Bits), results[i].Select(BitConverter.SingleToUInt32Bits));
        }

        return results[0];
    }

    [Fact]
    public void Tanh_is_within_three_units_in_the_last_place()
    {
        var input = Grid(-12, 12);
        var output = RunAll(input, (k, p, n) => k.Tanh(p, n));
        for (var i = 0; i < input.Length; i++)
        {
            var expected = Math.Tanh(input[i]);
            var ulp = MathF.BitIncrement(Math.Abs((float)expected)) - Math.Abs((float)expected);
            Assert.True(Math.Abs(output[i] - expected) <= 3.0 * ulp, $"tanh({input[i]:R}) = {output[i]:R}, expected {expected:R}");
        }

        Assert.Equal(1f, output[^1]);
    }

    [Fact]
    public void Exp_is_within_three_units_in_the_last_place()
    {
        var input = Grid(-86, 87);
        var output = RunAll(input, (k, p, n) => k.Exp(p, n));
        for (var i = 0; i < input.Length; i++)
        {
            var expected = Math.Exp(input[i]);
            var ulp = MathF.BitIncrement((float)expected) - (float)expected;
            Assert.True(Math.Abs(output[i] - expected) <= 3.0 * ulp, $"exp({input[i]:R}) = {output[i]:R}, expected {expected:R}");
        }

        Assert.Equal(1f, output[0]);
    }

    [Fact]
    public void Exp_far_below_is_tiny_and_never_negative()
    {
        var output = RunAll([.. Enumerable.Range(0, 16).Select(i => -80f - (float)Math.Pow(10, i))], (k, p, n) => k.Exp(p, n));
        Assert.All(output, y => Assert.InRange(y, 0f, 1e-34f));
    }

    [Fact]
    public void Gradients_of_activations_are_their_derivatives()
    {
        var h = Grid(-1, 1);
        var tanh = RunAll([.. h.Select(_ => 2f)], (k, p, n) =>
        {
            fixed (float* ph = h) k.TanhGradient(ph, p, n);
        });
        var relu = RunAll([.. h.Select(_ => 2f)], (k, p, n) =>
        {
            fixed (float* ph = h) k.ReluGradient(ph, p, n);
        });
        var rectified = RunAll(h, (k, p, n) => k.Relu(p, n));
        for (var i = 0; i < h.Length; i++)
        {
            Assert.Equal(2 * (1 - ((double)h[i] * h[i])), tanh[i], 3e-7);
            Assert.Equal(h[i] > 0 ? 2f : 0f, relu[i]);
            Assert.Equal(Math.Max(h[i], 0f), rectified[i]);
        }
    }

    [Fact]
    public void Log_is_exact_to_the_last_digits()
    {
        for (var i = -300; i <= 300; i++)
        {
            foreach (var m in new[] { 1.0, 1.1, 1.4142, 1.5, 1.9999 })
            {
                var x = m * Math.Pow(2, i);
                Assert.Equal(Math.Log(x), DeterministicMath.Log(x), 4e-16 * (1 + Math.Abs(Math.Log(x))) + 1e-16);
            }
        }

        Assert.Equal(0.0, DeterministicMath.Log(1.0));
    }

    [Fact]
    public void Power_is_repeated_multiplication()
    {
        Assert.Equal(1.0, DeterministicMath.Power(0.9, 0));
        Assert.Equal(Math.Pow(0.999, 12345), DeterministicMath.Power(0.999, 12345), 1e-15);
    }

    [Fact]
    public void Adam_takes_PyTorchs_steps()
    {
        // Parameter 1, gradients 0.5 then -0.25, learning rate 0.1: worked out by hand from the paper's formulas.
        var parameters = new double[] { 1.0 };
        double m = 0, v = 0;
        var gradients = new[] { 0.5, -0.25 };
        var (p, first, second) = (Filled(1f), Filled(0f), Filled(0f));
        for (var t = 1; t <= 2; t++)
        {
            var g = gradients[t - 1];
            m = (0.9 * m) + (0.1 * g);
            v = (0.999 * v) + (0.001 * g * g);
            parameters[0] -= 0.1 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);
            var stepSize = (float)(0.1 / (1 - Math.Pow(0.9, t)));
            var correction = (float)Math.Sqrt(1 - Math.Pow(0.999, t));
            var gradient = Filled((float)g);
            fixed (float* pg = gradient, pp = p, p1 = first, p2 = second)
                KernelSet.Default.Adam(pg, pp, p1, p2, 16, stepSize, correction, 1e-8f);
        }

        Assert.All(p, x => Assert.Equal(parameters[0], x, 2e-6));

        static float[] Filled(float value) => [.. Enumerable.Repeat(value, 16)];
    }

    [Fact]
    public void Logarithms_of_many_numbers_are_those_of_each()
    {
        var values = new float[4096];
        for (var i = 0; i < values.Length; i++) values[i] = i < 2048 ? 1 + (i / 128f) : MathF.Pow(1.07f, i - 3072);
        var expected = values.Select(value => (float)DeterministicMath.Log(value)).ToArray();
        fixed (float* p = values) DeterministicMath.Log(p, values.Length);
        Assert.Equal(expected, values);
    }

    [Fact]
    public void The_gradient_passes_a_rectifier_where_it_passed_something_on()
    {
        var random = TestData.Stream(7);
        var passed = TestData.Normals(64, ref random);
        for (var i = 0; i < passed.Length; i++) passed[i] = i % 8 == 0 ? -0f : Math.Max(0, passed[i]);
        var gradient = TestData.Normals(64, ref random);
        gradient[8] = float.PositiveInfinity;
        var output = RunAll(gradient, (kernels, p, n) =>
        {
            fixed (float* h = passed) kernels.ReluGradient(h, p, n);
        });
        for (var i = 0; i < output.Length; i++) Assert.Equal(passed[i] > 0 ? gradient[i] : 0, output[i]);
    }
}
