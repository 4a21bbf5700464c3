using System.Globalization;
using Srpo.Core.Json;
using Srpo.Core.Settings;

namespace Srpo.Experiments.Reading;

/// <summary>Reads how the populations of an experiment are measured.</summary>
internal sealed class EvaluationReader
{
    private readonly ValueReader _reader;
    private readonly LayoutReader _layouts;

    public EvaluationReader(ValueReader reader, LayoutReader layouts) => (_reader, _layouts) = (reader, layouts);

    /// <summary>The evaluation; null after a problem.</summary>
    /// <param name="members">The object `evaluation`.</param>
    /// <param name="training">The environment of training; null where it could not be read.</param>
    /// <param name="links">Reads references; null where the environment could not be read.</param>
    /// <param name="populations">The populations, complete.</param>
    /// <param name="defaults">Steps of an episode and the way to act where the object does not say.</param>
    public Evaluation? Read(
        JsonObjectValue members, EnvironmentSettings? training, PopulationLinks? links, IReadOnlyList<ExperimentPopulation> populations, TrainingSettings defaults)
    {
        var chosen = training is null ? null : _layouts.ReadAll(members["layouts"], "evaluation.layouts", training, training.Name);
        var episodes = ExperimentKeys.Episodes.Read(members, "evaluation.", _reader) ?? ExperimentKeys.Episodes.Default;
        var steps = ExperimentKeys.Steps.Read(members, "evaluation.", _reader) ?? defaults.EvaluationSteps;
        var actions = members["actions"] is { } ways ? Actions(ways) : [defaults.EvaluationActions];
        var seed = members["seed"] is { } value ? _reader.Seed(value, "evaluation.seed") ?? 1 : 1;
        if (chosen is null || actions is null || links is null || _reader.Problems.Count > 0) return null;

        ExperimentPopulation[] measured = [.. populations.Where(population => population.Evaluate)];
        if (measured.Length == 0)
        {
            _reader.Add(members.Origin, "populations", "none of them is evaluated", "leave out \"evaluate\": false in one of them");
            return null;
        }

        if (measured.FirstOrDefault(population => !population.Opponents.SequenceEqual(measured[0].Opponents)) is { } odd)
        {
            _reader.Add(
                members.Origin, $"populations.{odd.Label}.opponents", $"'{odd.Label}' and '{measured[0].Label}' train against different opponents and cannot be measured together",
                "give both the same, or write \"evaluate\": false in one of them");
            return null;
        }

        var layouts = WithActions(WithOpponents(chosen, members["opponents"], links, measured[0].Opponents), members["actions"], actions);
        return layouts is not null && CheckPlayers(layouts, training!, populations, members) ? new Evaluation([.. layouts.Select(placed => placed.Layout)], episodes, steps, seed) : null;
    }

    private List<(EvaluationLayout Layout, Origin Origin)>? WithOpponents(
        IReadOnlyList<(EvaluationLayout Layout, Origin Origin)> layouts, JsonValue? value, PopulationLinks links, IReadOnlyList<AgentReference> training)
    {
        if (value is null) return [.. layouts.Select(placed => (placed.Layout with { Opponents = training }, placed.Origin))];
        if (links.EachOpponent(value, "evaluation.opponents") is not { } opponents) return null;
        if ((long)layouts.Count * opponents.Count > ExperimentKeys.MaxLayouts)
        {
            _reader.Add(
                value.Origin, "evaluation.opponents", string.Create(CultureInfo.InvariantCulture, $"{layouts.Count} layouts with {opponents.Count} opponents each are too many"),
                string.Create(CultureInfo.InvariantCulture, $"use at most {ExperimentKeys.MaxLayouts} together"));
            return null;
        }

        var all = new List<(EvaluationLayout Layout, Origin Origin)>();
        foreach (var (layout, origin) in layouts)
        {
            foreach (var set in opponents)
            {
                var known = set.SequenceEqual(training);
                var suffix = set[0].Name().Replace('/', '-');
                var name = known ? layout.Name : layout.Name == ExperimentKeys.TrainingLayout ? suffix : $"{layout.Name}-{suffix}";
                if (all.Any(other => other.Layout.Name == name))
                {
                    _reader.Add(value.Origin, "evaluation.opponents", $"'{set[0].Name()}' is listed twice, or '{name}' is a layout too", "remove one, or give the layout another name");
                    return null;
                }

                all.Add((layout with { Name = name, Base = layout.Name, Opponents = set, UnseenOpponents = !known && training.Count > 0 }, origin));
            }
        }

        return all;
    }

    /// <summary>How everybody acts, one way or several; null after a problem.</summary>
    private ActionChoice[]? Actions(JsonValue value)
    {
        // On the command line a comma-separated list will do.
        IReadOnlyList<JsonValue> items = value switch
        {
            JsonListValue { Items.Count: > 0 } list => list.Items,
            JsonStringValue { Origin.Line: 0 } typed => [.. typed.Text.Split(',').Select(word => new JsonStringValue(typed.Origin, word.Trim()))],
            _ => [value],
        };
        string[] words = [.. items.Select((item, i) => _reader.Word(item, items.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"evaluation.actions[{i}]") : "evaluation.actions", [.. LayoutActions.Words])).OfType<string>()];
        if (words.Length < items.Count) return null;
        if (words.Distinct().Count() == words.Length) return Array.ConvertAll(words, LayoutActions.Of);
        _reader.Add(value.Origin, "evaluation.actions", "a way to act is listed twice", "list each once");
        return null;
    }

    private List<(EvaluationLayout Layout, Origin Origin)>? WithActions(List<(EvaluationLayout Layout, Origin Origin)>? layouts, JsonValue? value, ActionChoice[] actions)
    {
        if (layouts is null) return null;
        var all = LayoutActions.Apply([.. layouts.Select(placed => placed.Layout)], actions);
        if (all.GroupBy(layout => layout.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            _reader.Add(value?.Origin ?? layouts[0].Origin, "evaluation.actions", $"'{twice.Key}' is a layout too", "give the layout another name");
            return null;
        }

        return [.. all.Select((layout, i) => (layout, layouts[i % layouts.Count].Origin))];
    }

    /// <summary>Everything that a tournament would refuse once the teams are trained.</summary>
    private bool CheckPlayers(
        IReadOnlyList<(EvaluationLayout Layout, Origin Origin)> layouts, EnvironmentSettings training, IReadOnlyList<ExperimentPopulation> populations, JsonObjectValue members)
    {
        var teams = populations.ToDictionary(population => population.Label, population => EvaluationCheck.Teams(training, population), StringComparer.Ordinal);
        var problems = EvaluationCheck.Problems(
            [.. populations.Where(population => population.Evaluate).Select(population => teams[population.Label])], [.. layouts.Select(placed => placed.Layout)], teams.GetValueOrDefault);
        foreach (var problem in problems)
        {
            var place = layouts.FirstOrDefault(placed => placed.Layout == problem.Layout).Origin;
            var origin = problem.Field is "opponents" or "actions" ? members[problem.Field]?.Origin ?? members.Origin : place == default ? members["layouts"]?.Origin ?? members.Origin : place;
            _reader.Add(origin, problem.Field == "seeds" ? "populations" : $"evaluation.{problem.Field}", problem.Reason, problem.Remedy);
        }

        return problems.Count == 0;
    }
}
