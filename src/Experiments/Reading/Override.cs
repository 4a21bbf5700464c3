using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Json;
using Srpo.Learning;

namespace Srpo.Experiments.Reading;

/// <summary>One `--set KEY=VALUE`.</summary>
/// <param name="Path">The key's path.</param>
/// <param name="Value">The value.</param>
public sealed record Override(string Path, JsonValue Value)
{
    /// <summary>Reads KEY=VALUE.</summary>
    /// <param name="text">What stands after --set.</param>
    /// <exception cref="SrpoException">There is no key, or no sign.</exception>
    public static Override Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new SrpoException(ErrorKind.Usage, $"--set {text}: write KEY=VALUE, for example --set tau=5; `srpo experiments --keys` lists the keys");
        return Of(text[..equals].Trim(), text[(equals + 1)..].Trim(), $"--set {text}");
    }

    /// <summary>An override that comes from an option of its own, for example --seeds.</summary>
    public static Override Of(string path, string value, string option) => new(path, JsonSource.ParseOption(option, value));
}

/// <summary>Works overrides into the tree of an experiment, before it is checked as a whole.</summary>
internal static class Overrides
{
    /// <summary>The experiment with what the command line changes, in whatever order it was typed: what is said for all first, then what is said for one population.</summary>
    public static JsonObjectValue Apply(JsonObjectValue root, IEnumerable<Override> overrides, ValueReader reader)
    {
        Override[] changes = [.. overrides];
        RefuseContradictions(changes, reader);
        foreach (var change in changes.OrderBy(IsForOne)) root = Apply(root, change, reader);
        return root;
    }

    /// <summary>Two values for one key, of which the later one would win unseen. The same value twice does no harm.</summary>
    private static void RefuseContradictions(Override[] changes, ValueReader reader)
    {
        for (var i = 1; i < changes.Length; i++)
        {
            var (key, value) = (Key(changes[i]), Written(changes[i].Value));
            foreach (var earlier in changes.Take(i))
            {
                var other = Key(earlier);
                var same = other == key;
                if (!same && !other.StartsWith(key + ".", StringComparison.Ordinal) && !key.StartsWith(other + ".", StringComparison.Ordinal)) continue;
                if (same && Written(earlier.Value) == value && changes[i].Path.Split('.')[^1] == earlier.Path.Split('.')[^1]) continue;
                reader.Add(changes[i].Value.Origin, changes[i].Path, $"contradicts {earlier.Value.Origin}", "give one of the two");
                break;
            }
        }
    }

    /// <summary>What a change is about: a training key has two names, and a swept key is the key.</summary>
    private static string Key(Override change)
    {
        var parts = change.Path.Split('.');
        if (IsForOne(change) && parts.Length > 3 && parts[2] == "sweep") parts = [parts[0], parts[1], .. parts[3..]];

        // Whatever says how long teams train is one key.
        if (Budget.Rivals(parts[^1]).Count > 0 && (IsForOne(change) ? parts.Length == 3 : parts.Length == 1 || (parts.Length == 2 && parts[0] == "training"))) parts[^1] = "iterations";
        if (IsForOne(change)) return string.Join('.', parts);
        return string.Join('.', parts[0] == "training" && parts.Length > 1 ? parts[1..] : parts);
    }

    private static bool IsForOne(Override change) => change.Path.StartsWith("populations.", StringComparison.Ordinal);

