namespace Srpo.Environments.Hanabi;

/// <summary>Players of Hanabi that follow published rules. They see what <see cref="HanabiObservationLayout"/> lists, and the legal moves.</summary>
internal static class HanabiPlayers
{
    private const string Name = "hanabi";

    public static IReadOnlyList<ScriptedPlayer> All { get; } =
    [
        new("hanabi-iggi", "Plays what can only be playable, else hints at another's playable card, else discards what is of no use any more, else its oldest: IGGI of Walton-Rivers et al. (2017).", Name,
            game => new HanabiRulePlayer(Definition(game)).Iggi),
        new("hanabi-outer", "Plays what can only be playable, else discards what is of no use any more, else hints at another's playable card, else at what was not said yet, else discards any: Outer of Osawa (2015).", Name,
            game => new HanabiRulePlayer(Definition(game)).Outer),
    ];

    private static HanabiDefinition Definition(ScriptedGame game) => HanabiDefinition.Parse(game.Definition, game.Info.Variant);
}

/// <summary>Rules that players of Hanabi are put together from, on an observation. Seats are relative to the observer, who is +0. Not thread-safe: it has buffers.</summary>
internal sealed class HanabiRulePlayer
{
    private readonly HanabiGame _game;
    private readonly (int Players, int Hand, int Colors, int Ranks) _size;
    private readonly int _hands;
    private readonly int _fireworks;
    private readonly int _discards;
    private readonly int _knowledge;
    private readonly int _block;
    private readonly int[] _heights;
    private readonly int[] _left;

    public HanabiRulePlayer(HanabiDefinition definition)
    {
        _game = new HanabiGame(definition);
        _size = (definition.Players, definition.HandSize, definition.Colors, definition.Ranks);
        var sections = new HanabiObservationLayout(_game).Sections;
        (_hands, _fireworks, _discards, _knowledge) = (Offset("H1"), Offset("B2"), Offset("X1"), Offset("K1"));
        _block = _game.Kinds + definition.Colors + definition.Ranks;
        (_heights, _left) = (new int[definition.Colors], new int[_game.Kinds]);

        int Offset(string name) => sections.Single(section => section.Name == name).Offset;
    }

    /// <summary>Play what is safe, hint what is playable, discard what is of no use.</summary>
    public void Iggi(ScriptedTurn turn)
    {
        Look(turn.Observation);
        if (!(PlaySafe(turn) || Hint(turn, onlyPlayable: true) || DiscardUseless(turn) || Take(turn, 0))) AnyHint(turn);
    }

    /// <summary>Play what is safe, discard what is of no use, hint what is playable, then anything new.</summary>
    public void Outer(ScriptedTurn turn)
    {
        Look(turn.Observation);
        if (!(PlaySafe(turn) || DiscardUseless(turn) || Hint(turn, onlyPlayable: true) || Hint(turn, onlyPlayable: false) || Alike(turn, 0, _size.Hand))) AnyHint(turn);
    }

    /// <summary>Reads the fireworks, and of every card how many copies the observer cannot see.</summary>
    private void Look(ReadOnlySpan<float> seen)
    {
        for (var color = 0; color < _size.Colors; color++) _heights[color] = seen.Slice(_fireworks + (color * _size.Ranks), _size.Ranks).IndexOf(1f) + 1;
        for (var card = 0; card < _game.Kinds; card++)
        {
            var rank = card % _size.Ranks;
            var copies = _game.Definition.Copies(rank);
            _left[card] = copies - Discarded(seen, card) - (rank < _heights[card / _size.Ranks] ? 1 : 0);
        }

        for (var place = 0; place < (_size.Players - 1) * _size.Hand; place++)
        {
            var card = CardAt(seen, place);
            if (card >= 0) _left[card]--;
        }
    }

    /// <summary>The card in a place of the others' hands, counted from the first of seat +1; -1 where there is none.</summary>
    private int CardAt(ReadOnlySpan<float> seen, int place) => seen.Slice(_hands + (place * _game.Kinds), _game.Kinds).IndexOf(1f);

    private int Discarded(ReadOnlySpan<float> seen, int card) => seen.Slice(_discards + _game.FirstCopy[card], _game.Definition.Copies(card % _size.Ranks)).Count(1f);

