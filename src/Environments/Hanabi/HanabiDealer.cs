using Srpo.Core.Random;

namespace Srpo.Environments.Hanabi;

/// <summary>
/// Shuffles decks. Game g of a lane since its streams were bound (one in progress then is game 0) uses the blocks [g B, (g+1) B) of the reset stream, B =
/// ceil((cards - 1) / 4). Card i of the deck is taken from the n = cards - i that are left: the one at floor(word i * n / 2^32). So a
/// card's probability is within 2^-32 of 1/n, and a deck depends on (seed, lane, game) alone.
/// </summary>
internal readonly struct HanabiDealer
{
    private readonly uint _blocksPerGame;

    internal HanabiDealer(HanabiGame game) => _blocksPerGame = (uint)((game.Cards + 2) / 4);

    /// <summary>How many games of a lane the stream has blocks for.</summary>
    internal uint Games => uint.MaxValue / _blocksPerGame;

    /// <summary>Starts a game with a freshly shuffled deck.</summary>
    internal void Deal(HanabiState state, in StreamId reset, int lane, uint game)
    {
        var deck = state.Deck.AsSpan();
        state.Game.SortedDeck.CopyTo(deck);
        var block = default(RandomBlock);
        for (var i = 0; i < deck.Length - 1; i++)
        {
            if (i % 4 == 0) block = reset.Block(lane, (game * _blocksPerGame) + (uint)(i / 4));
            var word = (i % 4) switch { 0 => block.Word0, 1 => block.Word1, 2 => block.Word2, _ => block.Word3 };
            var chosen = i + (int)(((ulong)word * (uint)(deck.Length - i)) >> 32);
            (deck[i], deck[chosen]) = (deck[chosen], deck[i]);
        }

        HanabiRules.Deal(state);
    }
}
