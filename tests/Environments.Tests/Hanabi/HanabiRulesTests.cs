using Srpo.Environments.Hanabi;

namespace Srpo.Environments.Tests.Hanabi;

/// <summary>Corners of the rules that random games seldom reach.</summary>
public class HanabiRulesTests
{
    /// <summary>Two players, two cards each: R1 R2 and Y1 Y2, then the deck given.</summary>
    private static HanabiState Small(string deck, int tokens = 8, int lives = 3, HanabiLostGame lost = HanabiLostGame.Zero) =>
        HanabiHands.Deal(new HanabiDefinition("small", 2, 2, 2, 2, tokens, lives, lost), "R1 R2 Y1 Y2 " + deck);

    [Fact]
    public void MovesAreNumberedAsInTheReference()
    {
        var game = new HanabiGame(new HanabiDefinition("x", 3, 3, 4, 4));
        Assert.Equal(26, game.Moves.Count);
        Assert.Equal(
            ["discard 0", "discard 3", "play 0", "play 3", "hint red to +1", "hint green to +1", "hint red to +2", "hint green to +3", "hint 1 to +1",
                "hint 3 to +1", "hint 1 to +2", "hint 3 to +3"],
            new[] { 0, 3, 4, 7, 8, 10, 11, 16, 17, 19, 20, 25 }.Select(uid => game.Moves[uid].ToString()));
    }

    [Fact]
    public void CardsOfAColorHaveThreeTwoAndOneCopies()
    {
        var game = new HanabiGame(HanabiVariants.Load("5x5-2p"));
        Assert.Equal(50, game.Cards);
        for (var color = 0; color < 5; color++)
        {
            Assert.Equal(
                [3, 2, 2, 2, 1],
                Enumerable.Range(0, 5).Select(rank => game.SortedDeck.Count(card => game.CardOf(card) == new HanabiCard(color, rank))));
        }
    }

    [Fact]
    public void DiscardingNeedsAMissingToken()
    {
        var state = Small("R1");
        Assert.Contains("all information tokens are in stock", HanabiRules.WhyIllegal(state, 0), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => HanabiRules.Apply(state, 0));
        Assert.Equal(0, state.Turn);

        HanabiHands.Play(state, "hint yellow to +1", "discard 1");
        Assert.Equal(8, state.InformationTokens);
        Assert.Equal("Y2", Assert.Single(state.Discards()).ToString());
        Assert.Equal(["Y1", "R1"], Enumerable.Range(0, 2).Select(i => state.Card(1, i).ToString()));
        Assert.True(state.LastMove!.Value.GainedToken);
    }

    [Fact]
    public void HintsNeedATokenAndACard()
    {
        var state = Small("R1", tokens: 1);
        Assert.Contains("no card of seat 1 is touched", HanabiRules.WhyIllegal(state, HanabiHands.Action(state, "hint red to +1")), StringComparison.Ordinal);
        HanabiHands.Play(state, "hint yellow to +1");
        Assert.Contains("no information token is left", HanabiRules.WhyIllegal(state, HanabiHands.Action(state, "hint red to +1")), StringComparison.Ordinal);
        Assert.Contains("moves are 0 to 7", HanabiRules.WhyIllegal(state, 8), StringComparison.Ordinal);
        Assert.Contains("moves are 0 to 7", HanabiRules.WhyIllegal(state, -1), StringComparison.Ordinal);
    }

    [Fact]
    public void CompletingAColorBringsATokenBackUnlessAllAreThere()
    {
        var full = Small("R1");
        HanabiHands.Play(full, "play 0", "play 0", "play 0");
        Assert.Equal((3, 8, false), (full.Score, full.InformationTokens, full.LastMove!.Value.GainedToken));

        var missing = Small("R1");
        HanabiHands.Play(missing, "hint yellow to +1", "hint red to +1", "play 0", "hint red to +1", "play 0");
        Assert.Equal((2, 6, true), (missing.Score, missing.InformationTokens, missing.LastMove!.Value.GainedToken));
    }

