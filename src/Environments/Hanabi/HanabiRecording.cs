using System.Globalization;
using System.Text.Json;
using Srpo.Environments.Recordings;

namespace Srpo.Environments.Hanabi;

/// <summary>
/// Reads recorded games: one JSON object a line, plain or gzip, with <c>id</c>, <c>config</c>, <c>num_moves</c>, <c>obs_len</c>,
/// <c>deals</c>, <c>undealt</c>, <c>turns</c> and <c>final</c>; docs/environments/hanabi.md has the whole list. Fields beyond these
/// are ignored.
/// </summary>
public static class HanabiRecording
{
    /// <summary>Streams the games of a file.</summary>
    /// <param name="path">The file, .jsonl or .jsonl.gz.</param>
    /// <exception cref="RecordingException">The file cannot be read; the message names file, line, game, turn and field.</exception>
    public static IEnumerable<HanabiRecordedGame> Read(string path) => RecordingLines.Read(path, ReadGame);

    private static HanabiRecordedGame ReadGame(RecordingFields fields)
    {
        var definition = ReadDefinition(fields);
        var deals = fields.Rows("deals", 3, 0, byte.MaxValue);
        var undealt = fields.Rows("undealt", 2, 0, byte.MaxValue);
        var deck = deals.Select(deal => new HanabiCard(deal[1], deal[2])).Concat(undealt.Select(Card)).ToArray();
        CheckDeck(fields, definition, deals, deck);
        var turns = fields.Steps("turns", ReadTurn);
        var final = fields.Object("final");
        return new HanabiRecordedGame(
            fields.Place, definition, fields.AnyInteger("num_moves"), fields.AnyInteger("obs_len"), [.. deals.Select(deal => deal[0])], deck, turns,
            new HanabiRecordedFinal(
                final.AnyInteger("num_turns"), final.AnyInteger("score"), final.AnyIntegers("fireworks"), final.AnyInteger("fireworks_sum"), final.AnyInteger("end"),
                final.Text("end_name")));
    }

    private static HanabiDefinition ReadDefinition(RecordingFields fields)
    {
        var config = fields.Object("config");

        // Other versions of the reference's game; nothing here plays them.
        if (config.AnyInteger("observation_type") is var type and not 1)
            throw config.Error("observation_type", Text($"must be 1 (card knowledge), not {type}; observations of other types are not supported"));
        if (config.AnyInteger("random_start_player") is var random and not 0)
            throw config.Error("random_start_player", Text($"must be 0, not {random}; only games that player 0 starts are supported"));
        var name = config.Text("name");
        var colors = config.Integer("colors", 1, HanabiDefinition.MaxColors);
        var ranks = config.Integer("ranks", 1, HanabiDefinition.MaxRanks);
        var players = config.Integer("players", 2, HanabiDefinition.MaxPlayers);
        var handSize = config.Integer("hand_size", 1, HanabiDefinition.MaxHandSize);
        var information = config.Integer("max_information_tokens", 0, HanabiDefinition.MaxTokens);
        var lives = config.Integer("max_life_tokens", 1, HanabiDefinition.MaxTokens);
        try
        {
            return new HanabiDefinition(name, colors, ranks, players, handSize, information, lives);
        }
        catch (ArgumentException error)
        {
            throw fields.Error("config", error.Message);
        }
    }

    private static void CheckDeck(RecordingFields fields, HanabiDefinition definition, int[][] deals, HanabiCard[] deck)
    {
        if (deals.Length < definition.Players * definition.HandSize)
            throw fields.Error("deals", Text($"has {deals.Length} cards; the hands need {definition.Players * definition.HandSize}"));
        for (var color = 0; color < definition.Colors; color++)
        {
            for (var rank = 0; rank < definition.Ranks; rank++)
            {
                var copies = deck.Count(card => card == new HanabiCard(color, rank));
                if (copies != definition.Copies(rank))
                    throw fields.Error("deals", Text($"has, with undealt, {copies} cards [{color},{rank}]; a full deck has {definition.Copies(rank)}"));
            }
        }

        if (deck.Length != definition.Cards) throw fields.Error("deals", Text($"has, with undealt, {deck.Length} cards; a full deck has {definition.Cards}"));
    }

    private static HanabiRecordedTurn ReadTurn(RecordingFields fields)
    {
        var move = fields.Object("move");
        return new HanabiRecordedTurn(
            fields.AnyInteger("t"),
            fields.AnyInteger("player"),
            fields.Text("obs"),
            fields.AnyIntegers("legal"),
            fields.AnyInteger("uid"),
            move.Text("type"),
            [move.AnyInteger("card_index"), move.AnyInteger("target_offset"), move.AnyInteger("color"), move.AnyInteger("rank")],
            CardOrNull(fields, "card"),
            fields.AnyInteger("scored"),
            fields.AnyInteger("got_token"),
            Mask(fields, "touched"),
            Mask(fields, "newly_touched"),
            CardOrNull(fields, "draw"),
            fields.AnyInteger("score"),
            fields.AnyInteger("reward"),
            fields.AnyIntegers("fireworks"),
            fields.AnyInteger("fireworks_sum"),
            fields.AnyInteger("info"),
            fields.AnyInteger("life"),
            fields.AnyInteger("deck"),
            [.. fields.Rows("discards", 2, int.MinValue, int.MaxValue).Select(Card)],
            fields.AnyInteger("end"));
    }

    /// <summary>A set of positions; hands may have more of them than an int has bits.</summary>
    private static ulong Mask(RecordingFields fields, string field)
    {
        var value = fields.Required(field);
        return value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var mask)
            ? mask
            : throw fields.Error(field, $"must be a whole number from 0, not {value.GetRawText()}");
    }

    private static HanabiCard? CardOrNull(RecordingFields fields, string field) =>
        fields.IsNull(field) ? null : Card(fields.Integers(field, 2, int.MinValue, int.MaxValue));

    private static HanabiCard Card(int[] pair) => new(pair[0], pair[1]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
