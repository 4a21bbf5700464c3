using System.Collections.Immutable;
using Srpo.Core.Json;
using Srpo.Games.Finite;
using Srpo.Games.Quadratic;

namespace Srpo.Games.Files;

/// <summary>
/// A game as a JSON file, with the risk aversion and bounded rationality of its players (Qu et al., arXiv 2602.21515). The
/// formats, by the field "kind":
/// <code>
/// {"kind": "matrix", "rewards": [[..]], "costs": [..] or [[..], [..]], "actions": [names] or [[names], [names]], "epsilon": e, "tau": t}
/// {"kind": "aggregative", "players": n, "Q": [[..]], "R": [[..]] or one per player, "goal": [..], "epsilon": e, "tau": t}
/// {"kind": "quadratic", "A": [one per player], "B": [..], "D": [..], "e": [..], "d": [..], "epsilon": e, "tau": t}
/// </code>
/// Rewards are nested as deep as there are players; games without a shared reward have "payoffs", one nested list per player. epsilon
/// and tau are one number for all players or a list with one for each.
/// </summary>
public sealed class GameFile
{
    private const string Example = "{ \"kind\": \"matrix\", \"rewards\": [[1, 1], [1, 0]], \"epsilon\": 0.15, \"tau\": 1 }";

    private static readonly string[] CommonFields = ["kind", "name", "title", "epsilon", "tau", "sweep"];

    private GameFile(string name, string kind, FiniteGame? finite, QuadraticGame? quadratic)
    {
        Name = name;
        Kind = kind;
        Finite = finite;
        Quadratic = quadratic;
    }

    /// <summary>The game's name.</summary>
    public string Name { get; }

    /// <summary>One line for people; empty if the file has none.</summary>
    public string Title { get; private init; } = "";

    /// <summary>"matrix", "aggregative" or "quadratic".</summary>
    public string Kind { get; }

    /// <summary>The game if its actions are finitely many, else null.</summary>
    public FiniteGame? Finite { get; }

    /// <summary>The game if its actions are continuous, else null.</summary>
    public QuadraticGame? Quadratic { get; }

    /// <summary>Number of players.</summary>
    public int Players => Finite?.Players ?? Quadratic!.Players;

    /// <summary>[players] bounded rationality as the file has it, above 0; null if it has none.</summary>
    public ImmutableArray<double>? Epsilon { get; private init; }

    /// <summary>[players] risk aversion as the file has it, at least 0; null if it has none.</summary>
    public ImmutableArray<double>? Tau { get; private init; }

    /// <summary>The range of a sweep as the file has it; null if it has none.</summary>
    public TauRange? Sweep { get; private init; }

