using System.Globalization;
using System.Text;
using Srpo.Core.Json;
using Srpo.Learning;

namespace Srpo.Experiments.Reading;

/// <summary>Makes several populations of one: every combination of the listed values.</summary>
internal static class Sweep
{
    /// <summary>Labels and drafts of all combinations; one with the plain label where nothing is swept.</summary>
    public static IReadOnlyList<(string Label, TrainingDraft Draft)> Expand(
        string label, TrainingDraft draft, JsonValue? sweep, string field, ValueReader reader)
    {
        if (sweep is null) return [(label, draft)];
        if (reader.Object(sweep, field) is not { } keys) return [];
        IReadOnlyList<(string Label, TrainingDraft Draft)> populations = [(label, draft)];
        foreach (var member in keys.Members)
        {
            var path = $"{field}.{member.Name}";
            if (Budget.IsKey(member.Name) || (draft.Budget is not null && Budget.Rivals(member.Name).Count > 0))
            {
                reader.Add(member.Origin, path, "how long teams train cannot be swept in steps, nor beside a number of steps", "sweep iterations, and leave environmentSteps and policySteps out");
                return [];
            }

            if (AllSettings.Find(member.Name) is not { } key)
            {
                reader.UnknownKey(member.Origin, path, member.Name, AllSettings.Paths);
                return [];
            }

            if (member.Value is not JsonListValue { Items.Count: > 0 } list)
            {
                reader.Add(member.Value.Origin, path, $"expected a list of values, found {member.Value.Describe()}", "write for example [0.1, 1, 10]");
                return [];
            }

            if ((long)populations.Count * list.Items.Count > ExperimentKeys.MaxPopulations)
            {
                reader.Add(
                    member.Value.Origin, path, string.Create(CultureInfo.InvariantCulture, $"{populations.Count} x {list.Items.Count} populations are too many"),
                    string.Create(CultureInfo.InvariantCulture, $"use at most {ExperimentKeys.MaxPopulations} in the whole experiment"));
                return [];
            }

            populations = [.. populations.SelectMany(population => list.Items.Select((item, index) => (
                $"{population.Label}-{Word(key.Path)}{Word(Text(item))}",
                population.Draft.Set(key, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), reader))))];
        }

        return populations;
    }

    private static string Text(JsonValue value) => value switch
    {
        JsonNumberValue number => number.Text,
        JsonStringValue text => "-" + text.Text,
        JsonListValue list => string.Join('x', list.Items.Select(Text)),
        _ => "-" + value.Describe(),
    };

    /// <summary>A text with only the characters that names may have.</summary>
    private static string Word(string text)
    {
        var name = new StringBuilder();
        foreach (var letter in text)
        {
            if (char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.') name.Append(letter);
        }

        return name.ToString();
    }
}
