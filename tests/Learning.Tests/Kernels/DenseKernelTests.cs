using Srpo.Core.Settings;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning.Tests.Kernels;

/// <summary>Matrix products against plain doubles, at sizes on and around every tile's edges, and bit for bit between widths.</summary>
public sealed unsafe class DenseKernelTests
{
    public static TheoryData<int, int, int> Sizes()
    {
        var sizes = new TheoryData<int, int, int>();
        foreach (var rows in new[] { 1, 2, 5, 6, 7, 8, 12, 13, 17 })
        {
            foreach (var inner in new[] { 1, 2, 5, 6, 8, 15, 64, 67 })
            {
                foreach (var columns in new[] { 16, 32, 48, 64, 80, 128 }) sizes.Add(rows, inner, columns);
            }
        }

        return sizes;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Multiply_is_the_matrix_product_with_the_same_bits_at_every_width(int rows, int inner, int columns)
    {
        var random = TestData.Stream(1);
        var stride = inner + 3;
        var x = TestData.Normals(rows * stride, ref random);
        var w = TestData.Normals(inner * columns, ref random);
        var bias = TestData.Normals(columns, ref random);
        var results = TestData.AllKernels.Select(kernels => Run(kernels)).ToArray();

        for (var r = 0; r < rows; r++)
        {
            for (var j = 0; j < columns; j++)
            {
                double expected = bias[j];
                for (var k = 0; k < inner; k++) expected += (double)x[(r * stride) + k] * w[(k * columns) + j];
                Assert.Equal(expected, results[0][(r * columns) + j], 1e-4);
            }
        }

        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);

        float[] Run(KernelSet kernels)
        {
            var y = new float[rows * columns];
            fixed (float* px = x, pw = w, pb = bias, py = y) kernels.Multiply(px, stride, pw, pb, py, rows, inner, columns);
            return y;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void AccumulateOuter_adds_the_product_with_the_same_bits_at_every_width(int rows, int inner, int columns)
    {
        var random = TestData.Stream(2);
        var stride = inner + 1;
        var x = TestData.Normals(rows * stride, ref random);
        var d = TestData.Normals(rows * columns, ref random);
        var start = TestData.Normals(inner * columns, ref random);
        var results = TestData.AllKernels.Select(kernels => Run(kernels)).ToArray();

        for (var k = 0; k < inner; k++)
        {
            for (var j = 0; j < columns; j++)
            {
                double expected = start[(k * columns) + j];
                for (var r = 0; r < rows; r++) expected += (double)x[(r * stride) + k] * d[(r * columns) + j];
                Assert.Equal(expected, results[0][(k * columns) + j], 1e-4);
            }
        }

        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);

        float[] Run(KernelSet kernels)
        {
            var g = (float[])start.Clone();
            fixed (float* px = x, pd = d, pg = g) kernels.AccumulateOuter(px, stride, pd, pg, rows, inner, columns);
            return g;
        }
    }

    [Fact]
    public void A_row_does_not_depend_on_the_rows_beside_it()
    {
        var random = TestData.Stream(3);
        var x = TestData.Normals(20 * 64, ref random);
        var w = TestData.Normals(64 * 64, ref random);
        var all = new float[20 * 64];
        var one = new float[64];
        fixed (float* px = x, pw = w, pa = all, po = one)
        {
            KernelSet.Default.Multiply(px, 64, pw, null, pa, 20, 64, 64);
            for (var r = 0; r < 20; r++)
            {
                KernelSet.Default.Multiply(px + (r * 64), 64, pw, null, po, 1, 64, 64);
                Assert.Equal(all.AsSpan(r * 64, 64).ToArray(), one);
            }
        }
    }

    [Fact]
    public void AccumulateRows_adds_column_sums()
    {
        var random = TestData.Stream(4);
        var d = TestData.Normals(7 * 32, ref random);
        foreach (var kernels in TestData.AllKernels)
        {
            var g = new float[32];
            fixed (float* pd = d, pg = g) kernels.AccumulateRows(pd, pg, 7, 32);
            for (var j = 0; j < 32; j++)
            {
                var expected = 0.0;
                for (var r = 0; r < 7; r++) expected += d[(r * 32) + j];
                Assert.Equal(expected, g[j], 1e-5);
            }
        }
    }

    public static TheoryData<int, int, int, double> BinarySizes()
    {
        var sizes = new TheoryData<int, int, int, double>();
        foreach (var rows in new[] { 1, 2, 7, 96 })
        {
            foreach (var inputs in new[] { 24, 63, 64, 65, 131 })
            {
                foreach (var outputs in new[] { 3, 16, 40, 64, 100, 130 })
                {
                    foreach (var share in new[] { 0, 0.05, 0.35 }) sizes.Add(rows, inputs, outputs, share);
                }
            }
        }

        return sizes;
    }

    [Theory]
    [MemberData(nameof(BinarySizes))]
    public void Adding_up_rows_for_the_ones_gives_the_bits_of_the_product_with_them(int rows, int inputs, int outputs, double share)
    {
        var random = TestData.Stream(5);
        var shape = new MlpShape(inputs, [outputs], 5, Activation.Relu);
        var parameters = TestData.Normals(shape.ParameterCount, ref random);
        var gradient = TestData.Normals(rows * 5, ref random);
        var x = new float[rows * inputs];
        foreach (ref var number in x.AsSpan()) number = random.NextDouble() < share ? 1 : 0;
        foreach (var kernels in TestData.AllKernels)
        {
            using var lists = new BinaryRows(inputs);
            fixed (float* px = x)
            {
                Assert.True(lists.TryRead(px, rows));
                lists.BuildColumns();
                var (dense, sparse) = (Run(kernels, new ObservationBlock(px, rows)), Run(kernels, new ObservationBlock(null, rows, lists.Block(0))));
                Assert.Equal(dense.Outputs, sparse.Outputs);
                Assert.Equal(dense.Gradient, sparse.Gradient);
            }
        }

        (float[] Outputs, float[] Gradient) Run(KernelSet kernels, ObservationBlock block)
        {
            using var network = new MlpWorkspace(shape, kernels);
            network.Load(parameters, forBackward: true);
            network.ClearGradient();
            var sums = new float[shape.ParameterCount];
            for (var pass = 0; pass < 2; pass++)
            {
                network.Forward(block);
                for (var r = 0; r < rows; r++) gradient.AsSpan(r * 5, 5).CopyTo(new Span<float>(network.OutputGradient + (r * network.OutputStride), 5));
                network.Backward(block);
            }

            network.StoreGradient(sums);
            return (new ReadOnlySpan<float>(network.Output, rows * network.OutputStride).ToArray(), sums);
        }
    }

    [Fact]
    public void Other_numbers_than_zeros_and_ones_and_mostly_ones_are_multiplied_as_they_are()
    {
        using var lists = new BinaryRows(70);
        var x = new float[2 * 70];
        fixed (float* px = x)
        {
            Assert.True(lists.TryRead(px, 2));
            foreach (var (place, number) in new[] { (3, 0.5f), (69, 2f), (70 + 65, -0f), (139, float.NaN) })
            {
                x[place] = number;
                Assert.False(lists.TryRead(px, 2));
                x[place] = 1;
            }

            Assert.True(lists.TryRead(px, 2));
            x.AsSpan(0, 71).Fill(1);
            Assert.False(lists.TryRead(px, 2));
        }

        using var few = new BinaryRows(3);
        fixed (float* px = x) Assert.False(few.TryRead(px, 1));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 8)]
    [InlineData(9, 16)]
    [InlineData(64, 6)]
    [InlineData(30, 45)]
    public void A_transposed_matrix_has_every_element_at_its_place(int rows, int columns)
    {
        var random = TestData.Stream(6);
        var (source, target) = (TestData.Normals(rows * (columns + 2), ref random), new float[columns * (rows + 3)]);
        fixed (float* s = source, t = target) Transposition.Run(s, columns + 2, t, rows + 3, rows, columns);
        for (var k = 0; k < rows; k++)
        {
            for (var j = 0; j < columns; j++) Assert.Equal(source[(k * (columns + 2)) + j], target[(j * (rows + 3)) + k]);
        }

        for (var j = 0; j < columns; j++) Assert.Equal(new float[3], target.AsSpan((j * (rows + 3)) + rows, 3).ToArray());
    }

