using Srpo.Core.Json;
using Srpo.Core.Settings;
using Srpo.Environments;

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
    /// <param name="defaultSteps">Steps of an episode where the object does not say.</param>
    public Evaluation? Read(
        JsonObjectValue members, EnvironmentSettings? training, PopulationLinks? links, IReadOnlyList<ExperimentPopulation> populations, int defaultSteps)
    {
        var chosen = training is null ? null : _layouts.ReadAll(members["layouts"], "evaluation.layouts", training, training.Name);
        var episodes = ExperimentKeys.Episodes.Read(members, "evaluation.", _reader) ?? ExperimentKeys.Episodes.Default;
        var steps = ExperimentKeys.Steps.Read(members, "evaluation.", _reader) ?? defaultSteps;
        var seed = members["seed"] is { } value ? _reader.Seed(value, "evaluation.seed") ?? 1 : 1;
        if (chosen is null || links is null || _reader.Problems.Count > 0) return null;

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

        var layouts = WithOpponents(chosen, members["opponents"], links, measured[0].Opponents);
        return layouts is not null && CheckSeats(layouts, training!, members) ? new Evaluation(layouts, episodes, steps, seed) : null;
    }

    private List<EvaluationLayout>? WithOpponents(
        IReadOnlyList<EvaluationLayout> layouts, JsonValue? value, PopulationLinks links, IReadOnlyList<AgentReference> training)
    {
        if (value is null) return [.. layouts.Select(layout => layout with { Opponents = training })];
        if (links.EachOpponent(value, "evaluation.opponents") is not { } opponents) return null;
        var all = new List<EvaluationLayout>();
        foreach (var layout in layouts)
        {
            foreach (var set in opponents)
            {
                var known = set.SequenceEqual(training);
                var suffix = set[0].Name().Replace('/', '-');
                var name = known ? layout.Name : layout.Name == ExperimentKeys.TrainingLayout ? suffix : $"{layout.Name}-{suffix}";
                if (all.Any(other => other.Name == name))
                {
                    _reader.Add(value.Origin, "evaluation.opponents", $"'{set[0].Name()}' is listed twice, or '{name}' is a layout too", "remove one, or give the layout another name");
                    return null;
                }

                all.Add(layout with { Name = name, Base = layout.Name, Opponents = set, UnseenOpponents = !known && training.Count > 0 });
            }
        }

        return all;
    }

    /// <summary>Teams can only play where there are seats for them and for the opponents.</summary>
    private bool CheckSeats(IReadOnlyList<EvaluationLayout> layouts, EnvironmentSettings training, JsonObjectValue members)
    {
        var info = Info(training);
        foreach (var layout in layouts)
        {
            var other = Info(layout.Environment);
            var opponents = other.Seats - other.TeamSeats;
            if (other.TeamSeats != info.TeamSeats || other.Seats != info.Seats)
            {
                _reader.Add(
                    members["layouts"]?.Origin ?? members.Origin, "evaluation.layouts",
                    string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{layout.Name}' has {other.TeamSeats} seats for a team and {opponents} for opponents, the layout of training {info.TeamSeats} and {info.Seats - info.TeamSeats}"),
                    "choose a layout with the same seats");
                return false;
            }

            if (layout.Opponents.Count >= opponents) continue;
            _reader.Add(
                members.Origin, "evaluation.opponents", $"the seats of the opponents in {other.Name} {other.Variant} are empty",
                "name frozen opponents, for example [\"LABEL/0\"]");
            return false;
        }

        return true;
    }

    private static EnvironmentInfo Info(EnvironmentSettings settings) => EnvironmentFactory.Create(settings, lanes: 1).Info;
}
