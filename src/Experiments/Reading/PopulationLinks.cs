using System.Globalization;
using Srpo.Core.Json;
using Srpo.Environments;
using Srpo.Learning.Methods;

namespace Srpo.Experiments.Reading;

/// <summary>Reads what one population of an experiment says of others: its opponents and its partners.</summary>
internal sealed class PopulationLinks
{
    private readonly ValueReader _reader;
    private readonly IReadOnlyList<ExperimentPopulation> _populations;
    private readonly IReadOnlySet<string> _broken;
    private readonly EnvironmentInfo _environment;

    /// <param name="reader">Collects problems.</param>
    /// <param name="populations">All populations, <paramref name="against"/> aside complete.</param>
    /// <param name="against">Labels of the populations that have frozen opponents, and so no agents in their seats.</param>
    /// <param name="broken">Labels of the populations with mistakes of their own: a reference to one is not resolved, and nothing is said of it.</param>
    /// <param name="environment">The environment of training.</param>
    public PopulationLinks(
        ValueReader reader, IReadOnlyList<ExperimentPopulation> populations, IReadOnlySet<string> against, IReadOnlySet<string> broken, EnvironmentInfo environment)
    {
        _reader = reader;
        _populations = populations;
        _broken = broken;
        Against = against;
        _environment = environment;
    }

    private IReadOnlySet<string> Against { get; }

    private int OpponentSeats => _environment.Seats - _environment.TeamSeats;

    /// <summary>The opponents of one population: a text for all of their seats, or a list with one for each; null after a problem.</summary>
    /// <param name="value">The value of the key.</param>
    /// <param name="field">Path of the key.</param>
    /// <param name="own">Label of the population that names them.</param>
    public IReadOnlyList<AgentReference>? Opponents(JsonValue value, string field, string? own)
    {
        if (OpponentSeats == 0)
        {
            _reader.Add(value.Origin, field, $"{_environment.Name} {_environment.Variant} has no seats for opponents", "leave it out");
            return null;
        }

        var items = Items(value);
        if (items is null || (items.Count != 1 && items.Count != OpponentSeats))
        {
            var example = items is null ? $"found {value.Describe()}" : string.Create(CultureInfo.InvariantCulture, $"{items.Count} opponents are named for {OpponentSeats} seats");
            _reader.Add(value.Origin, field, example, string.Create(CultureInfo.InvariantCulture, $"write \"LABEL/TEAM\", one for all of these seats, or a list of {OpponentSeats}"));
            return null;
        }

        var references = new List<AgentReference>();
        for (var seat = 0; seat < OpponentSeats; seat++)
        {
            if (Agent(items[Math.Min(seat, items.Count - 1)], field, own, _environment.TeamSeats + seat) is not { } reference) return null;
            references.Add(reference);
        }

        return references;
    }

    /// <summary>Several opponents, one after another, each for all of their seats; null after a problem.</summary>
    public IReadOnlyList<IReadOnlyList<AgentReference>>? EachOpponent(JsonValue value, string field)
    {
        if (Items(value) is not { Count: > 0 } items)
        {
            _reader.Add(value.Origin, field, $"expected a list of opponents, found {value.Describe()}", "write for example [\"runners/0\", \"runners/1\"]");
            return null;
        }

        var all = new List<IReadOnlyList<AgentReference>>();
        foreach (var item in items)
        {
            if (Opponents(item, field, null) is not { } opponents) return null;
            all.Add(opponents);
        }

        return all;
    }

    /// <summary>The label of the population that makes the pool of partners; null after a problem.</summary>
    public string? Partners(JsonValue value, string field)
    {
        if (_reader.Text(value, field) is not { } label || Find(label, value.Origin, field) is not { } pool) return null;
        if (MethodRegistry.Of(pool.Training).MakesPartners) return label;
        var makers = string.Join(" or ", MethodRegistry.All.Where(method => method.MakesPartners).Select(method => $"\"{method.Id}\""));
        _reader.Add(value.Origin, field, $"'{label}' is trained with method \"{pool.Training.Method}\"", $"name a population with method {makers}");
        return null;
    }

    private AgentReference? Agent(JsonValue item, string field, string? own, int seat)
    {
        if (_reader.Text(item, field) is not { } text) return null;
        var slash = text.LastIndexOf('/');
        if (slash < 1 || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var team))
        {
            _reader.Add(item.Origin, field, $"'{text}' names no team", "write LABEL/TEAM, for example \"runners/0\"");
            return null;
        }

        if (Find(text[..slash], item.Origin, field) is not { } population) return null;
        if (population.Label == own)
        {
            _reader.Add(item.Origin, field, "a population cannot be its own opponent", "name another population");
            return null;
        }

        if (Against.Contains(population.Label))
        {
            _reader.Add(
                item.Origin, field, $"'{population.Label}' plays against frozen opponents itself and has no agents in their seats",
                "name a population without opponents, which trains both sides");
            return null;
        }

        if (team < population.Seeds) return new AgentReference(population.Label, team, seat, population.Training.Iterations);
        _reader.Add(
            item.Origin, field, string.Create(CultureInfo.InvariantCulture, $"there is no team {team} of '{population.Label}'"),
            string.Create(CultureInfo.InvariantCulture, $"use a team from 0 to {population.Seeds - 1}, or train more: populations.{population.Label}.seeds"));
        return null;
    }

    private ExperimentPopulation? Find(string label, Origin origin, string field)
    {
        if (_broken.Contains(label)) return null;
        if (_populations.FirstOrDefault(population => population.Label == label) is { } found) return found;
        string[] known = [.. _populations.Select(population => population.Label)];
        _reader.Add(origin, field, $"there is no population '{label}'" + ValueReader.DidYouMean(label, known), "populations here: " + string.Join(", ", known));
        return null;
    }

    /// <summary>On the command line a comma-separated list will do.</summary>
    private static IReadOnlyList<JsonValue>? Items(JsonValue value) => value switch
    {
        JsonListValue list => list.Items,
        JsonStringValue { Origin.Line: 0 } typed => [.. typed.Text.Split(',').Select(name => new JsonStringValue(typed.Origin, name.Trim()))],
        JsonStringValue => [value],
        _ => null,
    };
}
