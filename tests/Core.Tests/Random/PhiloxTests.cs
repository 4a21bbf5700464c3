using Srpo.Core.Random;

namespace Srpo.Core.Tests.Random;

public class PhiloxTests
{
    /// <summary>Known answers of philox4x32-10 from the authors' library, Random123 (file kat_vectors).</summary>
    [Theory]
    [InlineData(0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void BlockMatchesTheKnownAnswers(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint word0, uint word1, uint word2, uint word3)
    {
        var block = Philox.Block(c0, c1, c2, c3, ((ulong)k1 << 32) | k0);

        Assert.Equal(new RandomBlock(word0, word1, word2, word3), block);
    }

    [Fact]
    public void BlockIsIndexedInOrderOfItsWords()
    {
        var block = new RandomBlock(10, 11, 12, 13);

        Assert.Equal([10u, 11u, 12u, 13u], new[] { block[0], block[1], block[2], block[3] });
        Assert.Throws<ArgumentOutOfRangeException>(() => block[4]);
        Assert.Throws<ArgumentOutOfRangeException>(() => block[-1]);
    }

    [Fact]
    public void UnitNumbersStayBelowOne()
    {
        Assert.Equal(0f, RandomBlock.ToUnitSingle(0));
        Assert.Equal(1f - (1f / (1 << 24)), RandomBlock.ToUnitSingle(uint.MaxValue));
        Assert.Equal(0.5f, RandomBlock.ToUnitSingle(0x80000000));
        Assert.Equal(0.0, RandomBlock.ToUnitDouble(0, 0));
        Assert.Equal(1.0 - Math.Pow(2, -53), RandomBlock.ToUnitDouble(uint.MaxValue, uint.MaxValue));
        Assert.Equal(0.25, RandomBlock.ToUnitDouble(0x40000000, 0));
    }
}
