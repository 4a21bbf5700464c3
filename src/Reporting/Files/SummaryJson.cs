using System.Globalization;
using System.Text;
using System.Text.Json;
using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting.Files;

/// <summary>
/// summary.json: the key numbers for other programs, camelCase, indented, in UTF-8. A number that does not exist or is not
/// finite is null. Methods and layouts keep their own names as keys.
/// </summary>
public static class SummaryJson
{
    /// <summary>The summary as JSON text with a final line feed.</summary>
    public static string Write(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            WriteRun(json, summary);
            WriteLayouts(json, summary);
            WriteRanking(json, summary);
            WriteMatches(json, summary);
            WriteShifts(json, summary);
            WriteBetween(json, summary);
            WriteLearning(json, summary);
            WriteEquilibria(json, summary);
            WriteDebates(json, summary);
            WriteBootstrap(json, summary.Bootstrap);
            WriteVerdict(json, summary);
            WriteEnvironment(json, summary.Info);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteRun(Utf8JsonWriter json, RunSummary summary)
    {
        var info = summary.Info;
        json.WriteString("name", info.Name);
        json.WriteString("id", info.Id);
        json.WriteString("date", info.Date.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
        json.WriteString("commandLine", info.CommandLine);
        json.WriteString("score", info.Score);
        json.WriteNumber("seeds", info.Seeds);
        json.WriteNumber("envSteps", info.EnvSteps);
        Number(json, "trainingSeconds", info.TrainingSeconds);
        Number(json, "wallSeconds", info.WallSeconds);
        Number(json, "envStepsPerSecond", summary.EnvStepsPerSecond);
    }

    private static void WriteLayouts(Utf8JsonWriter json, RunSummary summary)
    {
        json.WriteStartObject("layouts");
        foreach (var layout in summary.Layouts)
        {
            json.WriteStartObject(layout.Layout);
            foreach (var method in layout.Methods)
            {
                json.WriteStartObject(method.Method);
                json.WriteNumber("runs", method.Runs);
                WriteBlock(json, "selfPlay", method.SelfPlay);
                WriteBlock(json, "crossPlay", method.CrossPlay);
                Number(json, "gap", method.Gap);
                Number(json, "freeRiding", method.FreeRiding);
                if (method.PrivateCost is { } cost) Pair(json, "privateCost", cost.Seat0, cost.Seat1);
                else json.WriteNull("privateCost");
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>The two methods that lead each layout, and whether the order is more than chance.</summary>
    private static void WriteRanking(Utf8JsonWriter json, RunSummary summary)
    {
        json.WriteStartObject("ranking");
        foreach (var layout in summary.Layouts)
        {
            if (layout.Lead is not { } lead) continue;
            json.WriteStartObject(layout.Layout);
            json.WriteString("first", lead.First);
            json.WriteString("second", lead.Second);
            Number(json, "difference", lead.Difference);
            Interval(json, "ci95", lead.Interval);
            json.WriteBoolean("decisive", lead.IsDecisive);
            json.WriteNumber("runs", lead.Runs);
            json.WriteBoolean("fewRuns", lead.HasFewRuns);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>What the numbers say, the sentences of the terminal and the page.</summary>
    private static void WriteVerdict(Utf8JsonWriter json, RunSummary summary)
    {
        json.WriteStartArray("verdict");
        foreach (var sentence in Verdict.Sentences(summary)) json.WriteStringValue(sentence);
        json.WriteEndArray();
    }

    private static void WriteMatches(Utf8JsonWriter json, RunSummary summary)
    {
        json.WriteStartObject("matches");
        foreach (var layout in summary.Layouts)
        {
            json.WriteStartObject(layout.Layout);
            json.WriteString("seating", layout.Seating);
            json.WriteNumber("episodes", layout.Episodes);
            json.WriteString("opponents", layout.Opponents);
            json.WriteBoolean("unseenOpponents", layout.UnseenOpponents);
            WriteWeights(json, layout);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteWeights(Utf8JsonWriter json, LayoutSummary layout)
    {
        if (layout.Weights.IsEmpty) return;
        json.WriteStartArray("weights");
        foreach (var (run, weights) in layout.Weights)
        {
            json.WriteStartObject();
            json.WriteString("run", run.ToString());
            json.WriteStartArray("rounds");
            foreach (var round in weights.Rounds) json.WriteNumberValue(round);
            json.WriteEndArray();
            json.WriteStartArray("hashes");
            foreach (var hash in weights.Hashes) json.WriteStringValue(hash);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteShifts(Utf8JsonWriter json, RunSummary summary)
    {
        if (summary.Shifts.IsEmpty) return;
        json.WriteStartObject("shifts");
        foreach (var shift in summary.Shifts)
        {
            json.WriteStartObject(shift.Layout);
            json.WriteString("trainingOpponents", shift.Training);
            json.WriteStartArray("unseenOpponents");
            foreach (var opponents in shift.Unseen) json.WriteStringValue(opponents);
            json.WriteEndArray();
            json.WriteStartObject("methods");
            foreach (var method in shift.Methods)
            {
                json.WriteStartObject(method.Method);
                WriteBlock(json, "none", method.None);
                WriteBlock(json, "teammate", method.Teammate);
                WriteBlock(json, "opponent", method.Opponent);
                WriteBlock(json, "both", method.Both);
                WriteCost(json, method.Cost);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteCost(Utf8JsonWriter json, SelfPlayCost? cost)
    {
        if (cost is null)
        {
            json.WriteNull("selfPlayCost");
            return;
        }

        json.WriteStartObject("selfPlayCost");
        json.WriteString("baseline", cost.Baseline);
        Number(json, "mean", cost.Mean);
        Interval(json, "ci95", cost.Interval);
        json.WriteEndObject();
    }

    private static void WriteBetween(Utf8JsonWriter json, RunSummary summary)
    {
        json.WriteStartObject("between");
        foreach (var layout in summary.Layouts)
        {
            json.WriteStartObject(layout.Layout);
            foreach (var pair in layout.Between) WriteBlock(json, pair.Name, pair.Block);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteLearning(Utf8JsonWriter json, RunSummary summary)
    {
        json.WriteStartObject("learning");
        foreach (var method in summary.Learning)
        {
            json.WriteStartObject(method.Method);
            json.WriteNumber("runs", method.Runs);
            json.WriteNumber("envSteps", method.EnvSteps);
            json.WriteNumber("agentSteps", method.AgentSteps);
            Number(json, "firstReturn", method.FirstReturn);
            Number(json, "finalReturn", method.FinalReturn);
            Number(json, "finalStd", method.FinalStd);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteEquilibria(Utf8JsonWriter json, RunSummary summary)
    {
        if (summary.Equilibria.IsEmpty) return;
        json.WriteStartObject("equilibria");
        foreach (var population in summary.Equilibria)
        {
            json.WriteStartObject(population.Method);
            Number(json, "tau", population.Tau);
            Number(json, "epsilon", population.Epsilon);
            json.WriteNumber("runs", population.Runs);
            Number(json, "meanDistance", population.MeanDistance);
            Number(json, "largestDistance", population.LargestDistance);
            Number(json, "freeRiding", population.FreeRiding);
            Number(json, "equilibriumFreeRiding", population.EquilibriumFreeRiding);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Debates: shares from 0 to 1, strict and flexible with their intervals.</summary>
    private static void WriteDebates(Utf8JsonWriter json, RunSummary summary)
    {
        if (!summary.AreDebates) return;
        json.WriteStartObject("debates");
        Array(json, "populations", summary.Debaters, population =>
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
            Array(json, "rounds", results.Diagnostics.SelectMany(block => block.Rounds.Select((round, index) => (Block: block, Round: round, Index: index))), one =>
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
            Array(json, "baselines", results.Baselines, one =>
            {
                Models(json, one.Method, one.Model0, one.Model1);
                Number(json, "tokens", one.Tokens);
                Accuracy(json, "debater", one.Debater);
                Accuracy(json, "alone0", one.Alone0);
                Accuracy(json, "alone1", one.Alone1);
                Array(json, "votes", one.Votes, vote =>
                {
                    json.WriteString("models", vote.Models);
                    Number(json, "answers", vote.Answers);
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
        Array(json, "learning", summary.DebateLearning, learning =>
        {
            json.WriteString("population", learning.Population.Label);
            json.WriteNumber("runs", learning.Runs);
            json.WriteNumber("agentSteps", learning.AgentSteps);
            foreach (var (name, rounds) in new[] { ("first", learning.First), ("last", learning.Last) })
            {
                Array(json, name, rounds, round =>
                {
                    Number(json, "accuracy", round.Accuracy);
                    Number(json, "accuracyStd", round.AccuracyStd);
                    Number(json, "joint", round.Joint);
                    Number(json, "flexible", round.Flexible);
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
            Array(json, key, cells, cell =>
            {
                Models(json, cell.Method, cell.Model0, cell.Model1);
                json.WriteNumber("pairs", cell.Pairs);
                json.WriteNumber("questions", cell.Questions);
                Accuracy(json, "accuracy", cell.Accuracy);
            });
        }

        Array(json, "differences", table.Differences, one =>
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
        Pair(json, "accuracy", measures.Accuracy.Seat0, measures.Accuracy.Seat1);
        Number(json, "joint", measures.Joint);
        Number(json, "agreement", measures.Agreement);
        Pair(json, "recovery", measures.Recovery.Seat0, measures.Recovery.Seat1);
        Pair(json, "corruption", measures.Corruption.Seat0, measures.Corruption.Seat1);
        Pair(json, "flips", measures.Flips.Seat0, measures.Flips.Seat1);
        Pair(json, "tokens", measures.Tokens.Seat0, measures.Tokens.Seat1);
        Pair(json, "repetition", measures.Repetition.Seat0, measures.Repetition.Seat1);
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
        Number(json, "strict", accuracy.Strict);
        Interval(json, "strictCi95", accuracy.StrictInterval);
        Number(json, "flexible", accuracy.Flexible);
        Interval(json, "flexibleCi95", accuracy.FlexibleInterval);
        json.WriteEndObject();
    }

    private static void Array<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteBootstrap(Utf8JsonWriter json, BootstrapOptions bootstrap)
    {
        json.WriteStartObject("bootstrap");
        json.WriteNumber("seed", bootstrap.Seed);
        json.WriteNumber("resamples", bootstrap.Resamples);
        Number(json, "level", bootstrap.Level);
        json.WriteString("unit", "run");
        json.WriteEndObject();
    }

    private static void WriteEnvironment(Utf8JsonWriter json, RunInfo info)
    {
        json.WriteStartObject("versions");
        foreach (var (name, version) in info.Versions) json.WriteString(name, version);
        json.WriteEndObject();
        json.WritePropertyName("settings");
        if (info.Settings is { ValueKind: not JsonValueKind.Undefined } settings) settings.WriteTo(json);
        else json.WriteNullValue();
    }

    private static void WriteBlock(Utf8JsonWriter json, string name, BlockSummary block)
    {
        json.WriteStartObject(name);
        json.WriteNumber("cells", block.Cells);
        Number(json, "mean", block.Mean);
        Number(json, "std", block.Std);
        Number(json, "min", block.Min);
        Number(json, "iqm", block.InterquartileMean);
        Interval(json, "ci95", block.Interval);
        Interval(json, "meanCi95", block.MeanInterval);
        Number(json, "freeRiding", block.FreeRiding);
        if (block.Worst is { } worst)
        {
            json.WriteStartArray("worstPair");
            json.WriteStringValue(worst.Row.ToString());
            json.WriteStringValue(worst.Column.ToString());
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Interval(Utf8JsonWriter json, string name, Interval? interval)
    {
        if (interval is { } ends) Pair(json, name, ends.Low, ends.High);
        else json.WriteNull(name);
    }

    private static void Pair(Utf8JsonWriter json, string name, double first, double second)
    {
        json.WriteStartArray(name);
        Value(json, first);
        Value(json, second);
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        json.WritePropertyName(name);
        Value(json, value);
    }

    private static void Value(Utf8JsonWriter json, double? value)
    {
        if (value is { } number && double.IsFinite(number)) json.WriteNumberValue(number);
        else json.WriteNullValue();
    }
}