    [Fact]
    public void TheLastLifeCostsTheScore()
    {
        var state = Small("R1 R1 Y1", lives: 2);
        Assert.Equal(1, HanabiHands.Play(state, "play 0"));
        Assert.Equal(0, HanabiHands.Play(state, "play 1"));
        Assert.Equal((1, "Y2"), (state.LifeTokens, state.Discards()[0].ToString()));
        Assert.Equal(-1, HanabiHands.Play(state, "play 1"));
        Assert.Equal((HanabiEnd.OutOfLifeTokens, 0, 1), (state.End, state.Score, state.FireworksSum));
        Assert.Null(state.LastMove!.Value.Drawn);
        Assert.Equal(1, state.HandSize(0));
        Assert.Contains("over", HanabiRules.WhyIllegal(state, 2), StringComparison.Ordinal);

        var kept = Small("R1 R1 Y1", lives: 2, lost: HanabiLostGame.Keep);
        Assert.Equal(0, HanabiHands.Play(kept, "play 0", "play 1", "play 1"));
        Assert.Equal((HanabiEnd.OutOfLifeTokens, 1), (kept.End, kept.Score));
    }

    /// <summary>Whoever draws the last card, and everybody else, has exactly one turn more.</summary>
    [Fact]
    public void EverybodyHasATurnAfterTheLastCard()
    {
        // Eight cards: four are left to draw.
        var state = Small("R1 R1 Y1 Y1", lives: 9);
        HanabiHands.Play(state, "play 0", "play 0", "play 1", "play 1");
        Assert.Equal((0, HanabiEnd.NotFinished), (state.DeckSize, state.End));
        HanabiHands.Play(state, "hint yellow to +1");
        Assert.Equal(HanabiEnd.NotFinished, state.End);
        HanabiHands.Play(state, "discard 0");
        Assert.Equal((HanabiEnd.OutOfCards, 6, 1), (state.End, state.Turn, state.HandSize(1)));
    }

    /// <summary>On the last turn of all, losing the last life or completing the fireworks goes before running out of cards.</summary>
    [Fact]
    public void TheReasonOfTheEndHasAnOrder()
    {
        var lost = Small("R1 R1 Y1 Y1", lives: 1);
        HanabiHands.Play(lost, "play 0", "play 0", "play 0", "hint red to +1", "discard 0", "hint yellow to +1");
        Assert.Equal((0, HanabiEnd.NotFinished), (lost.DeckSize, lost.End));
        Assert.Equal(-3, HanabiHands.Play(lost, "play 0"));
        Assert.Equal(HanabiEnd.OutOfLifeTokens, lost.End);

        var won = Small("R1 R1 Y1 Y1", lives: 1);
        HanabiHands.Play(won, "play 0", "play 0", "play 0", "hint red to +1", "hint red to +1", "discard 1", "hint yellow to +1");
        Assert.Equal((0, HanabiEnd.NotFinished), (won.DeckSize, won.End));
        Assert.Equal(1, HanabiHands.Play(won, "play 0"));
        Assert.Equal((HanabiEnd.CompletedFireworks, 4), (won.End, won.Score));
    }

    [Fact]
    public void ADeckThatIsEmptyFromTheStartLeavesOneRound()
    {
        var state = HanabiHands.Deal(new HanabiDefinition("x", 2, 2, 2, 4, 8, 3), "R1 R1 R1 R2 Y1 Y1 Y1 Y2");
        Assert.Equal((0, 2), (state.DeckSize, state.Game.LongestGame));
        HanabiHands.Play(state, "hint yellow to +1");
        Assert.Equal(HanabiEnd.NotFinished, state.End);
        HanabiHands.Play(state, "hint red to +1");
        Assert.Equal(HanabiEnd.OutOfCards, state.End);
    }

    [Fact]
    public void HintsNarrowSetsAndMarkOnlyWhatTheySay()
    {
        var state = HanabiHands.Deal(new HanabiDefinition("x", 3, 3, 2, 3), "R1 R1 R1 R2 Y1 G1");
        HanabiHands.Play(state, "hint red to +1", "hint red to +1", "hint yellow to +1");
        Assert.Equal([(1, 0), (2, 1), (4, -1)], Enumerable.Range(0, 3).Select(i => (state.Knowledge(1, i).Colors, state.Knowledge(1, i).HintedColor)));
        Assert.Equal([7, 7, 7], Enumerable.Range(0, 3).Select(i => state.Knowledge(1, i).Ranks));

        // Only green is possible, but nobody said so: a hint of it touches newly, one of red does not.
        HanabiHands.Play(state, "hint 1 to +1", "hint green to +1");
        Assert.Equal((4UL, 4UL), (state.LastMove!.Value.Touched, state.LastMove.Value.NewlyTouched));
        HanabiHands.Play(state, "hint red to +1", "hint 1 to +1");
        Assert.Equal((6UL, 6UL), (state.LastMove!.Value.Touched, state.LastMove.Value.NewlyTouched));
        Assert.Equal((6, -1), (state.Knowledge(1, 0).Ranks, state.Knowledge(1, 0).HintedRank));
        Assert.Equal((1, 0), (state.Knowledge(1, 1).Ranks, state.Knowledge(1, 1).HintedRank));
        HanabiHands.Play(state, "hint red to +1");
        Assert.Equal((7UL, 0UL), (state.LastMove!.Value.Touched, state.LastMove.Value.NewlyTouched));
    }

