using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Srpo.Core.Json;

namespace Srpo.Environments.Hanabi;

/// <summary>
/// Which Hanabi is played, as a JSON text: <c>{"name": ..., "colors": 3, "ranks": 3, "players": 2, "handSize": 5,
/// "informationTokens": 8, "lifeTokens": 3, "lostGame": "zero" or "keep"}</c>. Colours, ranks and players must be there.
/// </summary>
public sealed record HanabiDefinition
{
    /// <summary>The most colours and the most ranks: their product, the number of different cards, fits into 64 bits.</summary>
    public const int MaxColors = 8;

    /// <summary>The most ranks.</summary>
    public const int MaxRanks = 8;

    /// <summary>The most players.</summary>
    public const int MaxPlayers = 5;

    /// <summary>The most tokens of a kind.</summary>
    public const int MaxTokens = 255;

    /// <summary>The most cards in a hand: two players, and 128 cards of 8 colours and 8 ranks.</summary>
    public const int MaxHandSize = 64;

    private static readonly string[] Fields = ["kind", "name", "colors", "ranks", "players", "handSize", "informationTokens", "lifeTokens", "lostGame"];

    /// <summary>Makes a definition.</summary>
    /// <param name="name">Label.</param>
    /// <param name="colors">Colours, 1 to 8.</param>
    /// <param name="ranks">Ranks, 1 to 8.</param>
    /// <param name="players">Players, 2 to 5.</param>
    /// <param name="handSize">Cards in a full hand, 1 to 64; null for 5 with two or three players and 4 with more.</param>
    /// <param name="informationTokens">Most information tokens and the number at the start, 0 to 255.</param>
    /// <param name="lifeTokens">Life tokens at the start, 1 to 255.</param>
    /// <param name="lostGame">What a lost game is worth.</param>
    /// <exception cref="ArgumentException">A number is out of range, or there are fewer cards than the hands need.</exception>
    public HanabiDefinition(
        string name,
        int colors,
        int ranks,
        int players,
        int? handSize = null,
        int informationTokens = 8,
        int lifeTokens = 3,
        HanabiLostGame lostGame = HanabiLostGame.Zero)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        Colors = colors;
        Ranks = ranks;
        Players = players;
        HandSize = handSize ?? (players <= 3 ? 5 : 4);
        InformationTokens = informationTokens;
        LifeTokens = lifeTokens;
        LostGame = lostGame;
        if (Problem() is { } problem) throw new ArgumentException(problem);
    }

    /// <summary>Label.</summary>
    public string Name { get; }

    /// <summary>Number of colours.</summary>
    public int Colors { get; }

    /// <summary>Number of ranks.</summary>
    public int Ranks { get; }

    /// <summary>Number of players.</summary>
    public int Players { get; }

    /// <summary>Cards in a full hand.</summary>
    public int HandSize { get; }

    /// <summary>Most information tokens, and how many there are at the start.</summary>
    public int InformationTokens { get; }

    /// <summary>Life tokens at the start.</summary>
    public int LifeTokens { get; }

    /// <summary>What a lost game is worth.</summary>
    public HanabiLostGame LostGame { get; }

    /// <summary>Number of cards: of every colour 3 of the lowest rank, 1 of the highest, 2 of each between.</summary>
    public int Cards => Colors * Enumerable.Range(0, Math.Max(0, Ranks)).Sum(Copies);

    /// <summary>How many cards of a colour have a rank.</summary>
    /// <param name="rank">0 to Ranks - 1.</param>
    public int Copies(int rank) => rank == 0 ? 3 : rank == Ranks - 1 ? 1 : 2;

    /// <summary>Reads the JSON text; comments and trailing commas are allowed.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">The label where the text gives none.</param>
    /// <param name="file">The file that the text came from, for messages, or null.</param>
    /// <exception cref="FormatException">The text is wrong; the message names the field, the reason and the remedy.</exception>
    public static HanabiDefinition Parse(string json, string name = "custom", string? file = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(name);
        return JsonFields.Read(json, "game", "{ \"colors\": 3, \"ranks\": 3, \"players\": 2 }", root => Checked(root, name), file);
    }

    /// <summary>Writes the JSON text that <see cref="Parse"/> reads back.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", "hanabi");
            writer.WriteString("name", Name);
            writer.WriteNumber("colors", Colors);
            writer.WriteNumber("ranks", Ranks);
            writer.WriteNumber("players", Players);
            writer.WriteNumber("handSize", HandSize);
            writer.WriteNumber("informationTokens", InformationTokens);
            writer.WriteNumber("lifeTokens", LifeTokens);
            writer.WriteString("lostGame", LostGame == HanabiLostGame.Keep ? "keep" : "zero");
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>What a game's own checks say of its numbers together is wrong with the text, too.</summary>
    private static HanabiDefinition Checked(JsonObjectValue root, string name)
    {
        try
        {
            return Read(root, name);
        }
        catch (ArgumentException error)
        {
            throw new FormatException(error.Message, error);
        }
    }

    private static HanabiDefinition Read(JsonObjectValue root, string name)
    {
        JsonFields.RequireKnown(root, "", Fields);
        if (root["kind"] is { } kind && JsonFields.Text(kind, "kind") != "hanabi")
            throw JsonFields.Wrong("kind", $"must be \"hanabi\", not {JsonFields.Quote(kind)}");
        return new HanabiDefinition(
            JsonFields.OptionalText(root, "name") ?? name,
            Required("colors", 1, MaxColors, "3"),
            Required("ranks", 1, MaxRanks, "3"),
            Required("players", 2, MaxPlayers, "2"),
            Optional("handSize", 1, MaxHandSize),
            Optional("informationTokens", 0, MaxTokens) ?? 8,
            Optional("lifeTokens", 1, MaxTokens) ?? 3,
            ReadLostGame(root));

        int Required(string field, int least, int most, string example) =>
            JsonFields.Whole(JsonFields.Required(root, field, $"\"{field}\": {example}"), field, least, most);

        int? Optional(string field, int least, int most) =>
            root[field] is { } value ? JsonFields.Whole(value, field, least, most) : null;
    }

    private static HanabiLostGame ReadLostGame(JsonObjectValue root) => JsonFields.OptionalText(root, "lostGame") switch
    {
        null or "zero" => HanabiLostGame.Zero,
        "keep" => HanabiLostGame.Keep,
        var other => throw JsonFields.Wrong(
            "lostGame", $"must be \"zero\" (a lost game scores nothing) or \"keep\" (the fireworks count), not \"{other}\""),
    };

    private string? Problem() =>
        Range("colors", Colors, 1, MaxColors)
        ?? Range("ranks", Ranks, 1, MaxRanks)
        ?? Range("players", Players, 2, MaxPlayers)
        ?? Range("handSize", HandSize, 1, MaxHandSize)
        ?? Range("informationTokens", InformationTokens, 0, MaxTokens)
        ?? Range("lifeTokens", LifeTokens, 1, MaxTokens)
        ?? Deck();

    private static string? Range(string field, int value, int least, int most) => value >= least && value <= most
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{field}: must be a whole number between {least} and {most}, not {value}");

    private string? Deck() => Players * HandSize <= Cards
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"handSize: {Players} players with {HandSize} cards each need {Players * HandSize} cards, but {Colors} colors and {Ranks} ranks make a deck of {Cards}; {DeckRemedy()}");

    private string DeckRemedy() => Cards >= Players
        ? string.Create(CultureInfo.InvariantCulture, $"use a handSize of at most {Cards / Players}, fewer players, or more colors or ranks")
        : "use fewer players, or more colors or ranks";
}
