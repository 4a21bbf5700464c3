using Srpo.Core.Random;
using Srpo.Environments.Hanabi;

namespace Srpo.Environments.Tests.Hanabi;

public class HanabiEnvironmentTests
{
    private static readonly StreamId Resets = new(11, 0, 0, StreamPurpose.Reset);

    [Theory]
    [InlineData("3x3-2p", 2, 16, 278, 25)]
    [InlineData("3x3-3p", 3, 18, 272, 28)]
    [InlineData("3x3-4p", 4, 24, 344, 23)]
    [InlineData("5x5-2p", 2, 20, 658, 89)]
    public void InfoSaysWhatLearnersNeed(string variant, int seats, int actions, int length, int episode)
    {
        var info = new HanabiEnvironment(HanabiVariants.Load(variant), 1).Info;

        Assert.Equal(("hanabi", variant, seats, actions, episode), (info.Name, info.Variant, info.Seats, info.Actions, info.EpisodeLength));
        Assert.Equal([length, length, 0, 0], info.ObservationLengths);
        Assert.Equal((true, true, true, true), (info.TurnBased, info.MasksActions, info.EndsEarly, info.SharedReward));
        Assert.Equal((seats, 0), (info.TeamSeats, info.ObservationStates));
        Assert.Equal(actions, info.ActionNames.Distinct().Count());
        Assert.Equal(["discard 0", "hint 3 to +" + (seats - 1)], [info.ActionNames[0], info.ActionNames[actions - (variant == "5x5-2p" ? 3 : 1)]]);
    }

    /// <summary>Rewards are changes of the score and so add up to the score of the game, which everybody gets.</summary>
    [Fact]
    public void RewardsAddUpToTheScore()
    {
        var rig = Rig.Of("hanabi", "3x3-3p", 4);
        var environment = (HanabiEnvironment)rig.Environment;
        rig.Reset(3);
        var sums = new float[4];
        var (lost, scored) = (0, 0);
        for (var step = 0u; step < 400; step++)
        {
            rig.ChooseActions(3, step);
            var after = new HanabiState[4];
            for (var lane = 0; lane < 4; lane++)
            {
                after[lane] = environment.StateOf(lane).Clone();
                HanabiRules.Apply(after[lane], rig.Actions[(after[lane].Mover * 4) + lane]);
                Assert.Equal(HanabiRenderer.Draw(after[lane]), environment.RenderOutcome(lane, rig.Actions));
            }

            rig.Step();
            for (var lane = 0; lane < 4; lane++)
            {
                sums[lane] += rig.Rewards[lane];
                Assert.Equal(after[lane].Score, sums[lane]);
                Assert.Equal(after[lane].End != HanabiEnd.NotFinished, rig.Terminated[lane]);
                Assert.Equal(rig.Terminated[lane] ? 0 : after[lane].Turn, environment.StateOf(lane).Turn);
                if (!rig.Terminated[lane]) continue;
                if (after[lane].End == HanabiEnd.OutOfLifeTokens) lost++;
                if (sums[lane] > 0) scored++;
                sums[lane] = 0;
            }
        }

        Assert.True(lost > 0 && scored > 0, "the test must see games of both kinds");
        Assert.All(rig.Costs, cost => Assert.Equal(0, cost));
    }

    [Fact]
    public void KeptScoresStayOnTheLosingMove()
    {
        var keep = new HanabiDefinition("keep", 3, 3, 2, 5, 8, 1, HanabiLostGame.Keep);
        var environment = new HanabiEnvironment(keep, 64);
        var (rewards, actions) = (new float[128], new byte[128]);
        environment.Reset(Resets, Resets.For(StreamPurpose.Dynamics));
        Array.Fill(actions, (byte)5);
        for (var step = 0; step < 50; step++)
        {
            environment.Step(actions, new StepOutcome { Rewards = rewards, Costs = new float[128], Terminated = new bool[64], Truncated = new bool[64] });
            Assert.All(rewards, reward => Assert.True(reward >= 0));
        }
    }

