using System.Globalization;
using Srpo.Core.Json;

namespace Srpo.Experiments.Reading;

/// <summary>Reads which populations open the report.</summary>
internal static class HeadlineReader
{
    private const string Field = "headline";

    /// <summary>The labels, each of a population that is evaluated; none where nothing is said.</summary>
    /// <param name="value">What the file says; null for nothing.</param>
    /// <param name="populations">The populations of the experiment.</param>
    /// <param name="reader">Collects problems.</param>
    public static string[] Read(JsonValue? value, IReadOnlyList<ExperimentPopulation> populations, ValueReader reader)
    {
        if (value is null) return [];
        if (value is not JsonListValue list)
        {
            reader.Add(value.Origin, Field, $"expected a list of texts, found {value.Describe()}", "write for example [\"srpo\", \"ippo\"]");
            return [];
        }

        if (list.Items.Count is 0 or > ExperimentKeys.MaxHeadline)
            reader.Add(value.Origin, Field, string.Create(CultureInfo.InvariantCulture, $"names {list.Items.Count} populations"), string.Create(CultureInfo.InvariantCulture, $"name 1 to {ExperimentKeys.MaxHeadline}, or leave it out"));
        string[] known = [.. populations.Where(population => population.Evaluate).Select(population => population.Label)];
        var labels = new List<string>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            var (item, field) = (list.Items[i], string.Create(CultureInfo.InvariantCulture, $"{Field}[{i}]"));
            if (reader.Text(item, field) is not { } label) continue;
            if (labels.Contains(label)) reader.Add(item.Origin, field, $"'{label}' is named twice", "name each population once");
            else if (populations.Any(population => population.Label == label && !population.Evaluate)) reader.Add(item.Origin, field, $"the population '{label}' is not evaluated", "name populations that are");

            // Without populations there is another problem, of which this one only follows.
            else if (!known.Contains(label) && known.Length > 0) reader.Add(item.Origin, field, $"there is no population '{label}'{ValueReader.DidYouMean(label, known)}", "use " + string.Join(", ", known));
            labels.Add(label);
        }

        return [.. labels];
    }
}
