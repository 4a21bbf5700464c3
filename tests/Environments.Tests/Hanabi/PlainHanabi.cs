using Srpo.Environments.Hanabi;

namespace Srpo.Environments.Tests.Hanabi;

/// <summary>
/// Hanabi once more, slow and plain, written after the description of the recordings' format: hands are lists of cards that
/// carry what is known about them, observations are lists of bits. Rules and encoder are held against it.
/// </summary>
internal sealed class PlainHanabi
{
    private readonly HanabiDefinition _game;
    private readonly Queue<HanabiCard> _deck;
    private readonly List<PlainCard>[] _hands;
    private readonly int[] _fireworks;
    private readonly List<HanabiCard> _discards = [];
    private int _mover;
    private int _tokens;
    private int _lives;
    private int _countdown;
    private Last? _last;

    public PlainHanabi(HanabiDefinition game, IEnumerable<HanabiCard> deck)
    {
        _game = game;
        _deck = new Queue<HanabiCard>(deck);
        _fireworks = new int[game.Colors];
        _tokens = game.InformationTokens;
        _lives = game.LifeTokens;
        _countdown = game.Players;
        _hands = [.. Enumerable.Range(0, game.Players).Select(_ => new List<PlainCard>())];
        foreach (var hand in _hands)
        {
            for (var i = 0; i < game.HandSize; i++) hand.Add(new PlainCard(_deck.Dequeue(), game));
        }
    }

    public int Mover => _mover;

    public int End { get; private set; }

    public int Score => _lives > 0 || _game.LostGame == HanabiLostGame.Keep ? _fireworks.Sum() : 0;

    public bool IsLegal(int player, int uid)
    {
        var (kind, offset, value) = Decode(uid);
        return kind switch
        {
            'D' => value < _hands[player].Count && _tokens < _game.InformationTokens,
            'P' => value < _hands[player].Count,
            'C' => _tokens > 0 && _hands[(player + offset) % _game.Players].Any(card => card.Card.Color == value),
            _ => _tokens > 0 && _hands[(player + offset) % _game.Players].Any(card => card.Card.Rank == value),
        };
    }

    public void Play(int uid)
    {
        var (kind, offset, value) = Decode(uid);
        var deckWasEmpty = _deck.Count == 0;
        var hand = _hands[_mover];
        var last = new Last { Kind = kind, Actor = _mover };
        if (kind is 'D' or 'P')
        {
            var card = hand[value].Card;
            hand.RemoveAt(value);
            (last.Position, last.Card) = (value, card);
            if (kind == 'P' && _fireworks[card.Color] == card.Rank)
            {
                _fireworks[card.Color]++;
                last.Scored = true;
                if (_fireworks[card.Color] == _game.Ranks && _tokens < _game.InformationTokens)
                {
                    _tokens++;
                    last.GotToken = true;
                }
            }
            else
            {
                _discards.Add(card);
                if (kind == 'P') _lives--;
                else _tokens++;
            }
        }
        else
        {
            _tokens--;
            (last.Target, last.Value) = ((_mover + offset) % _game.Players, value);
            var cards = _hands[last.Target];
            for (var i = 0; i < cards.Count; i++)
            {
                if (cards[i].Tell(kind, value)) last.Touched.Add(i);
            }
        }

        _last = last;
        if (deckWasEmpty) _countdown--;
        End = _lives == 0 ? 1 : _fireworks.Sum() == _game.Colors * _game.Ranks ? 3 : _countdown == 0 ? 2 : 0;
        if (kind is 'D' or 'P' && End == 0 && _deck.Count > 0) hand.Add(new PlainCard(_deck.Dequeue(), _game));
        _mover = (_mover + 1) % _game.Players;
    }

