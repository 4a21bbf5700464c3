using System.Text;

namespace Srpo.Reporting.Tests;

public sealed class ReportWriterTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "srpo-report-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void All_files_are_there_and_no_temporary_ones()
    {
        var written = ReportWriter.WriteAll(_directory, SyntheticRun.Create(3));
        string[] expected =
        [
            "summary.json", "crossplay-training.csv", "crossplay-held-out-a.csv", "crossplay-held-out-b.csv",
            "crossplay-held-out-c.csv", "cells.csv", "cells-by-seat.csv", "learning-curves.csv", "learning-actors.csv", "report.html",
        ];
        Assert.Equal(expected.Order(), Directory.GetFiles(_directory).Select(Path.GetFileName).Order());
        string[] figures = [.. Directory.GetFiles(Path.Combine(_directory, "figures")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(expected.Concat(figures).Order(StringComparer.Ordinal), written.Paths.Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        Assert.All(new[] { "bars", "crossplay-training", "crossplay-held-out-c", "learning", "learning-clip-fraction" }, name => Assert.Equal([$"{name}.pdf", $"{name}.svg"], figures.Where(file => Path.GetFileNameWithoutExtension(file) == name)));
        Assert.All(written.Paths, path => Assert.True(Path.IsPathFullyQualified(path)));
        Assert.All(written.Paths, path => Assert.NotEqual(Encoding.UTF8.Preamble.ToArray(), File.ReadAllBytes(path)[..3]));
    }

    [Fact]
    public void Writing_again_replaces_and_gives_the_same_bytes()
    {
        var first = ReportWriter.WriteAll(_directory, SyntheticRun.Create(3)).Paths.Select(File.ReadAllBytes).ToArray();
        var second = ReportWriter.WriteAll(_directory, SyntheticRun.Create(3)).Paths.Select(File.ReadAllBytes).ToArray();
        Assert.Equal(first, second);
    }

    [Fact]
    public void A_layout_name_cannot_leave_the_directory()
    {
        var written = ReportWriter.WriteAll(_directory, MatrixOf.Results(MatrixOf.Blocks("../../x", 2, ("a", 1, 1, 0, 0))));
        Assert.All(written.Paths, path => Assert.Contains(Path.GetDirectoryName(path)!, new[] { Path.GetFullPath(_directory), Path.GetFullPath(Path.Combine(_directory, "figures")) }));
    }
}
