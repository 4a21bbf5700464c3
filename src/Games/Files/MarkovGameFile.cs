using System.Collections.Immutable;
using Srpo.Core.Json;
using Srpo.Core.Text;
using Srpo.Games.Finite;
using Srpo.Games.Markov;

namespace Srpo.Games.Files;

/// <summary>
/// A tabular Markov game as a JSON file, with discount, risk aversion and bounded rationality:
/// <code>
/// {"kind": "markov", "discount": 0.9, "actions": [names], "epsilon": e, "tau": t, "start": "full", "states": {
///    "full":  {"rewards": [[..]], "costs": [..], "next": [["full", {"full": 0.5, "empty": 0.5}], ["empty", null]]},
///    "empty": {"rewards": [[..]], "next": "full"}}}
/// </code>
/// Rewards, payoffs and costs are those of matrix games (<see cref="GameFile"/>). "next" says where a joint action leads: a state; an object of
/// probabilities, whose rest to 1 ends the play; or null, the end. It is nested like the rewards, but one that holds for all actions below stands
/// for them. "start" is a state or an object of probabilities that sum to 1; without it the play starts in the first state. A file of a matrix game
/// is that game repeated for ever.
/// </summary>
public sealed class MarkovGameFile
{
    /// <summary>Most states times joint actions.</summary>
    public const int MaxRows = FiniteGame.MaxJointActions;

    private const string Example = "{ \"kind\": \"markov\", \"discount\": 0.9, \"states\": { \"only\": { \"rewards\": [[1, 1], [1, 0]], \"next\": \"only\" } }, \"epsilon\": 0.15, \"tau\": 1 }";

    private static readonly string[] Fields = ["kind", "name", "title", "epsilon", "tau", "discount", "actions", "states", "start"];

    private static readonly string[] StateFields = ["rewards", "payoffs", "costs", "next"];

    private readonly MarkovGame _game;
    private readonly IReadOnlyList<IReadOnlyList<string>> _actionNames;
    private readonly string[] _states;

    private MarkovGameFile(MarkovGame game, IReadOnlyList<IReadOnlyList<string>> actionNames, string[] states) => (_game, _actionNames, _states) = (game, actionNames, states);

    /// <summary>The game's name.</summary>
    public string Name => _game.Name;

    /// <summary>One line for people; empty if the file has none.</summary>
    public string Title { get; private init; } = "";

    /// <summary>[players] bounded rationality as the file has it, above 0; null if it has none.</summary>
    public ImmutableArray<double>? Epsilon { get; private init; }

    /// <summary>[players] risk aversion as the file has it, at least 0; null if it has none.</summary>
    public ImmutableArray<double>? Tau { get; private init; }

    /// <summary>gamma as the file has it, at least 0 and below 1; null if it has none.</summary>
    public double? Discount { get; private init; }