    /// <summary>A value so that 5, 5.0 and 5e0 are the same.</summary>
    private static string Written(JsonValue value) =>
        value is JsonNumberValue number && double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) && double.IsFinite(parsed)
            && Math.Abs(parsed) < 1L << 53
            ? parsed.ToString("R", CultureInfo.InvariantCulture)
            : value is JsonStringValue text ? text.Text : value.Written;

    private static JsonObjectValue Apply(JsonObjectValue root, Override change, ValueReader reader)
    {
        var parts = change.Path.Split('.');
        if (parts[0] == "populations" && parts.Length >= 3) return ApplyToOne(root, change, parts[1], string.Join('.', parts[2..]), reader);
        if (parts[0] == "evaluation" && parts.Length == 2) return root.With("evaluation", Set(Child(root, "evaluation"), parts[1..], change.Value), change.Value.Origin);
        var trainingPath = parts[0] == "training" ? string.Join('.', parts[1..]) : change.Path;
        if (AllSettings.Find(trainingPath) is not null || Budget.IsKey(trainingPath)) return ApplyToAll(root, change, trainingPath);
        if (parts.Length == 1 && ExperimentKeys.TopLevel.Any(key => key.Path == parts[0] && key.Type != "object"))
        {
            root = root.With(parts[0], change.Value, change.Value.Origin);
            return parts[0] == "seeds" ? EachPopulation(root, population => IsMeasured(population) ? population.Without("seeds") : population) : root;
        }

        string[] known =
        [
            .. ExperimentKeys.TopLevel.Where(key => key.Type != "object").Select(key => key.Path),
            .. ExperimentKeys.Evaluation.Select(key => "evaluation." + key.Path),
            .. AllSettings.Paths,
            .. Budget.Keys.Select(key => key.Path),
        ];
        reader.Add(
            change.Value.Origin, change.Path, "unknown key" + ValueReader.DidYouMean(change.Path, known),
            "`srpo experiments --keys` lists the keys; populations.NAME.KEY=VALUE changes one population");
        return root;
    }

    private static JsonObjectValue ApplyToOne(JsonObjectValue root, Override change, string label, string path, ValueReader reader)
    {
        if (root["populations"] is not JsonObjectValue populations) return root;
        if (populations[label] is not JsonObjectValue population)
        {
            string[] known = [.. populations.Members.Select(member => member.Name)];
            reader.Add(change.Value.Origin, change.Path, $"there is no population '{label}'" + ValueReader.DidYouMean(label, known), "populations here: " + string.Join(", ", known));
            return root;
        }

        population = Set(WithoutRivals(WithoutSweep(population, path), path), path.Split('.'), change.Value);
        return root.With("populations", populations.With(label, population, population.Origin), populations.Origin);
    }

    /// <summary>A training key for all populations: it also replaces what they say themselves, swept values included.</summary>
    private static JsonObjectValue ApplyToAll(JsonObjectValue root, Override change, string path)
    {
        root = root.With("training", Set(WithoutRivals(Child(root, "training"), path), path.Split('.'), change.Value), change.Value.Origin);
        return EachPopulation(root, population => Remove(WithoutRivals(WithoutSweep(population, path), path), path.Split('.')));
    }

    /// <summary>Where one key says how long teams train, the others do not.</summary>
    private static JsonObjectValue WithoutRivals(JsonObjectValue members, string path) =>
        Budget.Rivals(path).Aggregate(members, (left, rival) => WithoutSweep(left.Without(rival), rival));

    private static JsonObjectValue EachPopulation(JsonObjectValue root, Func<JsonObjectValue, JsonObjectValue> change) =>
        root["populations"] is JsonObjectValue populations
            ? root.With(
                "populations", populations.With([.. populations.Members.Select(member => member.Value is JsonObjectValue population ? member with { Value = change(population) } : member)]),
                populations.Origin)
            : root;

    /// <summary>Those that are only opponents or partners keep the teams that others name.</summary>
    private static bool IsMeasured(JsonObjectValue population) => population["evaluate"] is not JsonBooleanValue { Value: false };

    private static JsonObjectValue WithoutSweep(JsonObjectValue population, string path) =>
        population["sweep"] is JsonObjectValue sweep ? population.With("sweep", sweep.Without(path), sweep.Origin) : population;

    private static JsonObjectValue Child(JsonObjectValue parent, string name) =>
        parent[name] as JsonObjectValue ?? new JsonObjectValue(parent.Origin, []);

    private static JsonObjectValue Set(JsonObjectValue parent, string[] path, JsonValue value) =>
        parent.With(path[0], path.Length == 1 ? value : Set(Child(parent, path[0]), path[1..], value), value.Origin);

    private static JsonObjectValue Remove(JsonObjectValue parent, string[] path)
    {
        if (path.Length == 1) return parent.Without(path[0]);
        return parent[path[0]] is JsonObjectValue child ? parent.With(path[0], Remove(child, path[1..]), child.Origin) : parent;
    }
}
