using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning.Tests.Kernels;

/// <summary>What the other kernels are measured against does what it says, and no less.</summary>
public sealed unsafe class RoofKernelTests
{
    /// <summary>Every multiply-add adds a one: their sum is their number.</summary>
    [Fact]
    public void As_many_multiply_adds_are_done_as_are_counted()
    {
        var lanes = new Dictionary<KernelSet, int> { [KernelSet.Portable] = 1, [KernelSet.Vector256] = 8, [KernelSet.Vector512] = 16 };
        foreach (var kernels in TestData.AllKernels)
        {
            Assert.Equal(12 * lanes[kernels], kernels.FusedMultiplyAddsPerRound);
            foreach (var rounds in new[] { 0, 1, 1000 }) Assert.Equal(12.0 * lanes[kernels] * rounds, kernels.FusedMultiplyAdds(rounds));
        }
    }

    [Fact]
    public void Every_number_is_read_and_written_back()
    {
        foreach (var kernels in TestData.AllKernels)
        {
            var values = Enumerable.Range(0, 256).Select(i => i / 256f).ToArray();
            fixed (float* p = values)
            {
                kernels.Complement(p, 192);
                Assert.Equal(Enumerable.Range(0, 256).Select(i => i < 192 ? 1 - (i / 256f) : i / 256f), values);
                kernels.Complement(p, 192);
            }

            Assert.Equal(Enumerable.Range(0, 256).Select(i => i / 256f), values);
        }
    }
}
