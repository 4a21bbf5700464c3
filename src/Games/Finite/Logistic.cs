namespace Srpo.Games.Finite;

/// <summary>The logistic function and its relatives, without overflow and without cancellation in the tails.</summary>
internal static class Logistic
{
    /// <summary>1 / (1 + e^-logit).</summary>
    public static double Sigmoid(double logit) => Sigmoid(logit, out _);

    /// <summary>x = 1 / (1 + e^-logit) together with x (1 - x), its derivative.</summary>
    public static double Sigmoid(double logit, out double variance)
    {
        var e = Math.Exp(-Math.Abs(logit));
        var larger = 1 / (1 + e);
        variance = e * larger * larger;
        return logit >= 0 ? larger : e * larger;
    }

    /// <summary>The two log probabilities of a logit.</summary>
    public static double[] LogPair(double logit)
    {
        var tail = LogOnePlus(Math.Exp(-Math.Abs(logit)));
        return [Math.Min(logit, 0) - tail, Math.Min(-logit, 0) - tail];
    }

    /// <summary>log(1 + x), exact to rounding also for tiny x (<c>double.LogP1</c> is not).</summary>
    public static double LogOnePlus(double x)
    {
        var sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>e^x - 1 - x for |x| at most 1.</summary>
    public static double ExpRemainder(double x)
    {
        var series = 1.0;
        for (var k = 20; k >= 3; k--) series = 1 + (x / k * series);
        return x * x / 2 * series;
    }
}
