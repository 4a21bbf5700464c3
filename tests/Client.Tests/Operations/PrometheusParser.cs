using System.Globalization;
using System.Text;

namespace Srpo.Client.Tests.Operations;

/// <summary>One line with a value.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>A metric with its description, type and lines.</summary>
internal sealed record Family(string Name, string Type, string Help, List<Sample> Samples)
{
    /// <summary>Sum of the values of the lines of a name with a label.</summary>
    public double Sum(string suffix = "", string? label = null, string? value = null) =>
        Samples.Where(sample => sample.Name == Name + suffix && (label is null || sample.Labels.GetValueOrDefault(label) == value)).Sum(sample => sample.Value);
}

/// <summary>
/// A strict reader of Prometheus' text format 0.0.4, written from its description: whatever it does not allow is an error, and so
/// is what it allows but nobody should write (lines of a metric apart, a line twice, buckets that fall).
/// </summary>
internal static class PrometheusParser
{
    private static readonly string[] Types = ["counter", "gauge", "histogram", "summary", "untyped"];

    public static Dictionary<string, Family> Parse(string text)
    {
        Check(text.EndsWith('\n'), "the last line is not ended");
        var families = new Dictionary<string, Family>(StringComparer.Ordinal);
        string? help = null, helpFor = null;
        Family? open = null;
        foreach (var line in text[..^1].Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                // Before the TYPE, or right after it.
                Check(help is null, "a HELP without a TYPE before: " + line);
                var rest = line[7..].Split(' ', 2);
                (helpFor, help) = (rest[0], rest[1]);
                Check(!help.Replace("\\\\", "", StringComparison.Ordinal).Replace("\\n", "", StringComparison.Ordinal).Contains('\\', StringComparison.Ordinal), "a stray backslash: " + line);
                if (open?.Name != helpFor || open.Samples.Count > 0) continue;
                families[helpFor] = open = open with { Help = help };
                help = null;
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var rest = line[7..].Split(' ');
                Check(rest.Length == 2 && Types.Contains(rest[1]), line);
                Check(IsName(rest[0], colon: true), line);
                Check(help is null || helpFor == rest[0], "HELP of another metric before: " + line);
                Check(families.TryAdd(rest[0], open = new Family(rest[0], rest[1], help ?? "", [])), "twice: " + line);
                help = null;
            }
            else
            {
                Check(line.Length > 0 && line[0] != '#' && help is null, "an odd line: '" + line + "'");
                var sample = ParseSample(line);
                Check(open is not null && Belongs(sample, open), "not below its TYPE: " + line);
                Check(!open!.Samples.Exists(other => other.Name == sample.Name && Same(other.Labels, sample.Labels)), "twice: " + line);
                open.Samples.Add(sample);
            }
        }

        foreach (var family in families.Values)
        {
            Check(family.Samples.Count > 0, family.Name + " has no lines");
            if (family.Type == "counter") Check(family.Samples.TrueForAll(sample => sample.Value >= 0), family.Name + " is negative");
            if (family.Type == "histogram") CheckHistogram(family);
        }

        return families;
    }

    private static void CheckHistogram(Family family)
    {
        foreach (var series in family.Samples.GroupBy(sample => string.Join(",", sample.Labels.Where(label => label.Key != "le").OrderBy(label => label.Key).Select(label => label.Key + "=" + label.Value))))
        {
            var buckets = series.Where(sample => sample.Name == family.Name + "_bucket").ToList();
            var bounds = buckets.ConvertAll(bucket => Number(bucket.Labels["le"]));
            Check(bounds.SequenceEqual(bounds.Order()) && double.IsPositiveInfinity(bounds[^1]), family.Name + ": bounds do not rise to +Inf");
            Check(buckets.Select(bucket => bucket.Value).SequenceEqual(buckets.Select(bucket => bucket.Value).Order()), family.Name + ": buckets fall");
            Check(series.Single(sample => sample.Name == family.Name + "_count").Value.Equals(buckets[^1].Value), family.Name + ": the count is not that of the last bucket");
            Check(series.Count(sample => sample.Name == family.Name + "_sum") == 1, family.Name + ": no sum");
        }
    }

    private static bool Belongs(Sample sample, Family family) => family.Type == "histogram"
        ? (sample.Name == family.Name + "_bucket" && sample.Labels.ContainsKey("le")) || ((sample.Name == family.Name + "_sum" || sample.Name == family.Name + "_count") && !sample.Labels.ContainsKey("le"))
        : sample.Name == family.Name;

    private static Sample ParseSample(string line)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = line.IndexOfAny(['{', ' ']);
        Check(at > 0, line);
        var name = line[..at];
        Check(IsName(name, colon: true), line);
        if (line[at] == '{')
        {
            at++;
            while (line[at] != '}')
            {
                var sign = line.IndexOf('=', at);
                var label = line[at..sign];
                Check(IsName(label, colon: false) && line[sign + 1] == '"', line);
                at = sign + 2;
                var value = new StringBuilder();
                for (; line[at] != '"'; at++)
                {
                    if (line[at] == '\\')
                    {
                        at++;
                        Check(line[at] is '\\' or '"' or 'n', line);
                        value.Append(line[at] == 'n' ? '\n' : line[at]);
                    }
                    else
                    {
                        value.Append(line[at]);
                    }
                }

                Check(labels.TryAdd(label, value.ToString()), line);
                at++;
                Check(line[at] is ',' or '}', line);
                if (line[at] == ',') at++;
            }

            at++;
        }

        Check(line[at] == ' ', line);
        return new Sample(name, labels, Number(line[(at + 1)..]));
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite),
    };

    private static bool IsName(string name, bool colon) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_' || (colon && c == ':'));

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(label => other.TryGetValue(label.Key, out var value) && value == label.Value);

    private static void Check(bool holds, string problem)
    {
        if (!holds) throw new FormatException(problem);
    }
}
