using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;
using Srpo.Core.Errors;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Tests.Support;

namespace Srpo.Reporting.Tests;

public sealed class FigureFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("srpo-figures-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<string> Names => [.. All.Select(figure => figure.Name)];

    private static IReadOnlyList<Figure> All { get; } = FigureFiles.Of(SyntheticRun.Create(4, ["ippo", "srpo", "fcp"]));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_says_everything_itself(string name)
    {
        var text = Find(name).ToSvg();
        var svg = XDocument.Parse(text);
        foreach (var word in new[] { "var(", "<style", "class=", "data-", "currentColor" }) Assert.DoesNotContain(word, text, StringComparison.Ordinal);
        var shapes = svg.Descendants().Where(element => element.Name.LocalName is "path" or "rect" or "circle").ToArray();
        Assert.NotEmpty(shapes);
        Assert.All(shapes, shape => Assert.NotNull(shape.Attribute("fill") ?? shape.Ancestors().Select(at => at.Attribute("fill")).FirstOrDefault(fill => fill is not null)));
        Assert.All(svg.Descendants().Where(element => element.Name.LocalName == "line"), line => Assert.Matches("^#[0-9a-f]{6}$", (string)line.Attribute("stroke")!));
        Assert.Matches("^[0-9.]+in$", (string)svg.Root!.Attribute("width")!);
        Assert.StartsWith("Arimo,", (string)svg.Root.Attribute("font-family")!, StringComparison.Ordinal);
        Assert.NotEmpty(svg.Root.Elements().First().Value);
    }

    /// <summary>Labels by the metrics that they were laid out with: at any width none leaves the picture, and none lies on another.</summary>
    [Theory]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3.25)]
    [InlineData(6.75)]
    [InlineData(12)]
    public void Labels_are_neither_cut_nor_on_top_of_each_other(double inches)
    {
        string[] methods = ["ippo", "srpo", "self-play", "pure-adversarial", "ippo-entropy0.01", "ippo-entropy0.2", "a-population-with-a-long-name"];
        foreach (var figure in FigureFiles.Of(SyntheticRun.Create(3, methods)).Concat(All))
        {
            var svg = XDocument.Parse(figure.ToSvg(inches)).Root!;
            var (width, height) = (inches * SvgDocument.UnitsPerInch, double.Parse(((string)svg.Attribute("viewBox")!).Split(' ')[3], CultureInfo.InvariantCulture));
            var boxes = LabelBoxes.Of(svg).ToArray();
            Assert.NotEmpty(boxes);
            foreach (var box in boxes)
                Assert.True(box.Left > -0.5 && box.Right < width + 0.5 && box.Top > -0.5 && box.Bottom < height + 0.5, $"{figure.Name} at {inches} in: '{box.Text}' leaves the picture: {box}");
            for (var i = 0; i < boxes.Length; i++)
            {
                for (var j = 0; j < i; j++) Assert.False(boxes[i].Overlaps(boxes[j]), $"{figure.Name} at {inches} in: '{boxes[i].Text}' lies on '{boxes[j].Text}': {boxes[i]} {boxes[j]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Pdf_and_png_have_the_size_that_was_asked_for_and_are_the_same_every_time(string name)
    {
        var svg = Find(name).ToSvg(3.25);
        Assert.Equal(FigurePrinter.Pdf(svg), FigurePrinter.Pdf(svg));
        using var picture = SKBitmap.Decode(FigurePrinter.Png(svg, 200));
        Assert.Equal(650, picture.Width);
        Assert.True(Inked(picture) > 0.002, "nothing is drawn");
    }

    [ProgramFact("poppler-utils", "pdftoppm", "pdffonts", "pdftotext", "pdfinfo")]
    public void A_pdf_has_its_font_inside_and_its_text_as_text()
    {
        var (pdf, figure) = (Path.Combine(_directory, "bars.pdf"), Find("bars"));
        File.WriteAllBytes(pdf, FigureFiles.Content(figure, FigureFormat.Pdf, 3.25));
        var fonts = Run("pdffonts", pdf).Split('\n').Skip(2).Where(line => line.Length > 0).ToArray();
        Assert.NotEmpty(fonts);
        Assert.All(fonts, font => Assert.Matches(@"Arimo.* yes yes yes ", font));
        Assert.Contains("SRPO", Run("pdftotext", pdf, "-"), StringComparison.Ordinal);
        Assert.Matches(@"Page size: +234 x ", Run("pdfinfo", pdf));
        Run("pdftoppm", "-r", "150", "-png", "-singlefile", pdf, Path.Combine(_directory, "bars"));
        using var picture = SKBitmap.Decode(Path.Combine(_directory, "bars.png"));
        Assert.InRange(Inked(picture), 0.02, 0.6);

        // Of the font, only what this figure says: whole, its two weights alone take 50 kB.
        Assert.InRange(new FileInfo(pdf).Length, 5_000, 30_000);
    }

    /// <summary>Two programs that share no code draw the same: colours, lines and shapes are where they belong.</summary>
    [ProgramFact("librsvg2-bin", "rsvg-convert")]
    public void Rsvg_draws_what_skia_draws()
    {
        foreach (var figure in All)
        {
            var (svg, png) = (Path.Combine(_directory, figure.Name + ".svg"), Path.Combine(_directory, figure.Name + ".png"));
            File.WriteAllText(svg, figure.ToSvg());
            Run("rsvg-convert", "--output", png, svg);
            using var theirs = SKBitmap.Decode(png);
            using var ours = SKBitmap.Decode(FigurePrinter.Png(File.ReadAllText(svg), 96));
            Assert.InRange(theirs.Width, ours.Width - 1, ours.Width + 1);
            Assert.InRange(Different(theirs, ours), 0, 0.06);
        }
    }

    [Fact]
    public void Only_some_figures_and_unknown_names()
    {
        Assert.Equal(["bars", "learning"], FigureFiles.Only([.. All], ["learning", "bars"]).Select(figure => figure.Name));
        var error = Assert.Throws<SrpoException>(() => FigureFiles.Only([.. All], ["barz"]));
        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Contains("bars", error.Message, StringComparison.Ordinal);
        Assert.Equal(All.Count, All.Select(figure => figure.Name).Distinct().Count());
        Assert.All(All, figure => Assert.Matches("^[a-z0-9._-]+$", figure.Name));
    }

    [Fact]
    public void A_picture_that_would_be_too_large_is_refused()
    {
        var svg = Find("bars").ToSvg(40);
        Assert.Contains("fewer dots", Assert.Throws<SrpoException>(() => FigurePrinter.Png(svg, 1200)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => FigurePrinter.Png(svg, 0));
    }

    [Fact]
    public void Widths_of_texts_are_those_of_the_shipped_font()
    {
        foreach (var (metrics, file) in new[] { (FontMetrics.Regular, "Arimo-Regular.ttf"), (FontMetrics.Bold, "Arimo-Bold.ttf") })
        {
            using var data = SKData.CreateCopy(FontMetrics.FontFile(file));
            using var font = new SKFont(SKTypeface.FromData(data), 100) { Hinting = SKFontHinting.None, Subpixel = true };
            foreach (var text in new[] { "SRPO, tau 0.1", "−1\u202f234.5", "ε = τ → ↓ … ≥", "Überlänge", "Ж" }) Assert.Equal(font.MeasureText(text), metrics.Width(text, 100), 0.1);
        }

        Assert.Equal(100, FontMetrics.Regular.Width("漢", 100));
    }

    private static Figure Find(string name) => All.Single(figure => figure.Name == name);

    /// <summary>Share of dots that are not paper.</summary>
    private static double Inked(SKBitmap picture) => picture.Pixels.Count(pixel => pixel != SKColors.White) / (double)picture.Pixels.Length;

    /// <summary>Share of dots of clearly another colour; edges and letters differ a little between programs.</summary>
    private static double Different(SKBitmap first, SKBitmap second)
    {
        var (different, all) = (0, 0);
        for (var y = 0; y < Math.Min(first.Height, second.Height); y++)
        {
            for (var x = 0; x < Math.Min(first.Width, second.Width); x++, all++)
            {
                var (a, b) = (first.GetPixel(x, y), second.GetPixel(x, y));
                if (Math.Abs(a.Red - b.Red) + Math.Abs(a.Green - b.Green) + Math.Abs(a.Blue - b.Blue) > 150) different++;
            }
        }

        return different / (double)all;
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error.Result}");
        return output;
    }
}
