using System.Collections.Immutable;
using System.Globalization;
using Srpo.Core.Json;
using Srpo.Core.Text;

namespace Srpo.Games.Files;

/// <summary>Risk aversions of a sweep: from one number to another in equal steps, or in equal ratios.</summary>
public sealed record TauRange
{
    /// <summary>Number of taus where none is given.</summary>
    public const int DefaultCount = 400;

    /// <summary>Most taus.</summary>
    public const int MaxCount = 100_000;

    private TauRange(double low, double high, int count, bool isLogarithmic) => (Low, High, Count, IsLogarithmic) = (low, high, count, isLogarithmic);

    /// <summary>The first tau, at least 0; above 0 if logarithmic.</summary>
    public double Low { get; }

    /// <summary>The last tau, above <see cref="Low"/>, finite.</summary>
    public double High { get; }

    /// <summary>Number of taus, 2 to <see cref="MaxCount"/>.</summary>
    public int Count { get; }

    /// <summary>Whether the ratio of neighbours is the same everywhere, not their difference.</summary>
    public bool IsLogarithmic { get; }

    /// <summary>Reads "A:B" or "A:B:N".</summary>
    /// <param name="text">The text; numbers with a point, never a comma.</param>
    /// <param name="isLogarithmic">Whether ratios are equal; A must then be above 0.</param>
    /// <param name="field">The name of the field or option in messages.</param>
    /// <exception cref="FormatException">The text is no range; the message begins with the field.</exception>
    public static TauRange Parse(string text, bool isLogarithmic, string field = "tau")
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(':');
        if (parts.Length is not (2 or 3)) throw JsonFields.Wrong(field, $"'{text}' is not possible; write A:B or A:B:N, for example 0:4:400");
        var low = Number(parts[0]);
        var high = Number(parts[1]);
        var count = DefaultCount;
        if (parts.Length == 3 && !(int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 2 and <= MaxCount))
            throw JsonFields.Wrong(field, $"'{parts[2]}' is not possible as the number of taus in '{text}'; use a whole number from 2 to {MaxCount}");
        if (low < 0) throw JsonFields.Wrong(field, $"begins at {low} in '{text}'; tau is at least 0");
        if (low >= high) throw JsonFields.Wrong(field, $"ends at {high} in '{text}', which is not above its beginning {low}");
        if (isLogarithmic && low == 0) throw JsonFields.Wrong(field, $"begins at 0 in '{text}'; equal ratios (log) need a beginning above 0");
        return new TauRange(low, high, count, isLogarithmic);

        double Number(string part) => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw JsonFields.Wrong(field, $"'{part}' in '{text}' is no finite number; {DecimalComma.Remedy(part, "write A:B or A:B:N, for example 0:4:400")}");
    }

    /// <summary>The taus, ascending; the ends are exact.</summary>
    public ImmutableArray<double> Values() =>
    [
        .. Enumerable.Range(0, Count).Select(index => index == 0 ? Low : index == Count - 1 ? High
            : IsLogarithmic ? Low * Math.Pow(High / Low, (double)index / (Count - 1))
            : Low + ((High - Low) * index / (Count - 1))),
    ];

    /// <summary>The text that <see cref="Parse"/> reads back.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Low}:{High}:{Count}");
}
