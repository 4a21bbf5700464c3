namespace Srpo.Environments.Hanabi;

/// <summary>
/// A game in progress. The order of the deck is part of it, so that a state and moves tell everything that follows.
/// <see cref="HanabiRules"/> changes it.
/// </summary>
public sealed class HanabiState
{
    internal const byte NoCard = byte.MaxValue;

    /// <summary>Makes a state with hands dealt from a deck; the deck is the sorted one until another is dealt.</summary>
    /// <param name="game">The game.</param>
    public HanabiState(HanabiGame game)
    {
        ArgumentNullException.ThrowIfNull(game);
        Game = game;
        var definition = game.Definition;
        var held = definition.Players * definition.HandSize;
        Hands = new byte[held];
        Known = new uint[held];
        HandSizes = new byte[definition.Players];
        Fireworks = new byte[definition.Colors];
        DiscardCounts = new byte[game.Kinds];
        DiscardBits = new ulong[(game.Cards + 63) / 64];
        DiscardPile = new byte[game.Cards];
        Deck = [.. game.SortedDeck];
        HanabiRules.Deal(this);
    }

    private HanabiState(HanabiState other)
    {
        // Numbers are copied by CopyFrom.
        Game = other.Game;
        Hands = new byte[other.Hands.Length];
        Known = new uint[other.Known.Length];
        HandSizes = new byte[other.HandSizes.Length];
        Fireworks = new byte[other.Fireworks.Length];
        DiscardCounts = new byte[other.DiscardCounts.Length];
        DiscardBits = new ulong[other.DiscardBits.Length];
        DiscardPile = new byte[other.DiscardPile.Length];
        Deck = new byte[other.Deck.Length];
        CopyFrom(other);
    }

    /// <summary>The game.</summary>
    public HanabiGame Game { get; }

    /// <summary>Moves made so far.</summary>
    public int Turn { get; internal set; }

    /// <summary>The seat that is to move; after the end the one that would be.</summary>
    public int Mover { get; internal set; }

    /// <summary>Information tokens in stock.</summary>
    public int InformationTokens { get; internal set; }

    /// <summary>Life tokens left.</summary>
    public int LifeTokens { get; internal set; }

    /// <summary>Sum of the fireworks' heights, also when the last life is lost.</summary>
    public int FireworksSum { get; internal set; }

    /// <summary>How the game ended, if it did.</summary>
    public HanabiEnd End { get; internal set; }

    /// <summary>Cards left in the deck.</summary>
    public int DeckSize => Deck.Length - DealtCards;

    /// <summary>The sum of the fireworks; 0 once the last life is lost, unless the definition keeps it.</summary>
    public int Score => LifeTokens > 0 || Game.Definition.LostGame == HanabiLostGame.Keep ? FireworksSum : 0;

    /// <summary>The last move; null before the first.</summary>
    public HanabiPlayedMove? LastMove => LastAction < 0
        ? null
        : new HanabiPlayedMove(
            LastSeat, LastAction, Game.Moves[LastAction], CardOrNull(LastCard), LastScored, LastGainedToken, LastTouched, LastNewlyTouched,
            CardOrNull(LastDrawn));

    /// <summary>[seat * HandSize + position] card.</summary>
    internal byte[] Hands { get; }

    /// <summary>[seat * HandSize + position] packed <see cref="HanabiKnowledge"/>.</summary>
    internal uint[] Known { get; }

    internal byte[] HandSizes { get; }

    /// <summary>[color] height.</summary>
    internal byte[] Fireworks { get; }

    /// <summary>[card] copies in the discard pile.</summary>
    internal byte[] DiscardCounts { get; }

    /// <summary>The thermometers of <see cref="DiscardCounts"/> one behind the other, as the observation has them.</summary>
    internal ulong[] DiscardBits { get; }

    internal byte[] DiscardPile { get; }

    /// <summary>All cards in the order in which they are dealt; the first <see cref="DealtCards"/> are gone.</summary>
    internal byte[] Deck { get; }

    internal int DealtCards { get; set; }

    internal int DiscardedCards { get; set; }

    /// <summary>Moves left once the deck is empty.</summary>
    internal int Countdown { get; set; }

    internal int LastSeat { get; set; }

    internal int LastAction { get; set; }

    internal byte LastCard { get; set; }

    internal byte LastDrawn { get; set; }

    internal bool LastScored { get; set; }

    internal bool LastGainedToken { get; set; }

    internal ulong LastTouched { get; set; }

    internal ulong LastNewlyTouched { get; set; }

    /// <summary>Number of cards that a seat holds.</summary>
    /// <param name="seat">0 to Players - 1.</param>
    public int HandSize(int seat) => HandSizes[seat];

    /// <summary>A card that a seat holds.</summary>
    /// <param name="seat">0 to Players - 1.</param>
    /// <param name="position">0 to HandSize(seat) - 1, the oldest card first.</param>
    public HanabiCard Card(int seat, int position) => Game.CardOf(Hands[Place(seat, position)]);

