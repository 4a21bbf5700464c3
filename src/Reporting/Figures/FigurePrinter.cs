using System.Xml.Linq;
using SkiaSharp;
using Srpo.Core.Errors;
using Svg.Skia;
using Svg.Skia.TypefaceProviders;

namespace Srpo.Reporting.Figures;

/// <summary>Makes PDF and PNG of a figure's SVG file, with Svg.Skia. What a PDF needs of the font that is shipped is embedded in it; which fonts a machine has does not matter.</summary>
public static class FigurePrinter
{
    private const double PointsPerInch = 72;

    /// <summary>Dots to an inch in a PNG, as journals ask for.</summary>
    public const int DefaultDpi = 300;

    /// <summary>Most dots to an inch.</summary>
    public const int MostDpi = 1200;

    /// <summary>Most dots of a side of a PNG.</summary>
    private const double MostDots = 16384;

    private static readonly Lazy<Fonts> Shipped = new(() => new Fonts(font => font));

    /// <summary>The figure as a PDF of one page that has its size.</summary>
    /// <param name="svg">What <see cref="SvgDocument.Standalone"/> gave.</param>
    /// <exception cref="SrpoException">Skia's native library is not there.</exception>
    public static byte[] Pdf(string svg)
    {
        var text = string.Concat(XDocument.Parse(svg).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value));
        return WithPicture(svg, () => new Fonts(font => FontSubset.Of(font, text + " ")), Pdf);
    }

    private static byte[] Pdf(string svg, SKPicture picture, (double Width, double Height) size)
    {
        const float scale = (float)(PointsPerInch / SvgDocument.UnitsPerInch);
        using var stream = new MemoryStream();
        using (var document = SKDocument.CreatePdf(stream, new SKDocumentPdfMetadata { Title = Title(svg), Producer = "srpo", Creator = "srpo", RasterDpi = DefaultDpi, EncodingQuality = 101 }))
        {
            var page = document.BeginPage((float)size.Width * scale, (float)size.Height * scale);
            page.Scale(scale);
            page.DrawPicture(picture);
            document.EndPage();
            document.Close();
        }

        return stream.ToArray();
    }

    /// <summary>The figure as a PNG on white.</summary>
    /// <param name="svg">What <see cref="SvgDocument.Standalone"/> gave.</param>
    /// <param name="dpi">Dots to an inch, 1 to <see cref="MostDpi"/>.</param>
    /// <exception cref="SrpoException">It would be too large, or Skia's native library is not there.</exception>
    public static byte[] Png(string svg, int dpi = DefaultDpi)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dpi, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dpi, MostDpi);
        return WithPicture(svg, () => Shipped.Value, (_, picture, size) =>
        {
            var scale = dpi / SvgDocument.UnitsPerInch;
            var (width, height) = (Math.Round(size.Width * scale), Math.Round(size.Height * scale));
            if (Math.Max(width, height) > MostDots)
                throw new SrpoException(ErrorKind.Usage, FormattableString.Invariant($"the picture would have more than {MostDots} dots a side; use fewer dots to an inch, or PDF, which has none"));
            using var bitmap = new SKBitmap(new SKImageInfo(Math.Max(1, (int)width), Math.Max(1, (int)height), SKColorType.Rgba8888, SKAlphaType.Premul, SKColorSpace.CreateSrgb()));
            using (var canvas = new SKCanvas(bitmap))
            {
                canvas.Clear(SKColors.White);
                canvas.Scale((float)scale);
                canvas.DrawPicture(picture);
            }

            using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            return encoded.ToArray();
        });
    }

    private static byte[] WithPicture(string svg, Func<Fonts> fonts, Func<string, SKPicture, (double Width, double Height), byte[]> print)
    {
        ArgumentNullException.ThrowIfNull(svg);
        try
        {
            using var drawing = new SKSvg();
            var used = fonts();
            drawing.Settings.TypefaceProviders = [used];
            var picture = drawing.FromSvg(svg) ?? throw new ArgumentException("This is no SVG document.", nameof(svg));
            var printed = print(svg, picture, SvgDocument.Size(XElement.Parse(svg)));
            GC.KeepAlive(used);
            return printed;
        }
        catch (Exception error) when (Native(error) is { } missing)
        {
            throw new SrpoException(ErrorKind.Environment, $"PDF and PNG are drawn by Skia, whose native library cannot be loaded here ({missing.Message}); SVG files need nothing", error);
        }
    }

    /// <summary>What says that a native library is missing, or does not fit; it may have come up in a static constructor.</summary>
    private static Exception? Native(Exception error)
    {
        for (var at = error; at is not null; at = at.InnerException!)
        {
            if (at is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException) return at;
            if (at.InnerException is null) break;
        }

        return null;
    }

    private static string Title(string svg) => (string?)XDocument.Parse(svg).Root?.Elements().FirstOrDefault(element => element.Name.LocalName == "title") ?? "";

    /// <summary>Whatever is asked for, the shipped font in the weight that is asked for.</summary>
    /// <param name="cut">What is made of a font's file before it is used.</param>
    private sealed class Fonts(Func<byte[], byte[]> cut) : ITypefaceProvider
    {
        private readonly Lazy<SKTypeface> _regular = new(() => Load("Arimo-Regular.ttf", cut));
        private readonly Lazy<SKTypeface> _bold = new(() => Load("Arimo-Bold.ttf", cut));

        public SKTypeface FromFamilyName(string fontFamily, SKFontStyleWeight fontWeight, SKFontStyleWidth fontWidth, SKFontStyleSlant fontStyle) =>
            (fontWeight >= SKFontStyleWeight.SemiBold ? _bold : _regular).Value;

        private static SKTypeface Load(string name, Func<byte[], byte[]> cut)
        {
            using var data = SKData.CreateCopy(cut(FontMetrics.FontFile(name)));
            return SKTypeface.FromData(data) ?? throw new InvalidOperationException($"The font {name} cannot be read.");
        }
    }
}
