using System.Text;
using Srpo.Core.Results;
using Srpo.Reporting.Files;

namespace Srpo.Reporting.Equilibria;

/// <summary>strategies.csv: a line per population, run, seat and action.</summary>
public static class LearnedStrategiesCsv
{
    private static readonly string[] Columns =
        ["method", "run", "tau", "epsilon", "seat", "action", "learned", "equilibrium", "equilibriumIsStable", "distance", "freeRiding", "equilibriumFreeRiding"];

    /// <summary>All learned strategies beside the nearest equilibria.</summary>
    public static string Write(IEnumerable<LearnedStrategies> teams)
    {
        ArgumentNullException.ThrowIfNull(teams);
        var text = new StringBuilder();
        Csv.AppendRecord(text, Columns);
        foreach (var team in teams)
        {
            for (var seat = 0; seat < team.Strategies.Length; seat++)
            {
                for (var action = 0; action < team.Strategies[seat].Length; action++)
                {
                    Csv.AppendRecord(text,
                    [
                        team.Method, Csv.Field(team.Team), Csv.Field(team.Tau), Csv.Field(team.Epsilon), Csv.Field(seat), Csv.Field(action),
                        Csv.Field(team.Strategies[seat][action]), Csv.Field(team.Nearest[seat][action]), team.NearestIsStable switch { true => "true", false => "false", null => "" },
                        Csv.Field(team.Distance), Csv.Field(team.FreeRiding), Csv.Field(team.NearestFreeRiding),
                    ]);
                }
            }
        }

        return text.ToString();
    }
}
