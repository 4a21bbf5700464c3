namespace Srpo.Reporting.Figures;

/// <summary>
/// The sequential colour map of the heatmaps: indigo, blue, green, yellow. Made in Oklab (Ottosson 2020) with lightness rising in
/// equal steps, so that equal differences of value look equally large, also without colour vision and in grey print.
/// </summary>
public static class ColourRamp
{
    /// <summary>Number of colours; level 0 is the lowest value. CSS names them <c>--h0</c> and so on.</summary>
    public const int Levels = 48;

    private const double DarkestLightness = 0.27;
    private const double LightestLightness = 0.92;

    /// <summary>Anchors: hue in degrees and chroma, equally spaced along the ramp.</summary>
    private static readonly (double Hue, double Chroma)[] Anchors =
        [(288, 0.115), (272, 0.125), (245, 0.105), (205, 0.095), (172, 0.115), (140, 0.155), (103, 0.165)];

    /// <summary>The level of a value between the ends of a scale; values beyond the ends get the end's level.</summary>
    public static int Level(Scale scale, double value)
    {
        ArgumentNullException.ThrowIfNull(scale);
        return Math.Clamp((int)(scale.Share(value) * Levels), 0, Levels - 1);
    }

    /// <summary>Whether text on this level must be dark.</summary>
    public static bool IsLight(int level) => Lightness(level) > 0.59;

    /// <summary>The colour of a level as <c>#rrggbb</c>.</summary>
    public static string Hex(int level)
    {
        var position = (double)level / (Levels - 1) * (Anchors.Length - 1);
        var below = Math.Min((int)position, Anchors.Length - 2);
        var share = position - below;
        var hue = (Anchors[below].Hue + share * (Anchors[below + 1].Hue - Anchors[below].Hue)) * Math.PI / 180;
        var chroma = Anchors[below].Chroma + share * (Anchors[below + 1].Chroma - Anchors[below].Chroma);
        for (; ; chroma *= 0.97)
        {
            var (red, green, blue) = FromOklab(Lightness(level), chroma * Math.Cos(hue), chroma * Math.Sin(hue));
            if (InGamut(red) && InGamut(green) && InGamut(blue))
                return FormattableString.Invariant($"#{Encode(red):x2}{Encode(green):x2}{Encode(blue):x2}");
        }
    }

    private static double Lightness(int level) =>
        DarkestLightness + (LightestLightness - DarkestLightness) * level / (Levels - 1);

    private static bool InGamut(double linear) => linear is > -1e-4 and < 1 + 1e-4;

    private static (double Red, double Green, double Blue) FromOklab(double lightness, double a, double b)
    {
        var l = Cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
        var m = Cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
        var s = Cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
        return (
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    }

    private static double Cube(double x) => x * x * x;

    /// <summary>The sRGB transfer function, to 8 bits.</summary>
    private static byte Encode(double linear)
    {
        var clamped = Math.Clamp(linear, 0, 1);
        var encoded = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * Math.Pow(clamped, 1 / 2.4) - 0.055;
        return (byte)Math.Round(255 * encoded);
    }
}
