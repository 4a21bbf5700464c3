using System.Globalization;
using System.Text;
using System.Text.Json;
using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Reporting.Text;

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
            WriteProfiles(json, summary);
            WriteImprovement(json, summary);
            WriteMatches(json, summary);
            WriteShifts(json, summary);
            WriteBetween(json, summary);
            WriteLearning(json, summary);
            WriteEquilibria(json, summary);
            DebateJson.Write(json, summary);
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
        json.Number("trainingSeconds", info.TrainingSeconds);
        json.Number("wallSeconds", info.WallSeconds);
        json.Number("envStepsPerSecond", summary.EnvStepsPerSecond);
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
                json.Number("gap", method.Gap);
                json.Number("freeRiding", method.FreeRiding);
                if (method.PrivateCost is { } cost) json.Pair("privateCost", cost.Seat0, cost.Seat1);
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
            json.Number("difference", lead.Difference);
            json.Interval("ci95", lead.Interval);
            json.WriteBoolean("decisive", lead.IsDecisive);
            json.WriteNumber("runs", lead.Runs);
            json.WriteBoolean("fewRuns", lead.HasFewRuns);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>The performance profiles that the page draws.</summary>
    private static void WriteProfiles(Utf8JsonWriter json, RunSummary summary)
    {
        json.WriteStartObject("profiles");
        foreach (var layout in summary.Layouts.Where(layout => !layout.Profiles.IsEmpty))
        {
            json.WriteStartObject(layout.Layout);
            foreach (var profile in layout.Profiles)
            {
                json.WriteStartObject(profile.Method);
                json.Numbers("thresholds", profile.Points.Select(point => point.Threshold));
                json.Numbers("shares", profile.Points.Select(point => point.Share));
                json.Intervals("ci95", [.. profile.Points.Select(point => point.Interval)]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>How likely a run of the headline's first method does better than one of another.</summary>
    private static void WriteImprovement(Utf8JsonWriter json, RunSummary summary)
    {
        json.WriteStartObject("improvement");
        foreach (var layout in summary.Layouts.Where(layout => !layout.Improvements.IsEmpty))
        {
            json.Array(layout.Layout, layout.Improvements, pair =>
            {
                json.WriteString("first", pair.First);
                json.WriteString("second", pair.Second);
                json.Number("probability", pair.Improvement.Probability);
                json.Interval("ci95", pair.Improvement.Interval);
            });
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
            json.WriteString("actions", DisplayNames.Word(layout.Actions));
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
        json.Number("mean", cost.Mean);
        json.Interval("ci95", cost.Interval);
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
            json.WriteNumber("policySteps", method.PolicySteps);
            json.Number("firstReturn", method.FirstReturn);
            json.Number("finalReturn", method.FinalReturn);
            json.Number("finalStd", method.FinalStd);
            WriteReturn(json, "atEqualEnvSteps", method.AtEqualEnvSteps);
            WriteReturn(json, "atEqualPolicySteps", method.AtEqualPolicySteps);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteReturn(Utf8JsonWriter json, string name, ReturnAt? at)
    {
        if (at is null) return;
        json.WriteStartObject(name);
        json.WriteNumber("steps", at.Steps);
        json.WriteNumber("runs", at.Runs);
        json.Number("mean", at.Mean);
        json.Interval("ci95", at.Interval);
        json.WriteEndObject();
    }

    private static void WriteEquilibria(Utf8JsonWriter json, RunSummary summary)
    {
        if (summary.Equilibria.IsEmpty) return;
        json.WriteStartObject("equilibria");
        foreach (var population in summary.Equilibria)
        {
            json.WriteStartObject(population.Method);
            json.Number("tau", population.Tau);
            json.Number("epsilon", population.Epsilon);
            json.WriteNumber("runs", population.Runs);
            json.Number("meanDistance", population.MeanDistance);
            json.Number("largestDistance", population.LargestDistance);
            json.Number("freeRiding", population.FreeRiding);
            json.Number("equilibriumFreeRiding", population.EquilibriumFreeRiding);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteBootstrap(Utf8JsonWriter json, BootstrapOptions bootstrap)
    {
        json.WriteStartObject("bootstrap");
        json.WriteNumber("seed", bootstrap.Seed);
        json.WriteNumber("resamples", bootstrap.Resamples);
        json.Number("level", bootstrap.Level);
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
        json.Number("mean", block.Mean);
        json.Number("std", block.Std);
        json.Number("min", block.Min);
        json.Number("iqm", block.InterquartileMean);
        json.Interval("ci95", block.Interval);
        json.Interval("meanCi95", block.MeanInterval);
        json.Number("freeRiding", block.FreeRiding);
        if (block.Worst is { } worst)
        {
            json.WriteStartArray("worstPair");
            json.WriteStringValue(worst.Row.ToString());
            json.WriteStringValue(worst.Column.ToString());
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
