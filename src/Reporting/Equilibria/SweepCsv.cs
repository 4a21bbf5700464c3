using System.Globalization;
using System.Text;
using Srpo.Reporting.Files;

namespace Srpo.Reporting.Equilibria;

/// <summary>
/// A sweep as CSV: tau, branch (from 0), stable (true, false or empty), one column per number of a strategy ("player0 contribute"), then
/// "utility0", ..., "sharedReward", "privateCost0", ..., "freeRiding".
/// </summary>
public static class SweepCsv
{
    /// <summary>The columns.</summary>
    /// <param name="sweep">The equilibria.</param>
    public static IReadOnlyList<string> Columns(EquilibriumSweep sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        return
        [
            "tau", "branch", "stable",
            .. sweep.StrategyNames.SelectMany((names, player) => names.Select(name => Numbered("player", player) + " " + name)),
            .. Enumerable.Range(0, sweep.Players).Select(player => Numbered("utility", player)),
            "sharedReward",
            .. Enumerable.Range(0, sweep.Players).Select(player => Numbered("privateCost", player)),
            "freeRiding",
        ];
    }

    /// <summary>The text; one line per equilibrium, branch after branch.</summary>
    /// <param name="sweep">The equilibria.</param>
    public static string Write(EquilibriumSweep sweep)
    {
        var text = new StringBuilder();
        Csv.AppendRecord(text, Columns(sweep));
        for (var branch = 0; branch < sweep.Branches.Length; branch++)
        {
            foreach (var point in sweep.Branches[branch].Points)
            {
                Csv.AppendRecord(text,
                [
                    Csv.Field(point.Tau), Csv.Field((long)branch), point.IsStable switch { true => "true", false => "false", _ => "" },
                    .. point.Strategies.SelectMany(strategy => strategy).Select(number => Csv.Field(number)),
                    .. point.Utilities.Select(number => Csv.Field(number)),
                    Csv.Field(point.SharedReward),
                    .. point.PrivateCosts.Select(number => Csv.Field(number)),
                    Csv.Field(point.FreeRiding),
                ]);
            }
        }

        return text.ToString();
    }

    private static string Numbered(string name, int player) => name + player.ToString(CultureInfo.InvariantCulture);
}
