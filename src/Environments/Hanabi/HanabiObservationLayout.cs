using System.Globalization;
using System.Text;

namespace Srpo.Environments.Hanabi;

/// <summary>Where things are in the observation, and what every bit of it means. Every bit is 0 or 1.</summary>
public sealed class HanabiObservationLayout
{
    private readonly HanabiGame _game;

    /// <summary>Lays out the observation of a game.</summary>
    /// <param name="game">The game.</param>
    public HanabiObservationLayout(HanabiGame game)
    {
        ArgumentNullException.ThrowIfNull(game);
        _game = game;
        var definition = game.Definition;
        var (colors, ranks, players, hand, kinds) = (definition.Colors, definition.Ranks, definition.Players, definition.HandSize, game.Kinds);
        (string Name, string Meaning, int Length)[] parts =
        [
            ("H1", "others' hands, one-hot cards", (players - 1) * hand * kinds),
            ("H2", "short-hand flags", players),
            ("B1", "deck thermometer", game.FullDeck),
            ("B2", "fireworks, one-hot heights", kinds),
            ("B3", "information-token thermometer", definition.InformationTokens),
            ("B4", "life-token thermometer", definition.LifeTokens),
            ("X1", "discard thermometers", game.Cards),
            ("L1", "last move: actor", players),
            ("L2", "last move: kind", 4),
            ("L3", "last move: hint's target", players),
            ("L4", "last move: hinted colour", colors),
            ("L5", "last move: hinted rank", ranks),
            ("L6", "last move: touched positions", hand),
            ("L7", "last move: played or discarded position", hand),
            ("L8", "last move: played or discarded card", kinds),
            ("L9", "last move: success, token gained", 2),
            ("K1", "knowledge about all cards of all hands", players * hand * (kinds + colors + ranks)),
        ];
        var sections = new List<HanabiSection>();
        foreach (var (name, meaning, length) in parts)
        {
            sections.Add(new HanabiSection(name, meaning, Length, length));
            Length += length;
        }

        Sections = sections;
    }

    /// <summary>Number of bits.</summary>
    public int Length { get; }

    /// <summary>The parts in order.</summary>
    public IReadOnlyList<HanabiSection> Sections { get; }

    /// <summary>What every bit means.</summary>
    public IReadOnlyList<ObservationSlot> Slots() =>
        [.. Sections.SelectMany(section => Enumerable.Range(0, section.Length).Select(i => new ObservationSlot(section.Offset + i, Meaning(section.Name, i), 0, 1)))];

    /// <summary>A Markdown table of the sections of several games; docs/environments/hanabi.md contains it.</summary>
    /// <param name="games">The games.</param>
    public static string Markdown(IReadOnlyList<HanabiDefinition> games)
    {
        ArgumentNullException.ThrowIfNull(games);
        var layouts = games.Select(definition => new HanabiObservationLayout(new HanabiGame(definition))).ToList();
        var text = new StringBuilder("| part | meaning |");
        foreach (var definition in games) text.Append(CultureInfo.InvariantCulture, $" {definition.Name} |");
        text.Append("\n|---|---|").Append(string.Concat(games.Select(_ => "---|"))).Append('\n');
        for (var i = 0; i < layouts[0].Sections.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {layouts[0].Sections[i].Name} | {layouts[0].Sections[i].Meaning} |");
            foreach (var layout in layouts) text.Append(CultureInfo.InvariantCulture, $" {layout.Sections[i].Offset}, {layout.Sections[i].Length} |");
            text.Append('\n');
        }

        text.Append("| | all |");
        foreach (var layout in layouts) text.Append(CultureInfo.InvariantCulture, $" {layout.Length} |");
        return text.Append('\n').ToString();
    }

    private string Meaning(string section, int i)
    {
        var definition = _game.Definition;
        var kinds = _game.Kinds;
        return section switch
        {
            "H1" => Text($"card {i / kinds % definition.HandSize} of seat +{(i / kinds / definition.HandSize) + 1} is {_game.CardOf(i % kinds)}"),
            "H2" => Text($"seat +{i} has a short hand"),
            "B1" => Text($"more than {i} cards in the deck"),
            "B2" => Text($"firework {HanabiNames.Color(i / definition.Ranks)} has height {(i % definition.Ranks) + 1}"),
            "B3" => Text($"more than {i} information tokens"),
            "B4" => Text($"more than {i} life tokens"),
            "X1" => Discarded(i),
            "L1" => Text($"last move by seat +{i}"),
            "L2" => "last move is " + (HanabiMoveKind)i switch
            {
                HanabiMoveKind.Play => "a play",
                HanabiMoveKind.Discard => "a discard",
                HanabiMoveKind.HintColor => "a hint of a colour",
                _ => "a hint of a rank",
            },
            "L3" => Text($"last hint was to seat +{i}"),
            "L4" => $"last hint was {HanabiNames.Color(i)}",
            "L5" => Text($"last hint was {i + 1}"),
            "L6" => Text($"last hint touched position {i}"),
            "L7" => Text($"last card played or discarded was at position {i}"),
            "L8" => $"last card played or discarded was {_game.CardOf(i)}",
            "L9" => i == 0 ? "last play succeeded" : "last play brought a token back",
            _ => Known(i),
        };
    }

    private string Discarded(int i)
    {
        var card = Array.FindLastIndex(_game.FirstCopy, first => first <= i);
        return Text($"more than {i - _game.FirstCopy[card]} of {_game.CardOf(card)} discarded");
    }

    private string Known(int i)
    {
        var definition = _game.Definition;
        var block = _game.Kinds + definition.Colors + definition.Ranks;
        var bit = i % block;
        var fact = bit < _game.Kinds ? $"may be {_game.CardOf(bit)}"
            : bit < _game.Kinds + definition.Colors ? $"was hinted {HanabiNames.Color(bit - _game.Kinds)}"
            : Text($"was hinted {bit - _game.Kinds - definition.Colors + 1}");
        return Text($"card {i / block % definition.HandSize} of seat +{i / block / definition.HandSize} {fact}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
