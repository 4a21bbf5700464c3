using Srpo.Core.Random;
using Srpo.Core.Settings;

namespace Srpo.Environments.Tests.Scripted;

/// <summary>The built-in scripted players, in situations made by hand.</summary>
public sealed class ScriptedPlayersTests
{
    private const int Up = 0, Down = 1, Left = 2, Right = 3, Stay = 4;

    /// <summary>What a player does.</summary>
    /// <param name="name">The player.</param>
    /// <param name="settings">Where.</param>
    /// <param name="seat">Its seat.</param>
    /// <param name="observation">What it observes.</param>
    /// <param name="legal">The legal actions; none for all.</param>
    private static float[] Ask(string name, EnvironmentSettings settings, int seat, float[] observation, params int[] legal)
    {
        var info = EnvironmentFactory.Info(settings);
        var player = ScriptedPlayers.Named(name, info);
        var mask = new byte[info.Actions];
        if (legal.Length == 0) mask.AsSpan().Fill(1);
        foreach (var action in legal) mask[action] = 1;
        var (probabilities, random) = (new float[info.Actions], new RandomStream(default, 0));
        player.Create(new ScriptedGame(info, EnvironmentFactory.DefinitionOf(settings)))(new ScriptedTurn(seat, observation, mask, [], probabilities, ref random));
        Assert.Equal(1, probabilities.Sum(), 1e-5);
        return probabilities;
    }

    private static int Sure(float[] probabilities)
    {
        Assert.Equal(1, probabilities.Max());
        return Array.IndexOf(probabilities, 1f);
    }

    [Fact]
    public void Uniform_takes_every_legal_action_alike() =>
        Assert.Equal([0, 0.5f, 0, 0.5f, 0], Ask("uniform", new("gridworld", "official"), 0, new float[8], 1, 3));

    /// <summary>The paper's map: pot (2,2), sources (3,4) and (4,3).</summary>
    [Theory]
    [InlineData("carrier", 3, 3, 0, 0, 0, 0, 1, 1, Down)] // Both sources are a step away: the first move in order that is nearer.
    [InlineData("carrier", 3, 3, 0, 0, 0, 0, 1, 0, Right)] // Only the first has its onion.
    [InlineData("carrier", 2, 3, 1, 0, 0, 0, 1, 1, Left)] // Into the pot.
    [InlineData("carrier", 3, 4, 0, 0, 0, 0, 0, 0, Stay)] // On a source, whose onion is to come back.
    [InlineData("carrier", 3, 4, 0, 3, 3, 0, 0, 0, Stay)]
    [InlineData("carrier-first", 4, 2, 0, 0, 0, 0, 1, 1, Up)] // Past the nearer source, which is the second.
    [InlineData("carrier-second", 4, 2, 0, 0, 0, 0, 1, 1, Right)]
    [InlineData("carrier", 3, 3, 1, 2, 3, 0, 1, 1, Left)] // Around the partner.
    [InlineData("free-rider", 3, 3, 0, 0, 0, 0, 1, 1, Stay)]
    public void A_carrier_goes_where_its_role_says(string player, int row, int column, int carries, int otherRow, int otherColumn, int otherCarries, int first, int second, int action)
    {
        var settings = new EnvironmentSettings("gridworld", "official");
        Assert.Equal(action, Sure(Ask(player, settings, 0, [row, column, carries, otherRow, otherColumn, otherCarries, first, second])));

        // The same in the other seat, whose numbers come after those of seat 0.
        Assert.Equal(action, Sure(Ask(player, settings, 1, [otherRow, otherColumn, otherCarries, row, column, carries, first, second])));
    }

    [Fact]
    public void Carriers_that_meet_in_a_corridor_do_not_stand_there_for_ever()
    {
        var corridor = EnvironmentFactory.Resolve(new("gridworld", "corridor", "map:\nO12P\n"));

        // It carries, and the partner stands between it and the pot: it waits or steps back.
        var probabilities = Ask("carrier", corridor, 0, [0, 1, 1, 0, 2, 0, 1]);
        Assert.Equal([0, 0, 0.5f, 0, 0.5f], probabilities);
    }