    /// <summary>What the holder knows about a card: which cards it may be, then the hinted colour, then the hinted rank.</summary>
    private ReadOnlySpan<float> Known(ReadOnlySpan<float> seen, int offset, int position) => seen.Slice(_knowledge + (((offset * _size.Hand) + position) * _block), _block);

    private bool IsPlayable(int card) => card % _size.Ranks == _heights[card / _size.Ranks];

    /// <summary>Whether a card can never be played again: it lies there already, or one below it is gone for good.</summary>
    private bool IsUseless(ReadOnlySpan<float> seen, int card)
    {
        var (color, rank) = (card / _size.Ranks, card % _size.Ranks);
        for (var below = _heights[color]; below < rank; below++)
            if (Discarded(seen, (color * _size.Ranks) + below) == _game.Definition.Copies(below)) return true;
        return rank < _heights[color];
    }

    /// <summary>Whether a card may be some card at all, and everything that it may be is playable, or else of no use.</summary>
    private bool MustBe(ReadOnlySpan<float> seen, int position, bool playable)
    {
        var known = Known(seen, 0, position);
        var any = false;
        for (var card = 0; card < _game.Kinds; card++)
        {
            if (known[card] == 0 || _left[card] <= 0) continue;
            if (!(playable ? IsPlayable(card) : IsUseless(seen, card))) return false;
            any = true;
        }

        return any;
    }

    private bool PlaySafe(ScriptedTurn turn)
    {
        for (var position = 0; position < _size.Hand; position++)
            if (MustBe(turn.Observation, position, playable: true) && Play(turn, position)) return true;
        return false;
    }

    private bool DiscardUseless(ScriptedTurn turn)
    {
        for (var position = 0; position < _size.Hand; position++)
            if (MustBe(turn.Observation, position, playable: false) && Take(turn, position)) return true;
        return false;
    }

    /// <summary>Tells the next player who has such a card what was not said of it yet; of colour and rank either, where neither was.</summary>
    private bool Hint(ScriptedTurn turn, bool onlyPlayable)
    {
        for (var place = 0; place < (_size.Players - 1) * _size.Hand; place++)
        {
            var (offset, card) = ((place / _size.Hand) + 1, CardAt(turn.Observation, place));
            if (card < 0 || (onlyPlayable && !IsPlayable(card))) continue;
            var hints = Known(turn.Observation, offset, place % _size.Hand)[_game.Kinds..];
            var (color, rank) = (ColorHint(offset, card / _size.Ranks), RankHint(offset, card % _size.Ranks));
            var (saysColor, saysRank) = (!hints[.._size.Colors].Contains(1f) && turn.May(color), !hints[_size.Colors..].Contains(1f) && turn.May(rank));
            if (!saysColor && !saysRank) continue;
            if (saysColor) turn.Probabilities[color] = saysRank ? 0.5f : 1;
            if (saysRank) turn.Probabilities[rank] = saysColor ? 0.5f : 1;
            return true;
        }

        return false;
    }

    private bool Play(ScriptedTurn turn, int position) => Take(turn, _size.Hand + position);

    private int ColorHint(int offset, int color) => (2 * _size.Hand) + ((offset - 1) * _size.Colors) + color;

    private int RankHint(int offset, int rank) => (2 * _size.Hand) + ((_size.Players - 1) * _size.Colors) + ((offset - 1) * _size.Ranks) + rank;

    /// <summary>Any hint, or where there is none to give any move: with all tokens in stock nothing may be discarded, and with none nothing can be told.</summary>
    private void AnyHint(ScriptedTurn turn)
    {
        if (!Alike(turn, 2 * _size.Hand, turn.Legal.Length)) Alike(turn, 0, turn.Legal.Length);
    }

    /// <summary>Takes all legal moves of a range equally often.</summary>
    /// <returns>Whether there is any.</returns>
    private static bool Alike(ScriptedTurn turn, int from, int to)
    {
        var count = turn.Legal[from..to].Count((byte)1);
        for (var move = from; move < to; move++)
            if (turn.May(move)) turn.Probabilities[move] = 1f / count;
        return count > 0;
    }

    private static bool Take(ScriptedTurn turn, int move)
    {
        if (!turn.May(move)) return false;
        turn.Take(move);
        return true;
    }
}