    [Fact]
    public void IllegalActionsAreNamedWithLaneSeatAndReason()
    {
        var rig = Rig.Of("hanabi", "3x3-2p", 3);
        rig.Reset(1);
        rig.ChooseActions(1, 0);
        rig.Actions[2] = 4;
        var error = Assert.Throws<ArgumentOutOfRangeException>(rig.Step);
        Assert.Contains("lane 2, seat 0: 'discard 4' is illegal: all information tokens are in stock", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Every game of a lane has a deck of its own, which depends on seed, lane number and game alone.</summary>
    [Fact]
    public void EveryGameHasItsOwnDeck()
    {
        var dealer = new HanabiDealer(new HanabiGame(HanabiVariants.Load("3x3-2p")));
        var seen = new HashSet<string>();
        for (var lane = 0; lane < 8; lane++)
        {
            for (var game = 0u; game < 8; game++) Assert.True(seen.Add(Deck(Resets, lane, game)));
        }

        Assert.Equal(Deck(Resets, 3, 5), Deck(Resets, 3, 5));
        Assert.NotEqual(Deck(Resets, 3, 5), Deck(Resets with { Seed = 12 }, 3, 5));
        Assert.NotEqual(Deck(Resets, 3, 5), Deck(Resets with { Round = 1 }, 3, 5));

        // The environment deals these decks: game after game of a lane, wherever the lane sits.
        var rig = Rig.Of("hanabi", "3x3-2p", 3);
        rig.Environment.Reset(Resets, Resets.For(StreamPurpose.Dynamics), firstLane: 4);
        var games = new uint[3];
        for (var step = 0u; step < 120; step++)
        {
            for (var lane = 0; lane < 3; lane++)
                Assert.Equal(Deck(Resets, 4 + lane, games[lane]), string.Join(' ', ((HanabiEnvironment)rig.Environment).StateOf(lane).Deck));
            rig.ChooseActions(9, step);
            rig.Step();
            for (var lane = 0; lane < 3; lane++) games[lane] += rig.Terminated[lane] ? 1u : 0;
        }

        Assert.All(games, count => Assert.True(count > 1));

        string Deck(StreamId stream, int lane, uint game)
        {
            var state = new HanabiState(new HanabiGame(HanabiVariants.Load("3x3-2p")));
            dealer.Deal(state, stream, lane, game);
            Assert.Equal(state.Game.SortedDeck, state.Deck.Order());
            return string.Join(' ', state.Deck);
        }
    }

    /// <summary>Every card is equally likely at every place: a chi-square of each place stays below its 1e-6 quantile.</summary>
    [Fact]
    public void DecksAreShuffledEvenly()
    {
        var game = new HanabiGame(new HanabiDefinition("x", 2, 3, 2, 2));
        var dealer = new HanabiDealer(game);
        var state = new HanabiState(game);
        const int decks = 12_000;
        var counts = new int[game.Cards, game.Kinds];
        var pairs = new int[game.Kinds, game.Kinds];
        for (var i = 0; i < decks; i++)
        {
            dealer.Deal(state, Resets, i % 100, (uint)(i / 100));
            for (var place = 0; place < game.Cards; place++) counts[place, state.Deck[place]]++;
            pairs[state.Deck[4], state.Deck[5]]++;
        }

        double[] copies = [3, 2, 1, 3, 2, 1];
        for (var place = 0; place < game.Cards; place++)
        {
            var chi = Enumerable.Range(0, game.Kinds).Sum(card => Square(counts[place, card], decks * copies[card] / 12));
            Assert.True(chi < 36, $"place {place}: {chi}");
        }

        // Neighbours too, drawn without replacement.
        var both = 0.0;
        for (var a = 0; a < 6; a++)
        {
            for (var b = 0; b < 6; b++)
            {
                var expected = decks * copies[a] * (copies[b] - (a == b ? 1 : 0)) / (12 * 11);
                if (expected == 0) Assert.Equal(0, pairs[a, b]);
                else both += Square(pairs[a, b], expected);
            }
        }

        Assert.True(both < 90, $"{both}");

        static double Square(int count, double expected) => (count - expected) * (count - expected) / expected;
    }

    [Fact]
    public void LargeGamesAreMaskedPastSixtyFourMoves()
    {
        var environment = new HanabiEnvironment(new HanabiDefinition("large", 8, 8, 5, 20), 2);
        Assert.Equal(104, environment.Info.Actions);
        environment.Reset(Resets, Resets.For(StreamPurpose.Dynamics));
        var legal = new byte[2 * 104];
        environment.ReadLegalActions(0, legal);
        Assert.Equal(Enumerable.Repeat((byte)0, 20), legal.Take(20));
        Assert.Equal(Enumerable.Repeat((byte)1, 20), legal.Skip(20).Take(20));
        for (var move = 40; move < 104; move++)
        {
            var (kind, _, offset, color, rank) = environment.Game.Moves[move];
            var held = Enumerable.Range(0, 20).Any(i => environment.StateOf(1).Card(offset, i) is var card
                && (kind == HanabiMoveKind.HintColor ? card.Color == color : card.Rank == rank));
            Assert.Equal(held ? 1 : 0, legal[104 + move]);
        }
    }

    [Fact]
    public void ObservationsAreNotEnumerated()
    {
        var environment = new HanabiEnvironment(HanabiVariants.Load("3x3-2p"), 1);
        environment.Reset(Resets, Resets.For(StreamPurpose.Dynamics));
        Assert.Throws<NotSupportedException>(() => ((IVectorEnvironment)environment).DecodeState(0, ObservationEncoding.Absolute, new float[278]));
        Assert.Throws<ArgumentException>(() => environment.Observe(0, ObservationEncoding.OneHot, new float[278]));
        Assert.Throws<ArgumentException>(() => environment.Slots(ObservationEncoding.OneHot));
        Assert.Equal(278, environment.Slots(ObservationEncoding.OwnFirst).Count);
    }
}
