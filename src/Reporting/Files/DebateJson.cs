using System.Text.Json;
using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting.Files;

/// <summary>The part of summary.json about debates.</summary>
internal static class DebateJson
{
    /// <summary>Debates: shares from 0 to 1, strict and flexible with their intervals.</summary>
    public static void Write(Utf8JsonWriter json, RunSummary summary)
    {
        if (!summary.AreDebates) return;
        json.WriteStartObject("debates");
        json.Array("populations", summary.Debaters, population =>
        {
            json.WriteString("population", population.Label);
            json.WriteString("method", population.Method);
            json.WriteString("model", population.Model);
            json.WriteBoolean("trained", population.IsTrained);
        });
        json.WriteStartObject("layouts");
        foreach (var results in summary.Debates)
        {
            json.WriteStartObject(results.Layout);
            WriteTable(json, "joint", results.Joint);
            WriteTable(json, "withStranger", results.WithStranger);
            json.Array("rounds", results.Diagnostics.SelectMany(block => block.Rounds.Select((round, index) => (Block: block, Round: round, Index: index))), one =>
            {
                json.WriteString("method", one.Block.Method);
                json.WriteString("partner", one.Block.Partner);
                json.WriteBoolean("stranger", one.Block.IsStranger);
                json.WriteNumber("round", one.Index + 1);
                Accuracy(json, "accuracy", one.Round.Accuracy);
                Accuracy(json, "joint", one.Round.Joint);
                WriteMeasures(json, "strict", one.Round.Strict);
                WriteMeasures(json, "flexible", one.Round.Flexible);
            });
            json.Array("baselines", results.Baselines, one =>
            {
                Models(json, one.Method, one.Model0, one.Model1);
                json.Number("tokens", one.Tokens);
                Accuracy(json, "debater", one.Debater);
                Accuracy(json, "alone0", one.Alone0);
                Accuracy(json, "alone1", one.Alone1);
                json.Array("votes", one.Votes, vote =>
                {
                    json.WriteString("models", vote.Models);
                    json.Number("answers", vote.Answers);
                    Accuracy(json, "accuracy", vote.Accuracy);
                    Accuracy(json, "debaterAhead", vote.DebaterAhead);
                });
                if (one.Seats is not { } seats) return;
                Accuracy(json, "jointModel0First", seats.First);
                Accuracy(json, "jointModel1First", seats.Exchanged);
            });
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Array("learning", summary.DebateLearning, learning =>
        {
            json.WriteString("population", learning.Population.Label);
            json.WriteNumber("runs", learning.Runs);
            json.WriteNumber("agentSteps", learning.AgentSteps);
            foreach (var (name, rounds) in new[] { ("first", learning.First), ("last", learning.Last) })
            {
                json.Array(name, rounds, round =>
                {
                    json.Number("accuracy", round.Accuracy);
                    json.Number("accuracyStd", round.AccuracyStd);
                    json.Number("joint", round.Joint);
                    json.Number("flexible", round.Flexible);
                });
            }
        });
        json.WriteEndObject();
    }

    private static void WriteTable(Utf8JsonWriter json, string name, DebateBatch table)
    {
        json.WriteStartObject(name);
        foreach (var (key, cells) in new[] { ("cells", table.Cells), ("means", table.Means) })
        {
            json.Array(key, cells, cell =>
            {
                Models(json, cell.Method, cell.Model0, cell.Model1);
                json.WriteNumber("pairs", cell.Pairs);
                json.WriteNumber("questions", cell.Questions);
                Accuracy(json, "accuracy", cell.Accuracy);
            });
        }

        json.Array("differences", table.Differences, one =>
        {
            Models(json, one.Method, one.Model0, one.Model1);
            json.WriteString("baseline", one.Baseline);
            Accuracy(json, "accuracy", one.Accuracy);
        });
        json.WriteEndObject();
    }

    private static void WriteMeasures(Utf8JsonWriter json, string name, RoundMeasures measures)
    {
        json.WriteStartObject(name);
        json.WriteNumber("debates", measures.Debates);
        json.Pair("accuracy", measures.Accuracy.Seat0, measures.Accuracy.Seat1);
        json.Number("joint", measures.Joint);
        json.Number("agreement", measures.Agreement);
        json.Pair("recovery", measures.Recovery.Seat0, measures.Recovery.Seat1);
        json.Pair("corruption", measures.Corruption.Seat0, measures.Corruption.Seat1);
        json.Pair("flips", measures.Flips.Seat0, measures.Flips.Seat1);
        json.Pair("tokens", measures.Tokens.Seat0, measures.Tokens.Seat1);
        json.Pair("repetition", measures.Repetition.Seat0, measures.Repetition.Seat1);
        json.WriteEndObject();
    }

    private static void Models(Utf8JsonWriter json, string method, string model0, string model1)
    {
        json.WriteString("method", method);
        json.WriteString("model0", model0);
        json.WriteString("model1", model1);
    }

    private static void Accuracy(Utf8JsonWriter json, string name, DebateAccuracy accuracy)
    {
        json.WriteStartObject(name);
        json.Number("strict", accuracy.Strict);
        json.Interval("strictCi95", accuracy.StrictInterval);
        json.Number("flexible", accuracy.Flexible);
        json.Interval("flexibleCi95", accuracy.FlexibleInterval);
        json.WriteEndObject();
    }
}