    public static TheoryData<string, string, bool, bool> Environments() => new()
    {
        { "gridworld", "official", true, true },
        { "gridworld", "official", false, false },
        { "hanabi", "3x3-2p", false, true },
        { "hanabi", "5x5-2p", false, true },
        { "tag", "simple-tag", false, false },
    };

    [Theory]
    [MemberData(nameof(Environments))]
    public void Observations_of_zeros_and_ones_become_lists_that_say_the_same(string environment, string variant, bool oneHot, bool binary)
    {
        var training = TestData.Small("ippo") with { SharePolicy = environment == "hanabi", Network = new NetworkSettings { Hidden = [16], OneHot = oneHot } };
        var spec = TestData.Spec(training) with { Environment = new EnvironmentSettings(environment, variant) };
        var (shape, _, _, rollouts) = TestData.FirstRound(spec);
        var inputs = shape.Policy.Inputs;
        using var lists = new BinaryRows(inputs);
        foreach (var part in rollouts.SelectMany(rollout => rollout.Parts))
        {
            var rows = Math.Min(MlpWorkspace.BlockRows, part.Values.Length);
            fixed (float* observations = part.Observations) Assert.Equal(binary, lists.TryRead(observations, rows));
            if (!binary) continue;
            lists.BuildColumns();
            var ones = lists.Block(0);
            var (byRow, byColumn) = (new float[rows * inputs], new float[rows * inputs]);
            for (var r = 0; r < rows; r++)
            {
                for (var i = ones.RowStarts[r]; i < ones.RowStarts[r + 1]; i++) byRow[(r * inputs) + ones.RowOnes[i]] = 1;
            }

            for (var k = 0; k < inputs; k++)
            {
                for (var i = ones.ColumnStarts[k]; i < ones.ColumnStarts[k + 1]; i++) byColumn[(ones.ColumnOnes[i] * inputs) + k] = 1;
            }

            Assert.Equal(part.Observations[..byRow.Length], byRow);
            Assert.Equal(byRow, byColumn);
        }
    }
}
