using System.Globalization;
using System.Runtime.InteropServices;

namespace Srpo.Environments.Hanabi;

/// <summary>The rules: dealing, legal moves, and what a move does. docs/environments/hanabi.md has them in words.</summary>
public static class HanabiRules
{
    /// <summary>Starts a game with a deck of one's own.</summary>
    /// <param name="state">The state, overwritten.</param>
    /// <param name="deck">All cards in the order in which they are dealt: seat 0's hand, seat 1's, ..., then replacements.</param>
    /// <exception cref="ArgumentException">The deck is not a full deck of the game.</exception>
    public static void Deal(HanabiState state, IReadOnlyList<HanabiCard> deck)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(deck);
        var game = state.Game;
        var definition = game.Definition;
        if (deck.Any(card => (uint)card.Color >= (uint)definition.Colors || (uint)card.Rank >= (uint)definition.Ranks))
            throw new ArgumentException("the deck has a card that is none of the game's", nameof(deck));
        var cards = deck.Select(card => (byte)game.IndexOf(card)).ToArray();
        if (!cards.Order().SequenceEqual(game.SortedDeck)) throw new ArgumentException("the cards do not make a full deck", nameof(deck));
        cards.CopyTo(state.Deck, 0);
        Deal(state);
    }

    /// <summary>Makes a move of the seat that is to move.</summary>
    /// <param name="state">The state, changed.</param>
    /// <param name="action">The move's number.</param>
    /// <returns>The reward: the score after the move minus the score before.</returns>
    /// <exception cref="ArgumentException">The move is illegal, or the game is over; the state is as it was.</exception>
    public static int Apply(HanabiState state, int action)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (WhyIllegal(state, action) is { } reason) throw new ArgumentException(reason, nameof(action));
        TryApply(state, action, out var reward);
        return reward;
    }

    /// <summary>Why a move is illegal for the seat that is to move; null if it is legal.</summary>
    /// <param name="state">The state.</param>
    /// <param name="action">The move's number.</param>
    public static string? WhyIllegal(HanabiState state, int action)
    {
        ArgumentNullException.ThrowIfNull(state);
        var game = state.Game;
        if ((uint)action >= (uint)game.Moves.Count)
            return string.Create(CultureInfo.InvariantCulture, $"there is no move {action}; moves are 0 to {game.Moves.Count - 1}");
        if (state.End != HanabiEnd.NotFinished) return "the game is over";
        var move = game.Moves[action];
        if (!move.IsHint)
        {
            if (move.Position >= state.HandSize(state.Mover))
                return string.Create(CultureInfo.InvariantCulture, $"'{move}' is illegal: the hand has {state.HandSize(state.Mover)} cards");
            return move.Kind == HanabiMoveKind.Discard && state.InformationTokens == game.Definition.InformationTokens
                ? $"'{move}' is illegal: all information tokens are in stock"
                : null;
        }

        if (state.InformationTokens == 0) return $"'{move}' is illegal: no information token is left";
        var target = (state.Mover + move.TargetOffset) % game.Definition.Players;
        return Touched(state, game.MoveCodes[action], target) == 0
            ? string.Create(CultureInfo.InvariantCulture, $"'{move}' is illegal: no card of seat {target} is touched")
            : null;
    }

    /// <summary>Writes which moves a seat may make; one that is not to move has the moves it would have if it were.</summary>
    /// <param name="state">The state.</param>
    /// <param name="seat">0 to Players - 1.</param>
    /// <param name="legal">[moves] receives 1 for a legal move, 0 for an illegal one.</param>
    public static void WriteLegal(HanabiState state, int seat, Span<byte> legal)
    {
        ArgumentNullException.ThrowIfNull(state);
        var game = state.Game;
        var definition = game.Definition;
        var (colors, ranks, handSize, players) = (definition.Colors, definition.Ranks, definition.HandSize, definition.Players);
        int held = state.HandSizes[seat];
        var hand = held == 64 ? ulong.MaxValue : (1UL << held) - 1;
        Span<ulong> words = stackalloc ulong[4];
        words.Clear();
        var row = new BitRow(words);
        row.Append(state.InformationTokens < definition.InformationTokens ? hand : 0, handSize);
        row.Append(hand, handSize);
        if (state.InformationTokens > 0)
        {
            Span<uint> attributes = stackalloc uint[HanabiDefinition.MaxPlayers];
            for (int offset = 1, target = seat; offset < players; offset++)
            {
                target = target + 1 == players ? 0 : target + 1;
                var present = 0u;
                foreach (var card in state.Hands.AsSpan(target * handSize, state.HandSizes[target])) present |= game.Attributes[card];
                attributes[offset] = present;
                row.Append(present & 0xFF, colors);
            }

            for (var offset = 1; offset < players; offset++) row.Append(attributes[offset] >> HanabiKnowledge.RankShift, ranks);
        }

        row.Finish();

        // A hand of one card is empty after the last turn of its holder, who may then have no move but is never to move
        // again. A distribution over its moves needs one all the same.
        if ((words[0] | words[1] | words[2] | words[3]) == 0) words[0] = 1UL << handSize;
        BitRow.ToBytes(words, legal);
    }

    /// <summary>Deals the hands from state.Deck, which holds all cards.</summary>
    internal static void Deal(HanabiState state)
    {
        var game = state.Game;
        var definition = game.Definition;
        state.Turn = 0;
        state.Mover = 0;
        state.InformationTokens = definition.InformationTokens;
        state.LifeTokens = definition.LifeTokens;
        state.FireworksSum = 0;
        state.End = HanabiEnd.NotFinished;
        state.DealtCards = state.Hands.Length;
        state.DiscardedCards = 0;
        state.Countdown = definition.Players;
        state.LastAction = -1;
        state.Deck.AsSpan(0, state.Hands.Length).CopyTo(state.Hands);
        state.Known.AsSpan().Fill(game.NothingKnown);
        state.HandSizes.AsSpan().Fill((byte)definition.HandSize);
        state.Fireworks.AsSpan().Clear();
        state.DiscardCounts.AsSpan().Clear();
        state.DiscardBits.AsSpan().Clear();

        // Nobody reads what follows before it is set; but equal games are to be equal in all their bytes.
        state.DiscardPile.AsSpan().Clear();
        (state.LastSeat, state.LastCard, state.LastDrawn, state.LastScored, state.LastGainedToken) = (0, HanabiState.NoCard, HanabiState.NoCard, false, false);
        (state.LastTouched, state.LastNewlyTouched) = (0, 0);
    }

    /// <summary>Makes a move if it is legal; else the state stays as it was.</summary>
    internal static bool TryApply(HanabiState state, int action, out int reward)
    {
        reward = 0;
        var game = state.Game;
        var codes = game.MoveCodes;
        if ((uint)action >= (uint)codes.Length) return false;
        ref readonly var code = ref codes[action];
        var definition = game.Definition;
        var mover = state.Mover;
        var deckWasEmpty = state.DeckSize == 0;
        byte card = HanabiState.NoCard;
        bool scored = false, gained = false;
        ulong touched = 0, newlyTouched = 0;
        if (code.Kind >= HanabiMoveKind.HintColor)
        {
            var target = mover + code.Argument;
            if (target >= definition.Players) target -= definition.Players;
            if (state.InformationTokens == 0 || (touched = Touched(state, code, target)) == 0) return false;
            state.InformationTokens--;
            newlyTouched = Tell(state, code, target);
        }
        else
        {
            int position = code.Argument;
            var discards = code.Kind == HanabiMoveKind.Discard;
            if (position >= state.HandSizes[mover] || (discards && state.InformationTokens == definition.InformationTokens)) return false;
            card = Remove(state, mover, position);
            if (discards)
            {
                Discard(state, card);
                state.InformationTokens++;
                gained = true;
            }
            else
            {
                reward = Play(state, card, ref gained);
                scored = reward > 0;
            }
        }

        state.LastSeat = mover;
        state.LastAction = action;
        state.LastCard = card;
        state.LastScored = scored;
        state.LastGainedToken = gained;
        state.LastTouched = touched;
        state.LastNewlyTouched = newlyTouched;
        state.LastDrawn = HanabiState.NoCard;
        state.Turn++;
        state.Mover = mover + 1 == definition.Players ? 0 : mover + 1;
        if (deckWasEmpty) state.Countdown--;
        state.End = state.LifeTokens == 0 ? HanabiEnd.OutOfLifeTokens
            : state.FireworksSum == game.Kinds ? HanabiEnd.CompletedFireworks
            : state.Countdown == 0 ? HanabiEnd.OutOfCards
            : HanabiEnd.NotFinished;
        if (card != HanabiState.NoCard && !deckWasEmpty && state.End == HanabiEnd.NotFinished) Draw(state, mover);
        return true;
    }

    /// <summary>The positions of the target's cards that a hint is true of.</summary>
    private static ulong Touched(HanabiState state, in HanabiMoveCode code, int target)
    {
        var cards = state.Hands.AsSpan(target * state.Game.Definition.HandSize, state.HandSizes[target]);
        var touched = 0UL;
        for (var i = 0; i < cards.Length; i++) touched |= ((code.Cards >> cards[i]) & 1) << i;
        return touched;
    }

    /// <summary>
    /// Updates what is known about the target's cards: those that the hint is true of have that colour or rank and are
    /// marked as hinted, the others do not have it. Without branches, for which cards match cannot be foreseen.
    /// </summary>
    /// <returns>The positions that were not marked before and are now.</returns>
    private static ulong Tell(HanabiState state, in HanabiMoveCode code, int target)
    {
        var start = target * state.Game.Definition.HandSize;
        var cards = state.Hands.AsSpan(start, state.HandSizes[target]);
        var known = MemoryMarshal.CreateSpan(ref state.Known[start], cards.Length);
        var hinted = code.Field << HanabiKnowledge.HintShift;
        var told = code.Bit | (code.Bit << HanabiKnowledge.HintShift);
        var newlyTouched = 0UL;
        for (var i = 0; i < cards.Length; i++)
        {
            var matches = (uint)(code.Cards >> cards[i]) & 1;
            var all = 0 - matches;
            var before = known[i];
            newlyTouched |= (ulong)((before & hinted) == 0 ? matches : 0) << i;
            known[i] = (before & ~(code.Bit | (all & code.Field))) | (all & told);
        }

        return newlyTouched;
    }

    /// <summary>Takes a card out of a hand; cards behind it move up with what is known about them.</summary>
    private static byte Remove(HanabiState state, int seat, int position)
    {
        var size = state.HandSizes[seat];
        var start = seat * state.Game.Definition.HandSize;
        var hand = state.Hands.AsSpan(start, size);
        var known = state.Known.AsSpan(start, size);
        var card = hand[position];
        for (var i = position + 1; i < hand.Length; i++)
        {
            hand[i - 1] = hand[i];
            known[i - 1] = known[i];
        }

        state.HandSizes[seat] = (byte)(size - 1);
        return card;
    }

    private static void Draw(HanabiState state, int seat)
    {
        var card = state.Deck[state.DealtCards++];
        var size = state.HandSizes[seat];
        var place = (seat * state.Game.Definition.HandSize) + size;
        state.Hands[place] = card;
        state.Known[place] = state.Game.NothingKnown;
        state.HandSizes[seat] = (byte)(size + 1);
        state.LastDrawn = card;
    }

    private static void Discard(HanabiState state, byte card)
    {
        var bit = state.Game.FirstCopy[card] + state.DiscardCounts[card]++;
        state.DiscardBits[bit >> 6] |= 1UL << bit;
        state.DiscardPile[state.DiscardedCards++] = card;
    }

    /// <summary>Puts a card on its firework or, where it does not fit, on the discard pile for a life.</summary>
    /// <returns>The change of the score.</returns>
    private static int Play(HanabiState state, byte card, ref bool gained)
    {
        var definition = state.Game.Definition;
        ref var height = ref state.Fireworks[state.Game.CardColors[card]];

        // The card that fits has as many cards of its colour before it as the firework is high.
        if ((state.Game.CardColors[card] * definition.Ranks) + height == card)
        {
            height++;
            state.FireworksSum++;
            if (height == definition.Ranks && state.InformationTokens < definition.InformationTokens)
            {
                state.InformationTokens++;
                gained = true;
            }

            return 1;
        }

        Discard(state, card);
        state.LifeTokens--;
        return state.LifeTokens == 0 && definition.LostGame == HanabiLostGame.Zero ? -state.FireworksSum : 0;
    }
}
