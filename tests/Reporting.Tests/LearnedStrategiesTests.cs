using System.Text.Json;
using Srpo.Core.Results;
using Srpo.Reporting.Equilibria;
using Srpo.Reporting.Files;

namespace Srpo.Reporting.Tests;

/// <summary>Learned strategies beside equilibria, in all files of a report.</summary>
public sealed class LearnedStrategiesTests
{
    private static readonly RunInfo Info = new() { Names = MatrixOf.Names, Name = "volunteers", Id = "volunteers-1", Date = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) };

    private static LearnedStrategies Team(string method, int team, double tau, double x, double y, double distance) => new(
        method, team, tau, 0.15, [[x, 1 - x], [y, 1 - y]], [0.4 * x, 0.4 * y], [[0.9, 0.1], [0.2, 0.8]], [0.36, 0.08], NearestIsStable: true, distance);

    private static readonly RunResults Results = new(Info, [], [])
    {
        Strategies = [Team("ippo", 0, 0, 0.9, 0.2, 0.01), Team("srpo", 0, 2, 0.88, 0.21, 0.02), Team("srpo", 1, 2, 0.25, 0.9, 0.05)],
    };

    [Fact]
    public void The_summary_has_an_entry_per_population()
    {
        var summary = SummaryBuilder.Build(Results);

        Assert.Equal(["ippo", "srpo"], summary.Equilibria.Select(population => population.Method));
        var srpo = summary.Equilibria[1];
        Assert.Equal((2.0, 0.15, 2, 0.05), (srpo.Tau, srpo.Epsilon, srpo.Runs, srpo.LargestDistance));
        Assert.Equal(0.035, srpo.MeanDistance, 1e-12);
        Assert.Equal(0.4 * ((0.67 + 0.65) / 2), srpo.FreeRiding, 1e-12);
        Assert.Equal(0.28, srpo.EquilibriumFreeRiding, 1e-12);
        using var json = JsonDocument.Parse(SummaryJson.Write(summary));
        Assert.Equal(0.05, json.RootElement.GetProperty("equilibria").GetProperty("srpo").GetProperty("largestDistance").GetDouble());
    }

    [Fact]
    public void The_verdict_is_about_the_distance_and_free_riding()
    {
        var sentences = Verdict.Sentences(SummaryBuilder.Build(Results));

        Assert.Equal(2, sentences.Length);
        Assert.Contains("3 teams no probability differs by more than 0.050", sentences[0], StringComparison.Ordinal);
        Assert.Contains("0.28 with tau 0 (at the equilibria 0.28) and 0.26 with tau 2", sentences[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Games_with_many_states_say_nothing_of_equilibria()
    {
        using var json = JsonDocument.Parse(SummaryJson.Write(SummaryBuilder.Build(new RunResults(Info, [], []))));
        Assert.False(json.RootElement.TryGetProperty("equilibria", out _));
    }

    [Fact]
    public void The_table_has_a_line_per_seat_and_action()
    {
        var records = CsvReader.Read(LearnedStrategiesCsv.Write(Results.Strategies));

        Assert.Equal(1 + (3 * 4), records.Count);
        Assert.Equal(["srpo", "1", "2", "0.15", "1", "0", "0.9", "0.2", "true", "0.05"], records[11].Take(10));
    }

    [Fact]
    public void The_page_lays_the_strategies_on_the_branches()
    {
        SweepPoint Point(double tau) => new(tau, true, [[0.9, 0.1], [0.2, 0.8]], [0.5, 0.9], 1, [0.36, 0.08], 0.28);
        var sweep = new EquilibriumSweep("volunteer", "matrix", [0.15, 0.15], [["contribute", "defect"], ["contribute", "defect"]], [new([Point(0), Point(1), Point(2)])]);
        var directory = Directory.CreateTempSubdirectory("srpo-strategies-");
        try
        {
            var written = ReportWriter.WriteAll(directory.FullName, Results, sweeps: [sweep]);

            Assert.Contains(written.Paths, path => Path.GetFileName(path) == "strategies.csv");
            Assert.Contains(written.Paths, path => Path.GetFileName(path) == "equilibria.csv");
            var page = File.ReadAllText(Path.Combine(directory.FullName, "report.html"));
            Assert.Contains("Learned strategies and the equilibria of the theory", page, StringComparison.Ordinal);
            Assert.Contains("3 teams; the largest difference", page, StringComparison.Ordinal);
            Assert.Contains("marker-open", page, StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
