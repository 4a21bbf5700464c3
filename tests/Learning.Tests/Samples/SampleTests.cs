using Samples;

namespace Srpo.Learning.Tests.Samples;

/// <summary>The program in docs/library.md compiles, runs, and is the one in this folder.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task The_sample_trains_a_team_and_prints_its_curve()
    {
        var output = new StringWriter();
        var team = await TrainATeam.RunAsync(6, output);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^\d+ steps: return -?\d+\.\d, entropy 1\.\d{3}\s*$", line));
        Assert.Equal(2, team.Seats.Count);
    }

    [Fact]
    public void The_page_shows_this_very_program_in_at_most_40_lines()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Srpo.sln"))) root = Path.GetDirectoryName(root)!;
        var program = File.ReadAllText(Path.Combine(root, "tests", "Learning.Tests", "Samples", "TrainATeam.cs"));
        Assert.Contains("```csharp\n" + program + "```\n", File.ReadAllText(Path.Combine(root, "docs", "library.md")), StringComparison.Ordinal);
        Assert.InRange(program.Count(c => c == '\n'), 10, 40);
    }
}
