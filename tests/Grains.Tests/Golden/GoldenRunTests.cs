namespace Srpo.Grains.Tests;

/// <summary>
/// What training and cross-play compute, bit by bit, as recorded. Whoever means to change bits records them anew and says why in
/// a decision record; a difference that nobody meant is a fault.
/// </summary>
public sealed class GoldenRunTests
{
    public static TheoryData<string> Environments => [.. GoldenRuns.Names];

    [Theory]
    [MemberData(nameof(Environments))]
    public async Task Every_method_gives_the_recorded_bits(string environment)
    {
        var found = await GoldenRuns.RunAsync(environment, workers: 2);
        if (GoldenRuns.TryRecord(environment, found)) return;
        var recorded = GoldenRuns.Recorded(environment);
        Assert.Equal(recorded.Keys, found.Keys);
        Assert.All(found, given => Assert.Equal(recorded[given.Key], given.Value));

        // Neither all cases nor all kinds of results may be missing without anybody noticing.
        Assert.Contains(found.Values, digests => digests.ContainsKey("actors"));
        Assert.Contains(found.Values, digests => digests.ContainsKey("matrix"));
    }

    [Theory]
    [InlineData("gridworld official", "srpo")]
    [InlineData("gridworld official", "srpo-shared")]
    [InlineData("gridworld official", "e3t")]
    [InlineData("hanabi 3x3-2p", "srpo-shared")]
    [InlineData("hanabi 3x3-2p", "srpo-memory")]
    public async Task A_run_that_another_host_goes_on_with_gives_the_recorded_bits(string environment, string name) =>
        Assert.Equal(GoldenRuns.Recorded(environment)[name], await GoldenRuns.ResumeAsync(environment, name));
}
