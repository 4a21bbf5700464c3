namespace Srpo.Environments.Hanabi;

/// <summary>
/// What follows from a definition and never changes: sizes, the numbering of moves and look-up tables. A card's index is
/// color * Ranks + rank.
/// </summary>
public sealed class HanabiGame
{
    private readonly HanabiMove[] _moves;

    /// <summary>Makes the tables of a game.</summary>
    /// <param name="definition">Which game.</param>
    public HanabiGame(HanabiDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        Definition = definition;
        Kinds = definition.Colors * definition.Ranks;
        Cards = definition.Cards;
        FullDeck = Cards - (definition.Players * definition.HandSize);
        LongestGame = Longest(definition, FullDeck);
        _moves = [.. Number(definition)];
        MoveCodes = [.. _moves.Select(move => new HanabiMoveCode(move, definition))];
        SortedDeck = new byte[Cards];
        FirstCopy = new int[Kinds];
        CardColors = new byte[Kinds];
        Attributes = new uint[Kinds];
        for (int card = 0, next = 0; card < Kinds; card++)
        {
            var (color, rank) = CardOf(card);
            var copies = definition.Copies(rank);
            FirstCopy[card] = next;
            SortedDeck.AsSpan(next, copies).Fill((byte)card);
            next += copies;
            CardColors[card] = (byte)color;
            Attributes[card] = (1u << color) | (1u << (rank + HanabiKnowledge.RankShift));
        }

        NothingKnown = ((1u << definition.Colors) - 1) | (((1u << definition.Ranks) - 1) << HanabiKnowledge.RankShift);
        ColorRows = new ulong[1 << definition.Colors];
        for (var set = 0; set < ColorRows.Length; set++)
        {
            for (var color = 0; color < definition.Colors; color++)
                ColorRows[set] |= ((ulong)(set >> color) & 1) << (color * definition.Ranks);
        }
    }

    /// <summary>Which game.</summary>
    public HanabiDefinition Definition { get; }

    /// <summary>Number of different cards, at most 64.</summary>
    public int Kinds { get; }

    /// <summary>Number of cards.</summary>
    public int Cards { get; }

    /// <summary>Number of cards in the deck after the hands were dealt.</summary>
    public int FullDeck { get; }

    /// <summary>
    /// The most moves of a game. While the deck has cards every play or discard draws one, so there are at most D =
    /// <see cref="FullDeck"/> of them, the last of which empties it. Every hint between costs one of the tokens at the
    /// start, I, or one that an earlier play or discard brought back, at most one each: at most I + D - 1 hints. Once the deck
    /// is empty exactly Players moves follow. That makes 2 D + I + Players - 1, reached by discarding and hinting in turn.
    /// A deck that is empty from the start leaves the last round alone; without tokens in stock nobody can hint.
    /// </summary>
    public int LongestGame { get; }

    /// <summary>The moves by number: discards, plays, hints of colours, hints of ranks.</summary>
    public IReadOnlyList<HanabiMove> Moves => _moves;

    internal HanabiMoveCode[] MoveCodes { get; }

    /// <summary>All cards, by index.</summary>
    internal byte[] SortedDeck { get; }

    /// <summary>By card: how many copies of lower cards there are, the place of its thermometer among the discards.</summary>
    internal int[] FirstCopy { get; }

    internal byte[] CardColors { get; }

    /// <summary>By card: the bit of its colour and the bit of its rank, placed as in <see cref="HanabiKnowledge"/>.</summary>
    internal uint[] Attributes { get; }

    /// <summary>The packed knowledge about a new card.</summary>
    internal uint NothingKnown { get; }

    /// <summary>
    /// By set of colours: the bit of rank 0 in every colour's row of cards. Times a set of ranks, whose bits are fewer
    /// than a row is wide, it is the set of the possible cards.
    /// </summary>
    internal ulong[] ColorRows { get; }

    /// <summary>The card of an index.</summary>
    /// <param name="index">0 to Kinds - 1.</param>
    public HanabiCard CardOf(int index) => new(index / Definition.Ranks, index % Definition.Ranks);

    /// <summary>The index of a card.</summary>
    /// <param name="card">A card of the game.</param>
    public int IndexOf(HanabiCard card) => (card.Color * Definition.Ranks) + card.Rank;

    private static int Longest(HanabiDefinition definition, int deck)
    {
        if (deck == 0) return definition.Players;
        var hints = definition.InformationTokens == 0 ? 0 : definition.InformationTokens + deck - 1;
        return deck + hints + definition.Players;
    }

    private static IEnumerable<HanabiMove> Number(HanabiDefinition definition)
    {
        for (var i = 0; i < definition.HandSize; i++) yield return new HanabiMove(HanabiMoveKind.Discard, i, -1, -1, -1);
        for (var i = 0; i < definition.HandSize; i++) yield return new HanabiMove(HanabiMoveKind.Play, i, -1, -1, -1);
        for (var offset = 1; offset < definition.Players; offset++)
        {
            for (var color = 0; color < definition.Colors; color++) yield return new HanabiMove(HanabiMoveKind.HintColor, -1, offset, color, -1);
        }

        for (var offset = 1; offset < definition.Players; offset++)
        {
            for (var rank = 0; rank < definition.Ranks; rank++) yield return new HanabiMove(HanabiMoveKind.HintRank, -1, offset, -1, rank);
        }
    }
}
