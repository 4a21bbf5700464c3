using Srpo.Environments.Hanabi;

namespace Srpo.Environments.Tests.Hanabi;

public class HanabiEncoderTests
{
    /// <summary>The worked example of the recordings' format: game public-A-0000 at turn 2, seen by player 0.</summary>
    [Fact]
    public void TheWorkedExampleIsReproduced()
    {
        var state = Example();

        Assert.Equal(
            "100000000 001000000 000000100 000000010 000000100 00 11111110 000 100 000 11111110 111 000000 000000 000000 "
            + "01 1000 00 000 000 00000 00100 000100000 10 "
            + "111111111000000 111111111000000 111111111000000 111111111000000 111111111000000 "
            + "111111000000000 111111000000000 000000111001000 000000111001000 111111111000000",
            Pieces(state, 0));
    }

    [Fact]
    public void SlotsSayWhatTheBitsOfTheExampleMean()
    {
        var state = Example();
        var slots = new HanabiObservationLayout(state.Game).Slots();
        var observation = new float[slots.Count];
        new HanabiEncoder(state.Game).Write(state, 0, observation);
        var set = slots.Where(slot => observation[slot.Index] == 1).Select(slot => slot.Meaning).ToList();

        Assert.Equal(Enumerable.Range(0, 278), slots.Select(slot => slot.Index));
        Assert.Equal(slots.Count, slots.Select(slot => slot.Meaning).Distinct().Count());
        Assert.Equal(
            ["card 0 of seat +1 is R1", "card 1 of seat +1 is R3", "card 2 of seat +1 is G1", "card 3 of seat +1 is G2", "card 4 of seat +1 is G1",
                "more than 0 cards in the deck"],
            set.Take(6));
        string[] facts =
        [
            "firework yellow has height 1", "more than 6 information tokens", "more than 2 life tokens", "last move by seat +1", "last move is a play",
            "last card played or discarded was at position 2", "last card played or discarded was Y1", "last play succeeded",
            "card 2 of seat +1 was hinted green", "card 3 of seat +1 may be G3", "card 4 of seat +1 may be R1", "card 0 of seat +0 may be G3",
        ];
        Assert.All(facts, fact => Assert.Contains(fact, set));
        Assert.DoesNotContain("card 0 of seat +1 may be G1", set);
        Assert.Contains(slots, slot => slot.Meaning == "more than 2 of G1 discarded" && slot.Index == 75 + 12 + 2);
        Assert.Contains(slots, slot => slot.Meaning == "more than 0 of G3 discarded" && slot.Index == 75 + 17);
    }

    /// <summary>Offsets and lengths of all sections, in the four games that recordings have.</summary>
    [Theory]
    [InlineData(3, 3, 2, 5, 8, 3, 278, "0 45 47 55 64 72 75 93 95 99 101 104 107 112 117 126 128")]
    [InlineData(3, 3, 4, 4, 8, 3, 429, "0 108 112 114 123 131 134 152 156 160 164 167 170 174 178 187 189")]
    [InlineData(5, 5, 2, 5, 8, 3, 658, "0 125 127 167 192 200 203 253 255 259 261 266 271 276 281 306 308")]
    [InlineData(3, 3, 3, 3, 4, 2, 267, "0 54 57 66 75 79 81 99 102 106 109 112 115 118 121 130 132")]
    public void SectionsAreWhereTheFormatSays(int colors, int ranks, int players, int hand, int tokens, int lives, int length, string offsets)
    {
        var layout = new HanabiObservationLayout(new HanabiGame(new HanabiDefinition("x", colors, ranks, players, hand, tokens, lives)));

        Assert.Equal(length, layout.Length);
        Assert.Equal(offsets, string.Join(' ', layout.Sections.Select(section => section.Offset)));
        Assert.Equal(length, layout.Slots().Count);
    }

    /// <summary>Actor and target of a hint are relative to the observer.</summary>
    [Fact]
    public void SeatsAreRelativeToTheObserver()
    {
        var game = new HanabiGame(new HanabiDefinition("x", 3, 3, 3, 3, 4, 2));
        var state = new HanabiState(game);
        HanabiHands.Play(state, "hint yellow to +2");
        var layout = new HanabiObservationLayout(game);

        // By seat that looks: actor and target.
        Assert.Equal(new HanabiMove(HanabiMoveKind.HintColor, -1, 2, 1, -1), game.Moves[10]);
        Assert.Equal([("1 0 0", "0 0 1"), ("0 0 1", "0 1 0"), ("0 1 0", "1 0 0")], Enumerable.Range(0, 3).Select(seat => (Part("L1", seat), Part("L3", seat))));

        string Part(string name, int seat)
        {
            var section = layout.Sections.Single(s => s.Name == name);
            var observation = new float[layout.Length];
            new HanabiEncoder(game).Write(state, seat, observation);
            return string.Join(' ', observation.Skip(section.Offset).Take(section.Length));
        }
    }

    private static HanabiState Example()
    {
        var state = new HanabiState(new HanabiGame(HanabiVariants.Load("3x3-2p")));
        HanabiRules.Deal(state, HanabiHands.Deck(state.Game, "G3 G1 Y3 R1 Y2 R1 R3 Y1 G1 G2 G1"));
        HanabiRules.Apply(state, 12);
        Assert.Equal(24UL, state.LastMove!.Value.Touched);
        HanabiRules.Apply(state, 7);
        return state;
    }

    private static string Pieces(HanabiState state, int seat)
    {
        var observation = new float[278];
        new HanabiEncoder(state.Game).Write(state, seat, observation);
        int[] lengths = [9, 9, 9, 9, 9, 2, 8, 3, 3, 3, 8, 3, 6, 6, 6, 2, 4, 2, 3, 3, 5, 5, 9, 2, .. Enumerable.Repeat(15, 10)];
        var start = 0;
        return string.Join(' ', lengths.Select(length =>
        {
            var piece = string.Concat(observation.Skip(start).Take(length));
            start += length;
            return piece;
        }));
    }
}