    /// <summary>Reads the JSON text; comments and trailing commas are allowed.</summary>
    /// <param name="json">The text, at most 64 Mi characters.</param>
    /// <param name="name">The game's name where the text gives none.</param>
    /// <exception cref="FormatException">The text is wrong; the message names the field, the reason and the place.</exception>
    public static MarkovGameFile Parse(string json, string name)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return JsonFields.Read(json, "game", Example, root => JsonFields.OptionalText(root, "kind") == "markov" ? Read(root, name) : null) ?? Repeated(GameFile.Parse(json, name));
    }

    /// <summary>The risk profile: what is given here, else what the file has.</summary>
    /// <param name="tau">Risk aversion of all players, finite, at least 0; null takes the file's.</param>
    /// <param name="epsilon">Bounded rationality of all players, finite, above 0; null takes the file's.</param>
    /// <exception cref="FormatException">One of them is neither given nor in the file, or out of range; the message names it.</exception>
    public RiskProfile Risk(double? tau = null, double? epsilon = null) => RiskReader.Choose(_game.Players, tau, Tau, epsilon, Epsilon);

    /// <summary>The game.</summary>
    /// <param name="discount">gamma, at least 0 and below 1; null takes the file's.</param>
    /// <exception cref="FormatException">The discount is neither given nor in the file, or out of range.</exception>
    public TabularGame Game(double? discount = null)
    {
        var gamma = discount ?? Discount ?? throw JsonFields.Wrong("discount", $"is missing; give the game \"discount\": 0.9, or use --discount 0.9");
        return new TabularGame(_game.WithDiscount(Checked(gamma)), _actionNames, state => _states[state]);
    }

    private static double Checked(double discount) => discount is >= 0 and < 1
        ? discount
        : throw JsonFields.Wrong("discount", $"must be at least 0 and below 1, not {discount}; values would have no limit");

    private static MarkovGameFile Repeated(GameFile file)
    {
        if (file.Finite is not { } game) throw JsonFields.Wrong("kind", $"is \"{file.Kind}\"; must be \"markov\", or \"matrix\" for a game that is repeated");
        return new MarkovGameFile(MarkovGame.FromMatrixGame(game, 0), [.. game.ActionNames], [game.Name]) { Title = file.Title, Epsilon = file.Epsilon, Tau = file.Tau };
    }

    private static MarkovGameFile Read(JsonObjectValue root, string name)
    {
        JsonFields.RequireKnown(root, "", Fields);
        name = JsonFields.OptionalText(root, "name") ?? name;
        var states = JsonFields.Required(root, "states", "\"states\": { \"only\": { \"rewards\": [[1, 1], [1, 0]], \"next\": \"only\" } }");
        if (states is not JsonObjectValue { Members: { Count: > 0 } fields })
            throw JsonFields.Wrong("states", $"must be an object with a field for every state, not {JsonFields.Quote(states)}");
        string[] names = [.. fields.Select(field => field.Name)];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (Array.Find(names, state => !seen.Add(state)) is { } twice) throw JsonFields.Wrong($"states.{twice}", $"is given twice; remove one of the two");
        try
        {
            return Read(root, name, fields, names);
        }
        catch (ArgumentException error)
        {
            // The game's own checks: they name the part and the reason.
            throw new FormatException(GameFile.WithoutParameter(error), error);
        }
    }

    private static MarkovGameFile Read(JsonObjectValue root, string name, IReadOnlyList<JsonMember> fields, string[] names)
    {
        var stages = new FiniteGame[fields.Count];
        MarkovTransitionsBuilder? transitions = null;
        var index = names.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        for (var state = 0; state < fields.Count; state++)
        {
            var path = $"states.{names[state]}";
            if (fields[state].Value is not JsonObjectValue field) throw JsonFields.Wrong(path, $"must be an object such as {{ \"rewards\": [[1, 1], [1, 0]], \"next\": \"{names[0]}\" }}, not {JsonFields.Quote(fields[state].Value)}");
            JsonFields.RequireKnown(field, path + ".", StateFields);
            var stage = stages[state] = FiniteGameReader.ReadStage(field, names[state], path + ".");
            if (!stage.Actions.SequenceEqual(stages[0].Actions))
                throw JsonFields.Wrong(path, $"has {string.Join(" x ", stage.Actions)} actions; \"{names[0]}\" has {string.Join(" x ", stages[0].Actions)}, and all states need the same");
            if ((long)stage.JointActions * fields.Count > MaxRows)
                throw JsonFields.Wrong("states", $"has {fields.Count} states of {stage.JointActions} joint actions; at most {MaxRows} pairs of both are possible");
            transitions ??= new MarkovTransitionsBuilder(stage.JointActions);
            if (field["next"] is not { } next) throw JsonFields.Wrong(path + ".next", $"is missing; write for example \"next\": \"{names[0]}\"");
            AddNext(next, path + ".next", 0);
        }

        void AddNext(JsonValue part, string path, int depth)
        {
            var actions = stages[0].Actions;
            if (part is JsonListValue && depth < actions.Length)
            {
                var entries = JsonFields.Elements(part, path);
                if (entries.Count != actions[depth]) throw JsonFields.Wrong(path, $"has {entries.Count} entries; player {depth} has {actions[depth]} actions");
                for (var i = 0; i < entries.Count; i++) AddNext(entries[i], JsonFields.Indexed(path, i), depth + 1);
                return;
            }

            var successors = Distribution(part, path, index);
            for (var rows = actions.Skip(depth).Aggregate(1, (product, count) => product * count); rows > 0; rows--)
            {
                foreach (var (successor, probability) in successors) transitions!.Add(successor, probability);
                transitions!.EndRow();
            }
        }

        IReadOnlyList<IReadOnlyList<string>>? named = FiniteGameReader.ReadNames(root, [.. stages[0].Actions]);
        var game = MarkovGame.FromStages(name, stages, transitions!.Build(), 0, Start(root, index));
        return new MarkovGameFile(game, named ?? [.. stages[0].ActionNames], names)
        {
            Title = JsonFields.OptionalText(root, "title") ?? "",
            Epsilon = RiskReader.Read(root, "epsilon", game.Players),
            Tau = RiskReader.Read(root, "tau", game.Players),
            Discount = root["discount"] is { } discount ? Checked(JsonFields.Number(discount, "discount")) : null,
        };
    }

    private static double[] Start(JsonObjectValue root, Dictionary<string, int> index)
    {
        var initial = new double[index.Count];
        if (root["start"] is not { } start)
        {
            initial[0] = 1;
            return initial;
        }

        foreach (var (state, probability) in Distribution(start, "start", index)) initial[state] += probability;
        var sum = initial.Sum();
        return Math.Abs(sum - 1) <= 1e-6 ? initial : throw JsonFields.Wrong("start", $"has probabilities that sum to {sum}; they must sum to 1");
    }

    /// <summary>A state, probabilities of states, or null for none.</summary>
    private static List<(int State, double Probability)> Distribution(JsonValue element, string path, Dictionary<string, int> index)
    {
        switch (element)
        {
            case JsonNullValue:
                return [];
            case JsonStringValue:
                return [(State(JsonFields.Text(element, path), path), 1)];
            case JsonObjectValue { Members: var members }:
                var all = members.Select(field =>
                {
                    var place = $"{path}.{field.Name}";
                    var probability = JsonFields.Number(field.Value, place);
                    return probability is >= 0 and <= 1
                        ? (State(field.Name, place), probability)
                        : throw JsonFields.Wrong(place, $"must be a probability, 0 to 1, not {probability}");
                }).ToList();
                var sum = all.Sum(one => one.probability);
                return sum <= 1 + 1e-9 ? all : throw JsonFields.Wrong(path, $"has probabilities that sum to {sum}; they must sum to at most 1, the rest being that of the end");
            default:
                throw JsonFields.Wrong(path, $"must be a state, an object of probabilities such as {{ \"{index.Keys.First()}\": 0.5 }}, or null for the end, not {JsonFields.Quote(element)}");
        }

        int State(string name, string place) => index.TryGetValue(name, out var state)
            ? state
            : throw new JsonFieldException(place, $"{place}: {NearestName.Unknown("state", name, [.. index.Keys])}");
    }
}
