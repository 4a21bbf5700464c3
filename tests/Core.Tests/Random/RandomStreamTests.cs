using Srpo.Core.Random;

namespace Srpo.Core.Tests.Random;

public class RandomStreamTests
{
    private static readonly StreamId Stream = new(42, 3, 7, StreamPurpose.Tooling);

    [Fact]
    public void BlockPutsEveryPartOfTheNameWhereTheDocumentationSays()
    {
        var expected = Philox.Block(9, ((uint)StreamPurpose.Tooling << 24) | 0x123456, 7, 3, 42);

        Assert.Equal(expected, Stream.Block(0x123456, 9));
    }

    [Fact]
    public void SequenceReadsTheBlocksOfItsLaneWordByWord()
    {
        var sequence = Stream.Lane(5);

        for (var step = 0u; step < 3; step++)
        {
            var block = Stream.Block(5, step);
            for (var word = 0; word < 4; word++) Assert.Equal(block[word], sequence.NextUInt32());
        }
    }

    public static TheoryData<StreamId, int> Neighbours => new()
    {
        { Stream with { Seed = 43 }, 5 },
        { Stream with { Seed = 42ul | (1ul << 32) }, 5 },
        { Stream with { Team = 4 }, 5 },
        { Stream with { Round = 8 }, 5 },
        { Stream.For(StreamPurpose.Action), 5 },
        { Stream, 6 },
    };

    /// <summary>Neighbouring streams share no word at the same place and agree in half of their bits.</summary>
    [Theory]
    [MemberData(nameof(Neighbours))]
    public void StreamsThatDifferInOnePartAreIndependent(StreamId other, int lane)
    {
        const int words = 4000;
        var a = Stream.Lane(5);
        var b = other.Lane(lane);
        var equalWords = 0;
        var equalBits = 0L;
        for (var i = 0; i < words; i++)
        {
            var difference = a.NextUInt32() ^ b.NextUInt32();
            if (difference == 0) equalWords++;
            equalBits += 32 - System.Numerics.BitOperations.PopCount(difference);
        }

        // 128,000 fair coins: 5 standard deviations are 895.
        Assert.Equal(0, equalWords);
        Assert.InRange(equalBits, 64_000 - 895, 64_000 + 895);
    }

    [Fact]
    public void LanesOutsideTheirRangeAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.Lane(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.Lane(StreamId.MaxLanes));
        Stream.Lane(StreamId.MaxLanes - 1).NextUInt32();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(64)]
    public void IntegersAreUniform(int maximum)
    {
        const int draws = 70_000;
        var stream = Stream.Lane(0);
        var counts = new int[maximum];
        for (var i = 0; i < draws; i++) counts[stream.NextInt32(maximum)]++;

        var expected = (double)draws / maximum;
        var chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);

        // Mean + 5 standard deviations of the distribution with maximum - 1 degrees of freedom.
        var freedom = maximum - 1;
        Assert.True(chiSquare <= freedom + (5 * Math.Sqrt(2 * freedom)) + 1e-9, $"chi-square {chiSquare} with {freedom} degrees of freedom");
    }

    /// <summary>
    /// 2^32 words for 3 x 2^29 values: a plain multiply-shift gives every third value 2 words and the others 3, a plain remainder
    /// favours the lower values; this one must do neither.
    /// </summary>
    [Fact]
    public void IntegersAreUnbiasedForRangesThatDoNotDivideTheWord()
    {
        const int maximum = 3 << 29;
        const int draws = 30_000;
        var stream = Stream.Lane(1);
        var byRemainder = new int[3];
        var lowerHalf = 0;
        for (var i = 0; i < draws; i++)
        {
            var value = stream.NextInt32(maximum);
            Assert.InRange(value, 0, maximum - 1);
            byRemainder[value % 3]++;
            if (value < maximum / 2) lowerHalf++;
        }

        // 5 standard deviations: sqrt(30000 * 2/9) * 5 = 408 and sqrt(30000 / 4) * 5 = 433.
        Assert.All(byRemainder, count => Assert.InRange(count, 10_000 - 408, 10_000 + 408));
        Assert.InRange(lowerHalf, 15_000 - 433, 15_000 + 433);
    }

    [Fact]
    public void IntegersNeedAPositiveRange()
    {
        var stream = Stream.Lane(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.NextInt32(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.NextInt32(-1));
    }

    [Fact]
    public void NormalDeviatesHaveTheMomentsOfTheStandardNormal()
    {
        const int draws = 100_000;
        var stream = Stream.Lane(2);
        double sum = 0, squares = 0, fourths = 0;
        for (var i = 0; i < draws; i++)
        {
            var value = stream.NextNormal();
            Assert.True(double.IsFinite(value));
            sum += value;
            squares += value * value;
            fourths += value * value * value * value;
        }

        // 5 standard errors: sqrt(1/n), sqrt(2/n), sqrt(96/n).
        Assert.InRange(sum / draws, -0.016, 0.016);
        Assert.InRange(squares / draws, 1 - 0.023, 1 + 0.023);
        Assert.InRange(fourths / draws, 3 - 0.155, 3 + 0.155);
    }

    [Fact]
    public void PurposesKeepTheirNumbers()
    {
        var numbers = Enum.GetValues<StreamPurpose>().Select(purpose => $"{purpose}={(byte)purpose}");

        string[] fixedForever =
        [
            "Initialisation=1", "Reset=2", "Dynamics=3", "Action=4", "Minibatch=5", "CurveReset=6", "CurveDynamics=7",
            "CurveAction=8", "MatchReset=9", "MatchDynamics=10", "MatchAction=11", "Bootstrap=12", "Tooling=13",
        ];
        Assert.Equal(fixedForever, numbers.Take(fixedForever.Length));
    }
}
