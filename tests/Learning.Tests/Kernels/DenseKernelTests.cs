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
}
