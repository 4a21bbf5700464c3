using System.Collections.Immutable;
using System.Text;
using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting.Files;

/// <summary>Debates as CSV: every pair of runs, or every point of the learning curves, a line per round.</summary>
public static class DebateCsv
{
    private static readonly string[] MeasureColumns =
    [
        "round", "extraction", "debates", "seat0Accuracy", "seat1Accuracy", "joint", "agreement", "seat0Recovery", "seat1Recovery", "seat0Corruption", "seat1Corruption",
        "seat0Flips", "seat1Flips", "seat0Tokens", "seat1Tokens", "seat0Repetition", "seat1Repetition",
    ];

    /// <summary>All pairs of all layouts: a line per pair, round and extraction.</summary>
    /// <param name="debates">The debates by layout.</param>
    /// <param name="debaters">The populations.</param>
    public static string WritePairs(IEnumerable<DebateMatches> debates, ImmutableArray<DebaterPopulation> debaters)
    {
        ArgumentNullException.ThrowIfNull(debates);
        var text = new StringBuilder();
        Csv.AppendRecord(text, ["layout", "seat0Population", "seat0Run", "seat1Population", "seat1Run", "seat0Method", "seat1Method", "seat0Model", "seat1Model", .. MeasureColumns]);
        foreach (var (matches, row, column) in
            from matches in debates from row in Enumerable.Range(0, matches.Players.Length) from column in Enumerable.Range(0, matches.Players.Length) select (matches, row, column))
        {
            if (matches[row, column] is not { } outcomes) continue;
            var (first, second) = (Of(matches.Players[row]), Of(matches.Players[column]));
            Append(text, [matches.Layout, .. Run(matches.Players[row]), .. Run(matches.Players[column]), first?.Method ?? "", second?.Method ?? "", first?.Model ?? "", second?.Model ?? ""], outcomes);
        }

        return text.ToString();

        static string[] Run(AgentLabel player) => [player.Method, Csv.Field(player.Run)];

        DebaterPopulation? Of(AgentLabel player) => debaters.FirstOrDefault(population => population.Label == player.Method);
    }

    /// <summary>Validation debates of all points of all curves: a line per run, point, round and extraction.</summary>
    /// <param name="curves">The learning curves.</param>
    public static string WriteLearning(IEnumerable<LearningCurve> curves)
    {
        ArgumentNullException.ThrowIfNull(curves);
        var text = new StringBuilder();
        Csv.AppendRecord(text, ["method", "run", "envSteps", "agentSteps", .. MeasureColumns]);
        foreach (var (curve, point) in from curve in curves from point in curve.Points.IsDefault ? [] : curve.Points select (curve, point))
        {
            if (point.Debates is { } outcomes) Append(text, [curve.Method, Csv.Field(curve.Run), Csv.Field(point.EnvSteps), Csv.Field(point.AgentSteps)], outcomes);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string[] before, DebateOutcomes outcomes)
    {
        foreach (var rule in Enum.GetValues<AnswerRule>())
        {
            var rounds = DebateMeasures.Of(outcomes, rule);
            for (var index = 0; index < rounds.Count; index++)
            {
                var round = rounds[index];
                Csv.AppendRecord(text,
                [
                    .. before, Csv.Field(index + 1), rule == AnswerRule.Strict ? "strict" : "flexible", Csv.Field(round.Debates), .. Pair(round.Accuracy), Csv.Field(round.Joint), Csv.Field(round.Agreement),
                    .. Pair(round.Recovery), .. Pair(round.Corruption), .. Pair(round.Flips), .. Pair(round.Tokens), .. Pair(round.Repetition),
                ]);
            }
        }

        static string[] Pair(SeatPair pair) => [Csv.Field(pair.Seat0), Csv.Field(pair.Seat1)];
    }
}
