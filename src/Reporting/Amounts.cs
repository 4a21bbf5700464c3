using Srpo.Core.Results;
using Srpo.Reporting.Text;

namespace Srpo.Reporting;

/// <summary>Returns of one layout as text: with more digits where the environment's rewards are small, so that what differs looks different.</summary>
internal sealed class Amounts
{
    private const int MostDecimals = 12;

    private readonly double _scale;

    public Amounts(LayoutSummary layout) => _scale = layout.Methods
        .SelectMany(method => new[] { method.SelfPlay.Mean, method.SelfPlay.Min, method.CrossPlay.Mean, method.CrossPlay.Min })
        .OfType<double>().Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();

    /// <summary>Whether a shown number is nought.</summary>
    public static bool IsZero(string shown) => shown.AsSpan().IndexOfAnyInRange('1', '9') < 0;

    public string Show(double? value) => _scale is 0 or >= 1 ? Numbers.Short(value)
        : Numbers.Fixed(value, Math.Clamp(2 - (int)Math.Floor(Math.Log10(_scale)), 2, MostDecimals));

    /// <summary>
    /// Whether a method earns nothing: every pair's return is nought, or, where there are private costs, no more than these is missing in
    /// self-play and nothing is left with strangers. Returns that only balance out are something.
    /// </summary>
    public bool IsNothing(MethodSummary method)
    {
        var (self, cross) = (method.SelfPlay, method.CrossPlay);
        if ((self.Mean ?? cross.Mean) is null) return false;
        if (Nought(self) && Nought(cross)) return true;
        return method.PrivateCost is { Total: > 0 } cost && self.Mean is { } mean && mean <= 0 && IsZero(Show(mean + cost.Total)) && !(cross.Mean > 0 && !IsZero(Show(cross.Mean)));

        bool Nought(BlockSummary block) => block.Mean is null || (IsZero(Show(block.Mean)) && IsZero(Show(block.Std)));
    }
}