    [Fact]
    public void A_carrier_of_a_source_that_is_not_there_is_refused_with_those_that_can_play()
    {
        var one = EnvironmentFactory.Resolve(new("gridworld", "corridor", "map:\nO12P\n"));
        var error = Assert.Throws<Core.Errors.SrpoException>(() => ScriptedPlayers.Named("scripted:carrier-second", EnvironmentFactory.Info(one)));
        Assert.Contains("the layout has 1 source, and it needs 2; use one of carrier, carrier-first, free-rider, uniform", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Slots of simple-tag: own velocity and position, obstacles, then the others; of a chaser the runner's velocity last.</summary>
    [Fact]
    public void Chasers_go_for_the_runner_and_runners_away_from_the_chasers()
    {
        var tag = new EnvironmentSettings("tag", "simple-tag");
        Assert.Equal(2, Sure(Ask("pursuit", tag, 0, Chaser(0.9f, 0, 0, 0))));
        Assert.Equal(3, Sure(Ask("pursuit", tag, 1, Chaser(0.1f, -0.7f, 0, 0))));

        // Who leads goes to where the runner will be.
        Assert.Equal(2, Sure(Ask("pursuit", tag, 0, Chaser(0.5f, 0.4f, 0, 1.2f))));
        Assert.Equal(4, Sure(Ask("intercept", tag, 0, Chaser(0.5f, 0.4f, 0, 1.2f))));

        Assert.Equal(1, Sure(Ask("pursuit", tag, 2, Runner(0, 0, (0.4f, 0), (0.5f, 0.1f)))));

        // At the edge of the arena it does not go on outwards.
        Assert.NotEqual(1, Sure(Ask("pursuit", tag, 2, Runner(-1.1f, 0, (0.6f, 0), (0.7f, 0.1f)))));

        static float[] Chaser(float x, float y, float vx, float vy) => [0, 0, 0, 0, 5, 5, 5, -5, 3, 3, x, y, vx, vy];
        static float[] Runner(float x, float y, (float X, float Y) one, (float X, float Y) other) => [0, 0, x, y, 5, 5, 5, -5, one.X, one.Y, other.X, other.Y, 0, 0];
    }

    [Fact]
    public void Rules_of_Hanabi_play_what_is_safe_hint_at_what_is_playable_and_discard_what_is_of_no_use()
    {
        var hanabi = new EnvironmentSettings("hanabi", "3x3-2p");
        string[] both = ["hanabi-iggi", "hanabi-outer"];

        // The partner's card at position 2 is the lowest green: of colour and rank neither was said.
        var table = new HanabiTable();
        table.Partner(2, color: 1, rank: 0);
        Assert.All(both, player => Assert.Equal((0.5f, 0.5f), (Ask(player, hanabi, 0, table.Bits)[10 + 1], Ask(player, hanabi, 0, table.Bits)[13 + 0])));

        // What was said already is not said again.
        table.Hinted(offset: 1, position: 2, color: 1);
        Assert.All(both, player => Assert.Equal(13 + 0, Sure(Ask(player, hanabi, 0, table.Bits))));

        // An own card that must be playable is played first of all; a colour alone does not say so.
        table.Hinted(offset: 0, position: 3, color: 2);
        Assert.All(both, player => Assert.Equal(13 + 0, Sure(Ask(player, hanabi, 0, table.Bits))));
        table.Possible(position: 3, color: 2, rank: 0);
        Assert.All(both, player => Assert.Equal(5 + 3, Sure(Ask(player, hanabi, 0, table.Bits))));

        // A card that lies there already is of no use. One discards it before, the other after it has hinted.
        var useless = new HanabiTable();
        useless.Firework(color: 0, height: 1);
        useless.Possible(position: 4, color: 0, rank: 0);
        useless.Partner(2, color: 1, rank: 0);
        Assert.Equal(4, Sure(Ask("hanabi-outer", hanabi, 0, useless.Bits)));
        Assert.Equal(0.5f, Ask("hanabi-iggi", hanabi, 0, useless.Bits)[10 + 1]);

        // Where nothing is playable, one discards its oldest and the other tells the next what it does not know yet, of its first card.
        var idle = new HanabiTable();
        Assert.Equal(0, Sure(Ask("hanabi-iggi", hanabi, 0, idle.Bits)));
        Assert.Equal((0.5f, 0.5f), (Ask("hanabi-outer", hanabi, 0, idle.Bits)[10 + 0], Ask("hanabi-outer", hanabi, 0, idle.Bits)[13 + 2]));

        // With all tokens in stock nothing may be discarded, with none nothing told.
        var full = Ask("hanabi-iggi", hanabi, 0, idle.Bits, 5, 6, 10, 13);
        Assert.Equal((0.5f, 0.5f), (full[10], full[13]));
        var dry = Ask("hanabi-outer", hanabi, 0, idle.Bits, 0, 1, 2, 3, 5);
        Assert.Equal([0.25f, 0.25f, 0.25f, 0.25f], dry[..4]);
    }

    /// <summary>All copies of a card that are seen elsewhere are none of one's own.</summary>
    [Fact]
    public void A_card_that_can_be_but_one_by_what_is_seen_elsewhere_is_known()
    {
        // The oldest may be the lowest or the highest red: the highest, of which there is one, is in the partner's hand.
        var table = new HanabiTable();
        table.Possible(position: 0, color: 0, rank: 0, orRank: 2);
        Assert.Equal(5, Sure(Ask("hanabi-iggi", new("hanabi", "3x3-2p"), 0, table.Bits)));
    }

    [Fact]
    public void Names_are_no_one_elses_and_every_environment_has_those_that_are_for_any()
    {
        var builtIn = ScriptedPlayers.All.Where(player => !player.Name.StartsWith("test-", StringComparison.Ordinal)).ToArray();
        Assert.Equal(["uniform", "carrier", "carrier-first", "carrier-second", "free-rider", "pursuit", "intercept", "hanabi-iggi", "hanabi-outer"], builtIn.Select(player => player.Name));
        foreach (var registration in EnvironmentFactory.Stepped.Where(known => known.Implementation.Assembly == typeof(IVectorEnvironment).Assembly))
        {
            var players = ScriptedPlayers.For(EnvironmentFactory.Info(new(registration.Name, registration.Variants[0])));
            Assert.Equal("uniform", players[^1].Name);
            Assert.All(players.SkipLast(1), player => Assert.Equal(registration.Name, player.Environment));
        }
    }

    /// <summary>An observation of 3x3-2p without anything in it but that every card may be any.</summary>
    private sealed class HanabiTable
    {
        private const int Hands = 0, Fireworks = 55, Knowledge = 128, Kinds = 9, Block = 15, Hand = 5;

        public HanabiTable()
        {
            for (var card = 0; card < 2 * Hand; card++) Bits.AsSpan(Knowledge + (card * Block), Kinds).Fill(1);

            // The partner's cards are the highest of each colour: not playable.
            for (var position = 0; position < Hand; position++) Partner(position, position % 3, 2);
        }

        public float[] Bits { get; } = new float[278];

        public void Partner(int position, int color, int rank)
        {
            Bits.AsSpan(Hands + (position * Kinds), Kinds).Clear();
            Bits[Hands + (position * Kinds) + (3 * color) + rank] = 1;
        }

        public void Hinted(int offset, int position, int color) => Bits[Knowledge + (((offset * Hand) + position) * Block) + Kinds + color] = 1;

        public void Possible(int position, int color, int rank, int? orRank = null)
        {
            Bits.AsSpan(Knowledge + (position * Block), Kinds).Clear();
            foreach (var either in new[] { rank, orRank ?? rank }) Bits[Knowledge + (position * Block) + (3 * color) + either] = 1;
        }

        public void Firework(int color, int height) => Bits[Fireworks + (3 * color) + height - 1] = 1;
    }
}