    /// <summary>Knowledge moves up with its card, and a new card brings none.</summary>
    [Fact]
    public void KnowledgeFollowsItsCard()
    {
        var state = HanabiHands.Deal(new HanabiDefinition("x", 3, 3, 2, 3), "R1 R1 R1 R2 Y1 G1 Y2");
        HanabiHands.Play(state, "hint yellow to +1", "discard 0");

        Assert.Equal(["Y1", "G1", "Y2"], Enumerable.Range(0, 3).Select(i => state.Card(1, i).ToString()));
        Assert.Equal([(2, 1), (5, -1), (7, -1)], Enumerable.Range(0, 3).Select(i => (state.Knowledge(1, i).Colors, state.Knowledge(1, i).HintedColor)));
    }

    /// <summary>The bound on the length of a game is reached by hinting and discarding in turn.</summary>
    [Theory]
    [InlineData(3, 3, 2, 5, 8, 25)]
    [InlineData(3, 3, 4, 3, 8, 23)]
    [InlineData(5, 5, 2, 5, 8, 89)]
    [InlineData(3, 3, 2, 5, 1, 18)]
    public void TheLongestGameCanBePlayed(int colors, int ranks, int players, int hand, int tokens, int length)
    {
        var state = new HanabiState(new HanabiGame(new HanabiDefinition("x", colors, ranks, players, hand, tokens)));
        var legal = new byte[state.Game.Moves.Count];
        Assert.Equal(length, state.Game.LongestGame);
        while (state.End == HanabiEnd.NotFinished)
        {
            HanabiRules.WriteLegal(state, state.Mover, legal);

            // A hint if there is one, else the oldest card away.
            var hint = Array.LastIndexOf(legal, (byte)1);
            HanabiRules.Apply(state, hint >= 2 * hand ? hint : 0);
        }

        Assert.Equal((length, HanabiEnd.OutOfCards), (state.Turn, state.End));
    }

    [Fact]
    public void WithoutTokensThereIsNothingButPlaying()
    {
        var state = new HanabiState(new HanabiGame(new HanabiDefinition("x", 2, 2, 2, 2, 0, 9)));
        var legal = new byte[state.Game.Moves.Count];
        HanabiRules.WriteLegal(state, 0, legal);
        Assert.Equal([0, 0, 1, 1, 0, 0, 0, 0], legal);
        Assert.Equal(6, state.Game.LongestGame);
    }

    [Fact]
    public void OnlyFullDecksAreDealt()
    {
        var state = new HanabiState(new HanabiGame(HanabiVariants.Load("3x3-2p")));
        var deck = HanabiHands.Deck(state.Game, "");
        Assert.Throws<ArgumentException>(() => HanabiRules.Deal(state, deck[1..]));
        Assert.Throws<ArgumentException>(() => HanabiRules.Deal(state, [.. deck[1..], new HanabiCard(2, 0)]));
        Assert.Throws<ArgumentException>(() => HanabiRules.Deal(state, [.. deck[1..], new HanabiCard(3, 0)]));
    }

    /// <summary>A copy tells what a move will do and leaves the game alone.</summary>
    [Fact]
    public void CopiesGoTheirOwnWay()
    {
        var state = Small("R1 R1");
        HanabiHands.Play(state, "hint yellow to +1");
        var copy = state.Clone();
        Assert.Equal(HanabiRenderer.Draw(state), HanabiRenderer.Draw(copy));
        HanabiHands.Play(copy, "discard 0", "play 0");
        Assert.NotEqual(HanabiRenderer.Draw(state), HanabiRenderer.Draw(copy));
        Assert.Equal((1, 7, 4), (state.Turn, state.InformationTokens, state.DeckSize));
        state.CopyFrom(copy);
        Assert.Equal(HanabiRenderer.Draw(state), HanabiRenderer.Draw(copy));
        Assert.Throws<ArgumentException>(() => state.CopyFrom(Small("R1")));
    }
}