    /// <summary>Reads the JSON text; comments and trailing commas are allowed.</summary>
    /// <param name="json">The text, at most 64 Mi characters.</param>
    /// <param name="name">The game's name where the text gives none.</param>
    /// <exception cref="FormatException">The text is wrong; the message names the field and the reason.</exception>
    public static GameFile Parse(string json, string name)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return JsonFields.Read(json, "game", Example, root => Parse(root, name));
    }

    private static GameFile Parse(JsonObjectValue root, string name)
    {
        var kind = JsonFields.OptionalText(root, "kind") ?? "matrix";
        string[] fields = kind switch
        {
            "matrix" => FiniteGameReader.Fields,
            "aggregative" => QuadraticGameReader.AggregativeFields,
            "quadratic" => QuadraticGameReader.QuadraticFields,
            "markov" => throw JsonFields.Wrong("kind", $"is \"markov\": a game with states, which only `srpo rqe markov` solves"),
            _ => throw JsonFields.Wrong("kind", $"must be \"matrix\", \"aggregative\" or \"quadratic\", not \"{kind}\""),
        };
        JsonFields.RequireKnown(root, "", [.. CommonFields, .. fields]);
        name = JsonFields.OptionalText(root, "name") ?? name;
        try
        {
            return Read(root, name, kind);
        }
        catch (ArgumentException error)
        {
            // The game's own checks: they name the part and the reason.
            throw new FormatException(WithoutParameter(error), error);
        }
    }

    /// <summary>The risk profile: what is given here, else what the file has.</summary>
    /// <param name="tau">Risk aversion of all players, finite, at least 0; null takes the file's.</param>
    /// <param name="epsilon">Bounded rationality of all players, finite, above 0; null takes the file's.</param>
    /// <exception cref="FormatException">One of them is neither given nor in the file, or out of range; the message names it.</exception>
    public RiskProfile Risk(double? tau = null, double? epsilon = null) => RiskReader.Choose(Players, tau, Tau, epsilon, Epsilon);

    private static GameFile Read(JsonObjectValue root, string name, string kind)
    {
        var finite = kind == "matrix" ? FiniteGameReader.Read(root, name) : null;
        var quadratic = kind switch
        {
            "aggregative" => QuadraticGameReader.ReadAggregative(root),
            "quadratic" => QuadraticGameReader.ReadQuadratic(root),
            _ => null,
        };
        var players = finite?.Players ?? quadratic!.Players;
        return new GameFile(name, kind, finite, quadratic)
        {
            Title = JsonFields.OptionalText(root, "title") ?? "",
            Epsilon = RiskReader.Read(root, "epsilon", players),
            Tau = RiskReader.Read(root, "tau", players),
            Sweep = root["sweep"] is { } sweep ? ReadSweep(sweep) : null,
        };
    }

    private static TauRange ReadSweep(JsonValue value)
    {
        if (value is not JsonObjectValue sweep) throw JsonFields.Wrong("sweep", $"must be an object such as {{ \"tau\": \"0:4:400\" }}, not {JsonFields.Quote(value)}");
        JsonFields.RequireKnown(sweep, "sweep.", ["tau", "log"]);
        var text = JsonFields.Text(JsonFields.Required(sweep, "tau", "{ \"tau\": \"0:4:400\" }"), "sweep.tau");
        return TauRange.Parse(text, JsonFields.Flag(sweep, "log", "sweep.log"), "sweep.tau");
    }

    /// <summary>The message without the "(Parameter 'x')" that the runtime adds.</summary>
    internal static string WithoutParameter(ArgumentException error)
    {
        var end = error.Message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        return end < 0 ? error.Message : error.Message[..end];
    }
}

/// <summary>Reads epsilon and tau: one number for all players, or a list with one for each.</summary>
internal static class RiskReader
{
    public static ImmutableArray<double>? Read(JsonObjectValue root, string field, int players)
    {
        if (root[field] is not { } value) return null;
        ImmutableArray<double> numbers = value is JsonListValue
            ? [.. JsonFields.Numbers(value, field)]
            : [.. Enumerable.Repeat(JsonFields.Number(value, field), players)];
        if (numbers.Length != players) throw JsonFields.Wrong(field, $"has {numbers.Length} entries; the game has {players} players");
        Require(numbers, field);
        return numbers;
    }

    public static void Require(ImmutableArray<double> numbers, string field)
    {
        foreach (var number in numbers)
        {
            if (field == "epsilon" && !(number > 0 && double.IsFinite(number)))
                throw JsonFields.Wrong(field, $"must be a finite number above 0, not {number}; it weighs the entropy of the strategies");
            if (!(number >= 0 && double.IsFinite(number)))
                throw JsonFields.Wrong(field, $"must be a finite number of at least 0, not {number}; 0 is risk neutral");
        }
    }

    /// <summary>What is given here, else what the file has.</summary>
    /// <exception cref="FormatException">One of them is neither given nor in the file, or out of range; the message names it.</exception>
    public static RiskProfile Choose(int players, double? tau, ImmutableArray<double>? fileTau, double? epsilon, ImmutableArray<double>? fileEpsilon)
    {
        var taus = tau is { } t ? [.. Enumerable.Repeat(t, players)] : fileTau
            ?? throw JsonFields.Wrong("tau", $"is missing; give the game \"tau\": 1, or use --tau 1");
        var epsilons = epsilon is { } e ? [.. Enumerable.Repeat(e, players)] : fileEpsilon
            ?? throw JsonFields.Wrong("epsilon", $"is missing; give the game \"epsilon\": 0.15, or use --epsilon 0.15");
        Require(taus, "tau");
        Require(epsilons, "epsilon");
        return new RiskProfile(taus, epsilons);
    }
}
