using Srpo.Core.Random;
using Srpo.Environments.Hanabi;

namespace Srpo.Environments.Tests.Hanabi;

/// <summary>Rules and encoder agree with the plain implementation in games of all shapes, for every seat that looks.</summary>
public class HanabiPlainComparisonTests
{
    public static TheoryData<int, int, int, int, int, int, HanabiLostGame> Games => new()
    {
        { 3, 3, 2, 5, 8, 3, HanabiLostGame.Zero },
        { 3, 3, 4, 3, 8, 3, HanabiLostGame.Keep },
        { 5, 5, 2, 5, 8, 3, HanabiLostGame.Zero },
        { 5, 5, 5, 4, 8, 3, HanabiLostGame.Zero },

        // More than 64 moves, blocks of knowledge of more than 64 bits, thermometers over several words.
        { 8, 8, 5, 24, 200, 100, HanabiLostGame.Keep },
        { 8, 8, 2, 64, 70, 66, HanabiLostGame.Zero },
        { 8, 8, 3, 5, 8, 128, HanabiLostGame.Zero },
        { 1, 8, 3, 2, 2, 9, HanabiLostGame.Zero },
        { 8, 1, 2, 3, 1, 1, HanabiLostGame.Zero },

        // No deck left, no tokens, hands of one card.
        { 1, 1, 3, 1, 1, 1, HanabiLostGame.Zero },
        { 3, 3, 2, 9, 8, 3, HanabiLostGame.Zero },
        { 2, 4, 4, 1, 0, 9, HanabiLostGame.Zero },
        { 4, 2, 3, 1, 3, 5, HanabiLostGame.Keep },
    };

    [Theory]
    [MemberData(nameof(Games))]
    public void RandomGamesAgree(int colors, int ranks, int players, int hand, int tokens, int lives, HanabiLostGame lost)
    {
        var definition = new HanabiDefinition("test", colors, ranks, players, hand, tokens, lives, lost);
        var game = new HanabiGame(definition);
        var state = new HanabiState(game);
        var encoder = new HanabiEncoder(game);
        var observation = new float[encoder.Length];
        var legal = new byte[game.Moves.Count];
        var random = new StreamId(3, (uint)colors, (uint)ranks, StreamPurpose.Tooling).Lane(players);
        var ends = new HashSet<int>();
        var games = encoder.Length > 2000 ? 2 : 12;
        for (var round = 0; round < games; round++)
        {
            var deck = Shuffled(game, ref random);
            HanabiRules.Deal(state, deck);
            var plain = new PlainHanabi(definition, deck);
            var turns = 0;
            Compare();
            while (plain.End == 0)
            {
                int uid;
                do uid = random.NextInt32(game.Moves.Count);
                while (!plain.IsLegal(plain.Mover, uid) || (round % 2 == 0 && game.Moves[uid].Kind == HanabiMoveKind.Play && random.NextInt32(8) != 0));
                var before = plain.Score;
                plain.Play(uid);
                Assert.Equal(plain.Score - before, HanabiRules.Apply(state, uid));
                turns++;
                Compare();
            }

            ends.Add(plain.End);
            Assert.InRange(turns, 1, game.LongestGame);

            void Compare()
            {
                Assert.Equal(plain.End, (int)state.End);
                Assert.Equal(plain.Score, state.Score);
                Assert.Equal(plain.Mover, state.Mover);
                for (var seat = 0; seat < players; seat++)
                {
                    Array.Fill(observation, float.NaN);
                    encoder.Write(state, seat, observation);
                    Assert.Equal(plain.Observe(seat).Select(bit => bit ? 1f : 0f), observation);
                    Array.Fill(legal, byte.MaxValue);
                    HanabiRules.WriteLegal(state, seat, legal);
                    var expected = Enumerable.Range(0, legal.Length).Select(uid => plain.IsLegal(seat, uid) ? (byte)1 : (byte)0).ToArray();

                    // Who has nothing left to do is given a move that is never made.
                    if (!expected.Contains((byte)1))
                    {
                        Assert.Equal(0, state.HandSize(seat));
                        expected[hand] = 1;
                    }

                    Assert.Equal(expected, legal);
                }
            }
        }

        Assert.NotEmpty(ends);
    }

    private static List<HanabiCard> Shuffled(HanabiGame game, ref RandomStream random)
    {
        var deck = game.SortedDeck.Select(card => game.CardOf(card)).ToList();
        for (var i = 0; i < deck.Count - 1; i++)
        {
            var j = i + random.NextInt32(deck.Count - i);
            (deck[i], deck[j]) = (deck[j], deck[i]);
        }

        return deck;
    }
}
