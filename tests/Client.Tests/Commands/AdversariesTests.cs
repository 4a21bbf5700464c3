using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Commands;

/// <summary>`srpo adversaries`; what it measures is tested where it is computed.</summary>
public sealed class AdversariesTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Fact]
    public async Task Every_adversary_has_a_row_and_every_population_its_means()
    {
        using var directory = run.Copy();
        var shown = (await InProcess.RunAsync(directory.Root, "adversaries", "r.srpo", "--episodes", "5", "--steps", "6")).Expect(ExitCode.Ok).Out;
        foreach (var key in new[] { "r.srpo/0/0", "r.srpo/0/1", "r.srpo/1/0", "r.srpo/1/1" }) Assert.Contains(key, shown, StringComparison.Ordinal);
        Assert.Matches(@"nats a move, KL from partner: \d\.\d\d \[\d\.\d\d, \d\.\d\d\], mean of 2 runs", shown);

        var json = new string[2];
        for (var workers = 1; workers <= 2; workers++)
            json[workers - 1] = (await InProcess.RunAsync(directory.Root, "adversaries", "r.srpo", "--episodes", "5", "--steps", "6", "--json", "--workers", $"{workers}")).Expect(ExitCode.Ok).Out;
        Assert.Equal(json[0], json[1]);
        var population = JsonDocument.Parse(json[0]).RootElement[0];
        var outcomes = population.GetProperty("adversaries").EnumerateArray().Select(adversary => adversary.GetProperty("outcome")).ToArray();
        Assert.All(outcomes, outcome => Assert.Equal((5, 6), (outcome.GetProperty("episodes").GetInt32(), outcome.GetProperty("moves").GetDouble())));
        Assert.All(outcomes, outcome => Assert.True(outcome.GetProperty("toPolicy").GetDouble() > 0));
        Assert.Equal(outcomes.Average(outcome => outcome.GetProperty("lost").GetDouble()), population.GetProperty("means")[0].GetProperty("mean").GetDouble(), 1e-9);
    }

    [Theory]
    [InlineData("adversaries r.ippo", ExitCode.Usage, "the method ippo, which has no adversaries")]
    [InlineData("adversaries r.other", ExitCode.NotFound, "r.other")]
    [InlineData("adversaries r.srpo --episodes 1", ExitCode.Usage, "--episodes")]
    public async Task What_cannot_be_measured_is_refused_by_name(string line, object code, string says)
    {
        using var directory = run.Copy();
        Assert.Contains(says, (await InProcess.RunAsync(directory.Root, line.Split(' '))).Expect((ExitCode)code).Error, StringComparison.Ordinal);
    }
}
