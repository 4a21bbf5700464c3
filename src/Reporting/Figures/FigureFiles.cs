using System.Collections.Immutable;
using System.Text;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Core.Text;
using Srpo.Reporting.Equilibria;
using Srpo.Reporting.Html;

namespace Srpo.Reporting.Figures;

/// <summary>What a figure can be written as.</summary>
public enum FigureFormat
{
    /// <summary>Vectors, with text as text.</summary>
    Svg,

    /// <summary>Vectors with the font embedded.</summary>
    Pdf,

    /// <summary>Dots.</summary>
    Png,
}

/// <summary>The figures of a report as files of their own.</summary>
public static class FigureFiles
{
    /// <summary>The folder of a run's figures.</summary>
    public const string Folder = "figures";

    /// <summary>Names of the formats, which are also how files end.</summary>
    public static ImmutableArray<string> Formats { get; } = [.. Enum.GetNames<FigureFormat>().Select(name => name.ToLowerInvariant())];

    /// <summary>All figures of a report, in the order in which it shows them.</summary>
    /// <param name="results">What the experiment produced.</param>
    /// <param name="bootstrap">How intervals are made; null is <see cref="BootstrapOptions.Default"/>.</param>
    /// <param name="sweeps">Equilibria of the game that was learned; null or empty elsewhere.</param>
    public static ImmutableArray<Figure> Of(RunResults results, BootstrapOptions? bootstrap = null, IReadOnlyList<EquilibriumSweep>? sweeps = null)
    {
        ArgumentNullException.ThrowIfNull(results);
        var book = new FigureBook();
        HtmlReport.Write(results, SummaryBuilder.Build(results, bootstrap), sweeps, book);
        return book.Figures;
    }

    /// <summary>The figures with given names, in the order of the report.</summary>
    /// <param name="figures">All there are.</param>
    /// <param name="names">The names; empty for all figures.</param>
    /// <exception cref="SrpoException">There is no such figure; the message names those that there are.</exception>
    public static ImmutableArray<Figure> Only(ImmutableArray<Figure> figures, IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        string[] known = [.. figures.Select(figure => figure.Name)];
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown) throw new SrpoException(ErrorKind.NotFound, NearestName.Unknown("figure", unknown, known));
        return names.Count == 0 ? figures : [.. figures.Where(figure => names.Contains(figure.Name))];
    }

    /// <summary>A figure as a file.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="format">As what.</param>
    /// <param name="inches">Its width; null for the one that it is made for.</param>
    /// <param name="dpi">Dots to an inch of a PNG.</param>
    /// <exception cref="SrpoException">It is no SVG, and Skia's native library is not there.</exception>
    public static byte[] Content(Figure figure, FigureFormat format, double? inches = null, int dpi = FigurePrinter.DefaultDpi)
    {
        ArgumentNullException.ThrowIfNull(figure);
        var svg = figure.ToSvg(inches);
        return format switch
        {
            FigureFormat.Svg => Encoding.UTF8.GetBytes(svg),
            FigureFormat.Pdf => FigurePrinter.Pdf(svg),
            FigureFormat.Png => FigurePrinter.Png(svg, dpi),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
    }

    /// <summary>Name of a figure's file.</summary>
    public static string FileName(Figure figure, FigureFormat format)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return $"{figure.Name}.{Formats[(int)format]}";
    }

    /// <summary>
    /// Writes SVG and PDF of every figure; existing files of the same name are replaced. Without Skia's native library there are no PDFs: results do not depend on them.
    /// </summary>
    /// <param name="directory">Where to; made if it is missing.</param>
    /// <param name="figures">The figures.</param>
    /// <returns>Full paths of the files.</returns>
    public static ImmutableArray<string> WriteAll(string directory, ImmutableArray<Figure> figures)
    {
        var paths = ImmutableArray.CreateBuilder<string>();
        if (figures.IsEmpty) return [];
        Directory.CreateDirectory(directory);
        var prints = true;
        foreach (var figure in figures)
        {
            var svg = figure.ToSvg();
            Write(FigureFormat.Svg, Encoding.UTF8.GetBytes(svg));
            if (!prints) continue;
            try
            {
                Write(FigureFormat.Pdf, FigurePrinter.Pdf(svg));
            }
            catch (SrpoException error) when (error.Kind == ErrorKind.Environment)
            {
                prints = false;
            }

            void Write(FigureFormat format, byte[] content)
            {
                paths.Add(Path.GetFullPath(Path.Combine(directory, FileName(figure, format))));
                AtomicFile.Write(paths[^1], content);
            }
        }

        return paths.ToImmutable();
    }
}
