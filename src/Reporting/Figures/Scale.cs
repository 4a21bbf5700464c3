using Srpo.Reporting.Text;

namespace Srpo.Reporting.Figures;

/// <summary>Maps numbers of an axis to coordinates and knows where its ticks go.</summary>
public abstract class Scale
{
    /// <summary>The ends of the axis and of its picture.</summary>
    protected Scale(double low, double high, double from, double to) => (Low, High, From, To) = (low, high, from, to);

    /// <summary>The number at the axis' start.</summary>
    public double Low { get; }

    /// <summary>The number at the axis' end.</summary>
    public double High { get; }

    /// <summary>The coordinate of <see cref="Low"/>.</summary>
    public double From { get; }

    /// <summary>The coordinate of <see cref="High"/>.</summary>
    public double To { get; }

    /// <summary>The coordinate of a number; numbers beyond the ends lie beyond the picture's.</summary>
    public double Map(double value) => From + Share(value) * (To - From);

    /// <summary>Where a number lies between <see cref="Low"/> (0) and <see cref="High"/> (1).</summary>
    public abstract double Share(double value);

    /// <summary>Round numbers within the axis, about as many as asked for.</summary>
    public abstract IReadOnlyList<double> Ticks(int about);

    /// <summary>A tick's label.</summary>
    public abstract string Label(double tick);
}

/// <summary>Equal steps are equally far apart.</summary>
public sealed class LinearScale : Scale
{
    private double _step = 1;

    /// <summary>A scale with the given ends; a span of zero is widened by a half to either side.</summary>
    public LinearScale(double low, double high, double from, double to)
        : base(low < high ? low : low - 0.5, low < high ? high : low + 0.5, from, to)
    {
    }

    /// <summary>A scale whose ends are round numbers around the data; where all of it is 0, from 0 to 1: what is shown is then hardly ever negative.</summary>
    public static LinearScale Nice(double low, double high, double from, double to, int about = 5)
    {
        if (!(low < high)) (low, high) = low == 0 ? (0, 1) : (low - 0.5, low + 0.5);
        var step = RoundStep((high - low) / about);
        return new(Math.Floor(low / step + 1e-9) * step, Math.Ceiling(high / step - 1e-9) * step, from, to);
    }

    /// <inheritdoc/>
    public override double Share(double value) => (value - Low) / (High - Low);

    /// <inheritdoc/>
    public override IReadOnlyList<double> Ticks(int about)
    {
        _step = RoundStep((High - Low) / Math.Max(1, about));
        var first = (long)Math.Ceiling(Low / _step - 1e-9);
        var last = (long)Math.Floor(High / _step + 1e-9);
        return [.. Enumerable.Range(0, (int)(last - first + 1)).Select(index => (first + index) * _step)];
    }

    /// <inheritdoc/>
    public override string Label(double tick)
    {
        if (Math.Max(Math.Abs(Low), Math.Abs(High)) >= 9999.5) return Numbers.Count(tick);
        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(_step) - 1e-9), 0, 10);
        return Numbers.Fixed(tick, decimals);
    }

    /// <summary>The next of 1, 2, 5 times a power of ten that is not smaller.</summary>
    private static double RoundStep(double rough)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var leading = rough / power;
        return power * (leading <= 1.0001 ? 1 : leading <= 2.0001 ? 2 : leading <= 5.0001 ? 5 : 10);
    }
}

/// <summary>Equal ratios are equally far apart; for positive numbers only.</summary>
public sealed class LogScale : Scale
{
    /// <summary>A scale with the given positive ends; equal ends are widened by a factor of two to either side.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An end is not positive.</exception>
    public LogScale(double low, double high, double from, double to)
        : base(low < high ? low : low / 2, low < high ? high : low * 2, from, to) =>
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(low);

    /// <inheritdoc/>
    public override double Share(double value) => Math.Log(value / Low) / Math.Log(High / Low);

    /// <inheritdoc/>
    public override IReadOnlyList<double> Ticks(int about)
    {
        var first = (int)Math.Ceiling(Math.Log10(Low) - 1e-9);
        var last = (int)Math.Floor(Math.Log10(High) + 1e-9);
        var every = Math.Max(1, (last - first + about) / Math.Max(1, about));
        double[] factors = last - first >= 2 ? [1] : [1, 2, 5];
        var ticks =
            from power in Enumerable.Range(first - 1, last - first + 3)
            where (power - first) % every == 0
            from factor in factors
            let tick = factor * Math.Pow(10, power)
            where tick >= Low * (1 - 1e-9) && tick <= High * (1 + 1e-9)
            select tick;
        return [.. ticks];
    }

    /// <inheritdoc/>
    public override string Label(double tick) =>
        tick >= 9999.5 ? Numbers.Count(tick) : Numbers.Fixed(tick, Math.Clamp((int)Math.Ceiling(-Math.Log10(tick) - 1e-9), 0, 12));
}
