using System.Globalization;

namespace Srpo.Games.Finite;

/// <summary>
/// What doubles can hold of a game's equilibria, in units of the game. Payoffs times c with eps times c and tau over c are the same game, so
/// only the ratios count: the range of a player's utilities over eps, and tau times that range.
/// </summary>
public static class SolverLimits
{
    /// <summary>
    /// Most that utilities may range over, in units of eps. A probability of 1/2 is a double to 1e-16; what a player answers to it, in log
    /// probabilities, is uncertain by that times this number.
    /// </summary>
    public const double LargestRangeOverEpsilon = 1e11;

    /// <summary>Most that tau times the range of utilities may be.</summary>
    public const double LargestTauTimesRange = 1e12;

    /// <summary>Largest range of utilities itself, far enough from the largest double that sums and products stay below it.</summary>
    public const double LargestRange = 1e290;

    /// <summary>Smallest range of utilities that are not all alike: below, doubles lose their digits.</summary>
    public const double SmallestRange = 1e-290;

    /// <summary>Largest gain from a best response, as a share of the range of utilities, of a profile that counts as an equilibrium.</summary>
    public const double GapTolerance = 1e-10;

    /// <summary>
    /// Largest difference between log probabilities and those of the best response of a profile that counts as an equilibrium: 1e-8, or what
    /// rounding the log probabilities themselves makes of it where utilities range over very many eps (a mixed strategy answers a change of the
    /// other's by so much more, and a change where the other is all but certain if the adversary can undo that).
    /// </summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and eps of its players.</param>
    public static double LogTolerance(FiniteGame game, RiskProfile risk)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(risk);
        var (sharpness, caution) = (0.0, 0.0);
        for (var player = 0; player < game.Players; player++)
        {
            var range = Range(game, player);
            (sharpness, caution) = (Math.Max(sharpness, range / risk.Epsilon[player]), Math.Max(caution, risk.Tau[player] * range));
        }

        return Math.Max(1e-8, 4e-15 * sharpness * (1 + Math.Min(sharpness, caution)));
    }

    /// <summary>Largest minus smallest utility of a player.</summary>
    /// <param name="game">The game.</param>
    /// <param name="player">From 0.</param>
    public static double Range(FiniteGame game, int player)
    {
        ArgumentNullException.ThrowIfNull(game);
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var utility in game.Utilities(player)) (least, most) = (Math.Min(least, utility), Math.Max(most, utility));
        return most - least;
    }

    /// <summary>Refuses games whose equilibria doubles cannot hold.</summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and eps of its players.</param>
    /// <exception cref="ArgumentException">The message names the number, the limit and what to change.</exception>
    public static void Require(FiniteGame game, RiskProfile risk)
    {
        MixedProfile.RequireRisk(game, risk);
        for (var player = 0; player < game.Players; player++)
        {
            var range = Range(game, player);
            var (tau, epsilon) = (risk.Tau[player], risk.Epsilon[player]);
            if (!(range <= LargestRange))
            {
                throw Refused(
                    "payoffs",
                    $"payoffs of player {player}: range over more than {LargestRange:0e0}, which leaves no room to compute in; divide payoffs, costs and epsilon by one number and multiply tau by it: the equilibria stay the same");
            }

            if (range is > 0 and < SmallestRange)
            {
                throw Refused(
                    "payoffs",
                    $"payoffs of player {player}: range over {range:g4}, where doubles lose their digits; multiply payoffs, costs and epsilon by one number and divide tau by it: the equilibria stay the same");
            }

            if (range / epsilon > LargestRangeOverEpsilon)
            {
                throw Refused(
                    "epsilon",
                    $"epsilon of player {player}: {epsilon} is too small for utilities that range over {range:g4}: beyond a ratio of {LargestRangeOverEpsilon:0e0} doubles cannot tell a mixed strategy from its neighbours; take at least {Above(range / LargestRangeOverEpsilon)}");
            }

            if (tau * range > LargestTauTimesRange)
            {
                throw Refused(
                    "tau",
                    $"tau of player {player}: {tau} is too large for utilities that range over {range:g4}: beyond a product of {LargestTauTimesRange:0e0} doubles do not hold what the adversary decides by; take at most {Below(LargestTauTimesRange / range)}, from where nothing changes up to the limit, the security strategies");
            }
        }
    }

    private static string Above(double value) => Rounded(value, Math.Ceiling);

    private static string Below(double value) => Rounded(value, Math.Floor);

    /// <summary>Two digits, rounded to the side where it is allowed.</summary>
    private static string Rounded(double value, Func<double, double> round)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
        return (round(value / unit) * unit).ToString("g2", CultureInfo.InvariantCulture);
    }

    private static ArgumentException Refused(string name, FormattableString text) => new(text.ToString(CultureInfo.InvariantCulture), name);
}
