namespace Srpo.Environments.Hanabi;

/// <summary>
/// Writes what a seat observes, in the canonical encoding of the reference: <see cref="HanabiObservationLayout"/> says which
/// bit means what. Seats are relative to the observer. Not thread-safe.
/// </summary>
internal sealed class HanabiEncoder
{
    private readonly HanabiGame _game;
    private readonly ulong[] _words;
    private readonly bool _blockFits;

    internal HanabiEncoder(HanabiGame game)
    {
        _game = game;
        Length = new HanabiObservationLayout(game).Length;
        _words = new ulong[(Length + 63) / 64];
        _blockFits = game.Kinds + game.Definition.Colors + game.Definition.Ranks <= 64;
    }

    /// <summary>Number of floats of an observation.</summary>
    internal int Length { get; }

    /// <summary>Writes an observation, every number 0 or 1.</summary>
    /// <param name="state">The state.</param>
    /// <param name="observer">The seat, 0 to Players - 1.</param>
    /// <param name="observation">[Length].</param>
    internal void Write(HanabiState state, int observer, Span<float> observation)
    {
        var row = new BitRow(_words);
        AppendHands(ref row, state, observer);
        AppendBoard(ref row, state);
        AppendLastMove(ref row, state, observer);
        AppendKnowledge(ref row, state, observer);
        row.Finish();
        BitRow.ToFloats(_words, observation);
    }

    private void AppendHands(ref BitRow row, HanabiState state, int observer)
    {
        var (players, handSize, kinds) = (_game.Definition.Players, _game.Definition.HandSize, _game.Kinds);
        var shortHands = state.HandSizes[observer] < handSize ? 1UL : 0;
        for (int offset = 1, seat = observer; offset < players; offset++)
        {
            seat = seat + 1 == players ? 0 : seat + 1;
            var hand = state.Hands.AsSpan(seat * handSize, state.HandSizes[seat]);
            foreach (var card in hand) row.Append(1UL << card, kinds);
            if (hand.Length == handSize) continue;
            shortHands |= 1UL << offset;
            for (var missing = hand.Length; missing < handSize; missing++) row.Append(0, kinds);
        }

        row.Append(shortHands, players);
    }

    private void AppendBoard(ref BitRow row, HanabiState state)
    {
        var definition = _game.Definition;
        row.AppendThermometer(state.DeckSize, _game.FullDeck);
        foreach (var height in state.Fireworks) row.Append((1UL << height) >> 1, definition.Ranks);
        row.AppendThermometer(state.InformationTokens, definition.InformationTokens);
        row.AppendThermometer(state.LifeTokens, definition.LifeTokens);
        var left = _game.Cards;
        foreach (var word in state.DiscardBits)
        {
            row.Append(word, Math.Min(left, 64));
            left -= 64;
        }
    }

    private void AppendLastMove(ref BitRow row, HanabiState state, int observer)
    {
        var definition = _game.Definition;
        var (colors, ranks, players, handSize, kinds) =
            (definition.Colors, definition.Ranks, definition.Players, definition.HandSize, _game.Kinds);
        if (state.LastAction < 0)
        {
            row.AppendZeros((2 * players) + 4 + colors + ranks + (2 * handSize) + kinds + 2);
            return;
        }

        ref readonly var code = ref _game.MoveCodes[state.LastAction];
        var actor = state.LastSeat - observer;
        if (actor < 0) actor += players;
        row.Append(1UL << actor, players);
        row.Append(1UL << (int)code.Kind, 4);
        if (code.Kind >= HanabiMoveKind.HintColor)
        {
            var target = actor + code.Argument;
            if (target >= players) target -= players;
            row.Append(1UL << target, players);

            // The hinted attribute's bit lies in one of the two sets; the other is empty.
            row.Append(code.Bit & 0xFF, colors);
            row.Append(code.Bit >> HanabiKnowledge.RankShift, ranks);
            row.Append(state.LastTouched, handSize);
            row.AppendZeros(handSize + kinds + 2);
            return;
        }

        row.AppendZeros(players + colors + ranks + handSize);
        row.Append(1UL << code.Argument, handSize);
        row.Append(1UL << state.LastCard, kinds);

        // A discard always gains a token; only a play's gain is shown.
        row.Append(state.LastScored ? (state.LastGainedToken ? 3UL : 1) : 0, 2);
    }

    private void AppendKnowledge(ref BitRow row, HanabiState state, int observer)
    {
        var (players, handSize, kinds) = (_game.Definition.Players, _game.Definition.HandSize, _game.Kinds);
        var (colors, ranks) = (_game.Definition.Colors, _game.Definition.Ranks);
        var block = kinds + colors + ranks;
        for (int offset = 0, seat = observer; offset < players; offset++)
        {
            var hand = state.Known.AsSpan(seat * handSize, state.HandSizes[seat]);
            foreach (var known in hand)
            {
                var possible = _game.ColorRows[known & 0xFF] * ((known >> HanabiKnowledge.RankShift) & 0xFF);
                var hintedColor = (ulong)((known >> HanabiKnowledge.HintShift) & 0xFF);
                var hinted = hintedColor | ((ulong)(known >> (HanabiKnowledge.HintShift + HanabiKnowledge.RankShift)) << colors);
                if (_blockFits)
                {
                    row.Append(possible | (hinted << kinds), block);
                    continue;
                }

                row.Append(possible, kinds);
                row.Append(hinted, colors + ranks);
            }

            for (var missing = hand.Length; missing < handSize; missing++) row.AppendZeros(block);
            seat = seat + 1 == players ? 0 : seat + 1;
        }
    }
}