    public List<bool> Observe(int observer)
    {
        var bits = new List<bool>();
        var (colors, ranks, players, hand) = (_game.Colors, _game.Ranks, _game.Players, _game.HandSize);
        int Relative(int player) => (player - observer + players) % players;
        List<PlainCard> Hand(int relative) => _hands[(observer + relative) % players];
        void Bits(int length, Func<int, bool> bit) => bits.AddRange(Enumerable.Range(0, length).Select(bit));
        void OneCard(HanabiCard? card) => Bits(colors * ranks, i => card == new HanabiCard(i / ranks, i % ranks));

        for (var k = 1; k < players; k++)
        {
            for (var i = 0; i < hand; i++) OneCard(i < Hand(k).Count ? Hand(k)[i].Card : null);
        }

        Bits(players, k => Hand(k).Count < hand);
        Bits(_game.Cards - (players * hand), i => i < _deck.Count);
        foreach (var height in _fireworks) Bits(ranks, r => height == r + 1);
        Bits(_game.InformationTokens, i => i < _tokens);
        Bits(_game.LifeTokens, i => i < _lives);
        for (var c = 0; c < colors; c++)
        {
            for (var r = 0; r < ranks; r++)
            {
                var copies = r == 0 ? 3 : r == ranks - 1 ? 1 : 2;
                Bits(copies, i => i < _discards.Count(card => card == new HanabiCard(c, r)));
            }
        }

        var last = _last ?? new Last { Actor = -1 };
        Bits(players, k => last.Actor >= 0 && k == Relative(last.Actor));
        Bits(4, i => "PDCR"[i] == last.Kind);
        Bits(players, k => last.Target >= 0 && k == Relative(last.Target));
        Bits(colors, c => last.Kind == 'C' && c == last.Value);
        Bits(ranks, r => last.Kind == 'R' && r == last.Value);
        Bits(hand, last.Touched.Contains);
        Bits(hand, i => i == last.Position);
        OneCard(last.Card);
        bits.Add(last.Kind == 'P' && last.Scored);
        bits.Add(last.Kind == 'P' && last.GotToken);

        for (var k = 0; k < players; k++)
        {
            for (var i = 0; i < hand; i++)
            {
                var card = i < Hand(k).Count ? Hand(k)[i] : null;
                for (var c = 0; c < colors; c++) Bits(ranks, r => card is not null && card.Colors.Contains(c) && card.Ranks.Contains(r));
                Bits(colors, c => card?.HintedColor == c);
                Bits(ranks, r => card?.HintedRank == r);
            }
        }

        return bits;
    }

    private (char Kind, int Offset, int Value) Decode(int uid)
    {
        var (hand, colorHints) = (_game.HandSize, (_game.Players - 1) * _game.Colors);
        if (uid < hand) return ('D', 0, uid);
        if (uid < 2 * hand) return ('P', 0, uid - hand);
        uid -= 2 * hand;
        if (uid < colorHints) return ('C', 1 + (uid / _game.Colors), uid % _game.Colors);
        uid -= colorHints;
        return ('R', 1 + (uid / _game.Ranks), uid % _game.Ranks);
    }

    private sealed class Last
    {
        public char Kind { get; init; }

        public int Actor { get; init; }

        public int Position { get; set; } = -1;

        public HanabiCard? Card { get; set; }

        public int Target { get; set; } = -1;

        public int Value { get; set; }

        public HashSet<int> Touched { get; } = [];

        public bool Scored { get; set; }

        public bool GotToken { get; set; }
    }

    private sealed class PlainCard(HanabiCard card, HanabiDefinition game)
    {
        public HanabiCard Card { get; } = card;

        public HashSet<int> Colors { get; private set; } = [.. Enumerable.Range(0, game.Colors)];

        public HashSet<int> Ranks { get; private set; } = [.. Enumerable.Range(0, game.Ranks)];

        public int? HintedColor { get; private set; }

        public int? HintedRank { get; private set; }

        public bool Tell(char kind, int value)
        {
            var matches = (kind == 'C' ? Card.Color : Card.Rank) == value;
            if (!matches) (kind == 'C' ? Colors : Ranks).Remove(value);
            else if (kind == 'C') (Colors, HintedColor) = ([value], value);
            else (Ranks, HintedRank) = ([value], value);
            return matches;
        }
    }
}
