using System.Globalization;
using System.Text;

namespace Srpo.Environments.Hanabi;

/// <summary>
/// Draws games as plain text, without colour codes. A card is the letter of its colour and its printed number; beside it
/// stands what its holder knows: the colours and ranks it may have, in brackets what was said directly.
/// </summary>
public static class HanabiRenderer
{
    /// <summary>Whose turn it is, fireworks, tokens, deck, discards, the last move and all hands.</summary>
    /// <param name="state">The state.</param>
    /// <param name="viewer">The seat that looks, whose own cards are hidden; null to see everything.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such seat.</exception>
    public static string Draw(HanabiState state, int? viewer = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        var definition = state.Game.Definition;
        if (viewer is { } seatThatLooks)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(seatThatLooks, nameof(viewer));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(seatThatLooks, definition.Players, nameof(viewer));
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"turn {state.Turn}, ");
        text.Append(state.End == HanabiEnd.NotFinished ? $"{SeatName(state.Mover, viewer)} to move" : $"over: {Describe(state.End)}").Append('\n');
        text.Append("fireworks ");
        for (var color = 0; color < definition.Colors; color++)
            text.Append(CultureInfo.InvariantCulture, $" {HanabiNames.Color(color)} {state.Firework(color)}");
        text.Append(CultureInfo.InvariantCulture, $"  score {state.Score} of {state.Game.Kinds}\n");
        text.Append(CultureInfo.InvariantCulture, $"tokens     {state.InformationTokens} of {definition.InformationTokens}");
        text.Append(CultureInfo.InvariantCulture, $"  lives {state.LifeTokens} of {definition.LifeTokens}  deck {state.DeckSize}\n");
        text.Append("discards   ").Append(state.Discards().Count == 0 ? "none" : string.Join(' ', state.Discards())).Append('\n');
        text.Append("last move  ").Append(state.LastMove is { } last ? Describe(state, last, viewer) : "none").Append('\n');
        for (var seat = 0; seat < definition.Players; seat++) DrawHand(text, state, seat, viewer);
        return text.ToString();
    }

    /// <summary>
    /// A move that was made and what came of it, for example "seat 0: hint red to seat 1, touches 0 and 2" or "seat 1: play
    /// 2, R1, scores".
    /// </summary>
    /// <param name="state">The state after it.</param>
    /// <param name="played">The move.</param>
    /// <param name="viewer">The seat that reads it and must not learn the card that it drew itself; null to be told everything.</param>
    public static string Describe(HanabiState state, in HanabiPlayedMove played, int? viewer = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        var move = played.Move;
        var text = new StringBuilder(SeatName(played.Seat, viewer)).Append(": ");
        if (move.IsHint)
        {
            var target = (played.Seat + move.TargetOffset) % state.Game.Definition.Players;
            var touched = played.Touched;
            var positions = Enumerable.Range(0, state.Game.Definition.HandSize).Where(i => ((touched >> i) & 1) != 0);
            var what = move.Kind == HanabiMoveKind.HintColor
                ? HanabiNames.Color(move.Color)
                : (move.Rank + 1).ToString(CultureInfo.InvariantCulture);
            return text.Append(CultureInfo.InvariantCulture, $"hint {what} to {SeatName(target, viewer)}, touches {string.Join(", ", positions)}").ToString();
        }

        text.Append(CultureInfo.InvariantCulture, $"{move}, {played.Card}");
        if (move.Kind == HanabiMoveKind.Play) text.Append(played.Scored ? ", scores" : ", does not fit: a life is lost");
        if (played.GainedToken) text.Append(", a token is back");
        if (played.Drawn is { } drawn) text.Append(CultureInfo.InvariantCulture, $", draws {(played.Seat == viewer ? "a card" : drawn.ToString())}");
        return text.ToString();
    }

    private static void DrawHand(StringBuilder text, HanabiState state, int seat, int? viewer)
    {
        // Hints are addressed by the distance from the one who gives them.
        var players = state.Game.Definition.Players;
        var offset = (seat - (viewer ?? state.Mover) + players) % players;
        text.Append(SeatName(seat, viewer));
        if (offset > 0) text.Append(CultureInfo.InvariantCulture, $" (+{offset})");
        if (seat == state.Mover && state.End == HanabiEnd.NotFinished) text.Append(", to move");
        text.Append('\n');
        var columns = Enumerable.Range(0, state.HandSize(seat)).Select(position => (
            Position: position.ToString(CultureInfo.InvariantCulture),
            Card: seat == viewer ? "??" : state.Card(seat, position).ToString(),
            Known: Describe(state.Knowledge(seat, position), state.Game.Definition))).ToList();
        Row("position", columns.Select(column => column.Position));
        Row("card", columns.Select(column => column.Card));
        Row("known", columns.Select(column => column.Known));

        void Row(string label, IEnumerable<string> cells)
        {
            var line = new StringBuilder("  ").Append(label.PadRight(9));
            foreach (var (cell, column) in cells.Zip(columns)) line.Append(cell.PadRight(Math.Max(column.Known.Length, column.Position.Length) + 2));
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
    }

    /// <summary>For example "RG/123", or "[R]/12" after a hint of red and one that says it is no 3.</summary>
    private static string Describe(HanabiKnowledge known, HanabiDefinition definition)
    {
        var text = new StringBuilder();
        for (var color = 0; color < definition.Colors; color++)
        {
            if ((known.Colors >> color & 1) == 0) continue;
            text.Append(known.HintedColor == color ? $"[{HanabiNames.Letter(color)}]" : HanabiNames.Letter(color).ToString());
        }

        text.Append('/');
        for (var rank = 0; rank < definition.Ranks; rank++)
        {
            if ((known.Ranks >> rank & 1) == 0) continue;
            text.Append(CultureInfo.InvariantCulture, $"{(known.HintedRank == rank ? $"[{rank + 1}]" : $"{rank + 1}")}");
        }

        return text.ToString();
    }

    private static string SeatName(int seat, int? viewer) =>
        string.Create(CultureInfo.InvariantCulture, $"seat {seat}{(seat == viewer ? " (you)" : "")}");

    private static string Describe(HanabiEnd end) => end switch
    {
        HanabiEnd.OutOfLifeTokens => "no life is left",
        HanabiEnd.OutOfCards => "no cards are left",
        _ => "the fireworks are complete",
    };
}
