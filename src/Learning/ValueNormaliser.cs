using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning;

/// <summary>
/// The running mean and standard deviation of the returns that a critic learns from, as MAPPO's ValueNorm keeps them (Yu et al. 2022): with x the mean of a minibatch's returns and
/// s that of their squares, M becomes beta M + (1 - beta) x and S becomes beta S + (1 - beta) s, both from 0 on, and after n minibatches the mean is M/(1 - beta^n), the variance
/// S/(1 - beta^n) - mean^2, at least <see cref="LeastVariance"/>. Before the first minibatch the mean is 0 and the variance the least one.
/// <para>A critic predicts (return - mean)/deviation. For every minibatch that it learns from, in every epoch, <see cref="Update"/> takes the minibatch's returns first, and targets
/// are normalised with what it makes of them. Values that were predicted while a rollout was played are put back to scale with the numbers that stood then,
/// which are those of the state that played.</para>
/// <para>It is kept in <see cref="Length"/> numbers behind the critic's parameters, so that it goes wherever those go: the number of minibatches, then the mean and the mean of squares, each
/// as two single-precision numbers whose sum it is, to 48 bits. What is kept are the quotients by 1 - beta^n, not M and S: a step is mean + w (x - mean) with
/// w = (1 - beta)/(1 - beta^n), and beta^n is computed from n every time. A product of beta that is kept in single precision would lose its last digits, and a mean would stand still where its
/// step is below the last digit. The count ends at 2^24, where beta^n is below 1e-72.</para>
/// </summary>
public struct ValueNormaliser
{
    /// <summary>How many numbers it is kept in.</summary>
    public const int Length = 5;

    /// <summary>The weight of what was before, at a minibatch.</summary>
    public const double Beta = 0.99999;

    /// <summary>The least variance.</summary>
    public const double LeastVariance = 1e-2;

    /// <summary>Largest count that single precision tells from the next.</summary>
    private const long MostMinibatches = 1 << 24;

    private long _minibatches;
    private double _squares;

    /// <summary>Mean of the returns.</summary>
    public double Mean { readonly get; private set; }

    /// <summary>Standard deviation of the returns, at least 0.1.</summary>
    public readonly double Deviation => Math.Sqrt(Math.Max(LeastVariance, _squares - (Mean * Mean)));

    /// <summary>The normaliser of an actor's critic.</summary>
    /// <param name="parameters">[ActorShape.ParameterCount] the actor's parameters; the normaliser is at their end.</param>
    public static ValueNormaliser Read(ReadOnlySpan<float> parameters)
    {
        var numbers = parameters[^Length..];
        return new() { _minibatches = (long)numbers[0], Mean = (double)numbers[1] + numbers[2], _squares = (double)numbers[3] + numbers[4] };
    }

    /// <summary>Puts it at the end of an actor's parameters.</summary>
    /// <param name="parameters">[ActorShape.ParameterCount].</param>
    public readonly void Write(Span<float> parameters)
    {
        var numbers = parameters[^Length..];
        numbers[0] = _minibatches;
        (numbers[1], numbers[2]) = Split(Mean);
        (numbers[3], numbers[4]) = Split(_squares);
    }

    /// <summary>Takes the returns of a minibatch.</summary>
    /// <param name="sum">Their sum.</param>
    /// <param name="squares">The sum of their squares.</param>
    /// <param name="samples">How many they are, at least 1.</param>
    public void Update(double sum, double squares, long samples)
    {
        _minibatches = Math.Min(_minibatches + 1, MostMinibatches);
        var weight = _minibatches == 1 ? 1 : (1 - Beta) / (1 - DeterministicMath.Power(Beta, _minibatches));
        Mean += weight * ((sum / samples) - Mean);
        _squares += weight * ((squares / samples) - _squares);
    }

    /// <summary>A return in the critic's units.</summary>
    public readonly double Normalise(double value) => (value - Mean) / Deviation;

    /// <summary>The sum of squares of normalised returns.</summary>
    /// <param name="sum">Sum of the returns.</param>
    /// <param name="squares">Sum of their squares.</param>
    /// <param name="samples">How many they are.</param>
    public readonly double SumOfSquares(double sum, double squares, long samples) => (squares - (2 * Mean * sum) + (samples * Mean * Mean)) / (Deviation * Deviation);

    /// <summary>What a critic predicted, as a return.</summary>
    public readonly double Restore(double prediction) => Mean + (Deviation * prediction);

    private static (float High, float Low) Split(double value) => ((float)value, (float)(value - (float)value));
}