    /// <summary>What is known about a card that a seat holds.</summary>
    /// <param name="seat">0 to Players - 1.</param>
    /// <param name="position">0 to HandSize(seat) - 1.</param>
    public HanabiKnowledge Knowledge(int seat, int position) => new(Known[Place(seat, position)]);

    /// <summary>The height of a colour's firework.</summary>
    /// <param name="color">0 to Colors - 1.</param>
    public int Firework(int color) => Fireworks[color];

    /// <summary>The discard pile, oldest first: discarded and misplayed cards.</summary>
    public IReadOnlyList<HanabiCard> Discards() => [.. DiscardPile.Take(DiscardedCards).Select(card => Game.CardOf(card))];

    /// <summary>A copy that goes its own way.</summary>
    public HanabiState Clone() => new(this);

    /// <summary>Makes this state equal to another one of the same game.</summary>
    /// <param name="other">The other state.</param>
    /// <exception cref="ArgumentException">The other state is of another game.</exception>
    public void CopyFrom(HanabiState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Game != Game) throw new ArgumentException("the states are of different games", nameof(other));
        other.Hands.CopyTo(Hands, 0);
        other.Known.CopyTo(Known, 0);
        other.HandSizes.CopyTo(HandSizes, 0);
        other.Fireworks.CopyTo(Fireworks, 0);
        other.DiscardCounts.CopyTo(DiscardCounts, 0);
        other.DiscardBits.CopyTo(DiscardBits, 0);
        other.DiscardPile.CopyTo(DiscardPile, 0);
        other.Deck.CopyTo(Deck, 0);
        (Turn, Mover, InformationTokens, LifeTokens) = (other.Turn, other.Mover, other.InformationTokens, other.LifeTokens);
        (FireworksSum, End, DealtCards, DiscardedCards) = (other.FireworksSum, other.End, other.DealtCards, other.DiscardedCards);
        (Countdown, LastSeat, LastAction, LastCard) = (other.Countdown, other.LastSeat, other.LastAction, other.LastCard);
        (LastDrawn, LastScored, LastGainedToken) = (other.LastDrawn, other.LastScored, other.LastGainedToken);
        (LastTouched, LastNewlyTouched) = (other.LastTouched, other.LastNewlyTouched);
    }

    /// <summary>Writes everything that a move or the end of one may change.</summary>
    internal void Save(LaneStateWriter writer)
    {
        writer.WriteAll<byte>(Hands);
        writer.WriteAll<uint>(Known);
        writer.WriteAll<byte>(HandSizes);
        writer.WriteAll<byte>(Fireworks);
        writer.WriteAll<byte>(DiscardCounts);
        writer.WriteAll<ulong>(DiscardBits);
        writer.WriteAll<byte>(DiscardPile);
        writer.WriteAll<byte>(Deck);
        writer.WriteAll<int>(
        [
            Turn, Mover, InformationTokens, LifeTokens, FireworksSum, (int)End, DealtCards, DiscardedCards, Countdown, LastSeat, LastAction, LastCard, LastDrawn,
            LastScored ? 1 : 0, LastGainedToken ? 1 : 0,
        ]);
        writer.WriteAll<ulong>([LastTouched, LastNewlyTouched]);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    internal void Restore(ref LaneStateReader reader)
    {
        reader.ReadAll<byte>(Hands);
        reader.ReadAll<uint>(Known);
        reader.ReadAll<byte>(HandSizes);
        reader.ReadAll<byte>(Fireworks);
        reader.ReadAll<byte>(DiscardCounts);
        reader.ReadAll<ulong>(DiscardBits);
        reader.ReadAll<byte>(DiscardPile);
        reader.ReadAll<byte>(Deck);
        (Turn, Mover, InformationTokens, LifeTokens) = (Next(ref reader), Next(ref reader), Next(ref reader), Next(ref reader));
        (FireworksSum, End, DealtCards, DiscardedCards) = (Next(ref reader), (HanabiEnd)Next(ref reader), Next(ref reader), Next(ref reader));
        (Countdown, LastSeat, LastAction, LastCard) = (Next(ref reader), Next(ref reader), Next(ref reader), (byte)Next(ref reader));
        (LastDrawn, LastScored, LastGainedToken) = ((byte)Next(ref reader), Next(ref reader) != 0, Next(ref reader) != 0);
        (LastTouched, LastNewlyTouched) = (reader.Read<ulong>(), reader.Read<ulong>());

        static int Next(ref LaneStateReader from) => from.Read<int>();
    }

    private int Place(int seat, int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, (int)HandSizes[seat]);
        return (seat * Game.Definition.HandSize) + position;
    }

    private HanabiCard? CardOrNull(byte card) => card == NoCard ? null : Game.CardOf(card);
}
