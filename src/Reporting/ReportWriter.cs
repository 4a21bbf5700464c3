using System.Collections.Immutable;
using System.Globalization;
using Srpo.Core.Files;
using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Reporting.Equilibria;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Files;
using Srpo.Reporting.Html;

namespace Srpo.Reporting;

/// <summary>Writes the files of a report into a directory. Formats: docs/report.md.</summary>
public static class ReportWriter
{
    private static readonly string[] Fixed = ["summary.json", "cells.csv", "cells-by-seat.csv", "learning-curves.csv", "learning-actors.csv", "strategies.csv", "debates.csv", "debates-learning.csv", "report.html"];

    /// <summary>Whether a name is one that <see cref="WriteAll"/> gives, for some results.</summary>
    public static bool IsFile(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Fixed.Contains(name) || (name.EndsWith(".csv", StringComparison.Ordinal)
            && (name.StartsWith("crossplay-", StringComparison.Ordinal) || name.StartsWith("equilibria", StringComparison.Ordinal)));
    }

    /// <summary>
    /// Writes summary.json, crossplay-LAYOUT.csv for each layout, cells.csv, cells-by-seat.csv, learning-curves.csv, learning-actors.csv and report.html; for games with one state
    /// also strategies.csv and, with equilibria to compare with, equilibria.csv; for debates also debates.csv and debates-learning.csv; and every figure of the page in the folder figures, as SVG and, where Skia is there, as PDF. Each file is written under a temporary name and renamed, so that a reader never sees half of one; existing files are replaced.
    /// </summary>
    /// <param name="directory">Where to; made if it is missing.</param>
    /// <param name="results">What the experiment produced.</param>
    /// <param name="bootstrap">How intervals are made; null is <see cref="BootstrapOptions.Default"/>.</param>
    /// <param name="sweeps">Equilibria of the game that was learned, one sweep over tau for each eps; null or empty elsewhere.</param>
    /// <returns>The paths of the files and the summary they show.</returns>
    public static WrittenReport WriteAll(
        string directory, RunResults results, BootstrapOptions? bootstrap = null, IReadOnlyList<EquilibriumSweep>? sweeps = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(results);
        var summary = SummaryBuilder.Build(results, bootstrap);
        Directory.CreateDirectory(directory);
        var paths = ImmutableArray.CreateBuilder<string>();

        void Write(string name, string content)
        {
            paths.Add(Path.GetFullPath(Path.Combine(directory, name)));
            AtomicFile.Write(paths[^1], content);
        }

        Write("summary.json", SummaryJson.Write(summary));
        var names = FileNames.ForLayouts(results.Matrices.Select(matrix => matrix.Layout));
        for (var index = 0; index < results.Matrices.Length; index++)
            Write($"crossplay-{names[index]}.csv", CrossPlayCsv.WriteMatrix(results.Matrices[index]));
        Write("cells.csv", CrossPlayCsv.WriteCells(results.Matrices));
        Write("cells-by-seat.csv", CrossPlayCsv.WriteSeats(results.Matrices));
        Write("learning-curves.csv", LearningCurveCsv.Write(results.Curves));
        Write("learning-actors.csv", LearningCurveCsv.WriteActors(results.Curves));
        if (!results.Strategies.IsEmpty) Write("strategies.csv", LearnedStrategiesCsv.Write(results.Strategies));
        if (!results.Debates.IsEmpty) Write("debates.csv", DebateCsv.WritePairs(results.Debates, results.Debaters));
        if (!results.Debaters.IsEmpty) Write("debates-learning.csv", DebateCsv.WriteLearning(results.Curves));
        for (var index = 0; index < sweeps?.Count; index++)
            Write(index == 0 ? "equilibria.csv" : $"equilibria-{(index + 1).ToString(CultureInfo.InvariantCulture)}.csv", SweepCsv.Write(sweeps[index]));
        var book = new FigureBook();
        Write("report.html", HtmlReport.Write(results, summary, sweeps, book));
        paths.AddRange(FigureFiles.WriteAll(Path.Combine(directory, FigureFiles.Folder), book.Figures));
        return new(paths.ToImmutable(), summary);
    }
}

/// <summary>What <see cref="ReportWriter.WriteAll"/> wrote.</summary>
/// <param name="Paths">The files, full paths.</param>
/// <param name="Summary">The numbers in them.</param>
public sealed record WrittenReport(ImmutableArray<string> Paths, RunSummary Summary);
