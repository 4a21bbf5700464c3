namespace Srpo.Core.Statistics;

/// <summary>
/// A sum in a fixed order that keeps the rounding errors apart (Neumaier 1974): the result is as good as a sum in twice the
/// precision, rounded once, unless the terms cancel extremely.
/// </summary>
public struct CompensatedSum
{
    private double _sum;
    private double _compensation;

    /// <summary>The sum of all terms so far.</summary>
    public readonly double Value => double.IsFinite(_compensation) ? _sum + _compensation : _sum;

    /// <summary>Adds a term.</summary>
    public void Add(double term)
    {
        var next = _sum + term;
        _compensation += Math.Abs(_sum) >= Math.Abs(term) ? _sum - next + term : term - next + _sum;
        _sum = next;
    }

    /// <summary>The sum of all values, in order; 0 of none.</summary>
    public static double Of(ReadOnlySpan<double> values)
    {
        var sum = new CompensatedSum();
        foreach (var value in values) sum.Add(value);
        return sum.Value;
    }
}
