using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Plugins;

namespace Srpo.Learning.Tests.Matches;

/// <summary>Scripted players as policies: in matches, in replays and asked by themselves.</summary>
public sealed class ScriptedPolicyTests
{
    private static readonly EnvironmentSettings Gridworld = new("gridworld", "official");
    private static readonly EnvironmentSettings Tag = new("tag", "simple-tag");
    private static readonly EnvironmentSettings Hanabi = new("hanabi", "3x3-2p");

    private static ScriptedPolicy Policy(string name) => ScriptedPolicy.Of(LoadedPlugins.ReferenceOf(ScriptedPlayers.Find(name)!));

    /// <summary>One that only the test knows: named anew each time, as players stay for the whole process.</summary>
    private static ScriptedPolicy Mine(ScriptedRules rules, int notes = 0, string? environment = null)
    {
        var player = new ScriptedPlayer($"test-{Guid.NewGuid():N}", "A test.", environment, _ => rules) { Notes = _ => notes };
        ScriptedPlayers.Register(player);
        return Policy(player.Name);
    }

    private static FrozenTeam Both(FrozenPolicy policy) => FrozenTeam.Shared(policy, 2);

    private static MatchResult Play(EnvironmentSettings environment, FrozenPolicy row, FrozenPolicy column, int episodes = 20, int steps = 50, FrozenPolicy? opponent = null, ActionChoice actions = ActionChoice.Sampled)
    {
        using var player = new MatchPlayer(environment);
        return player.Play(3, 0, Both(row), 1, [Both(column)], new MatchRules(Seating.Ordered, episodes, steps) { Actions = actions }, opponent is null ? null : [opponent])[0];
    }

    [Fact]
    public void Those_who_work_earn_what_those_who_ride_along_do_not()
    {
        var (carrier, rider) = (Policy("carrier"), Policy("free-rider"));
        var (together, alone, none) = (Play(Gridworld, carrier, carrier).MeanReturn, Play(Gridworld, carrier, rider).MeanReturn, Play(Gridworld, rider, rider).MeanReturn);
        Assert.Equal(0, none);
        Assert.True(alone > 20 && together > alone, $"{together} together, {alone} alone");

        // Who rides along pays nothing: all costs are the carrier's.
        var costs = Play(Gridworld, carrier, rider).SeatCosts;
        Assert.True(costs[0] > 0);
        Assert.Equal(0, costs[1]);
    }

    [Fact]
    public void Chasers_that_chase_catch_more_than_others_and_runners_that_flee_are_caught_less()
    {
        var (pursuit, uniform) = (Policy("pursuit"), Policy("uniform"));
        var (caught, missed, easy) = (Play(Tag, pursuit, pursuit, steps: 100, opponent: pursuit).MeanReturn, Play(Tag, uniform, uniform, steps: 100, opponent: pursuit).MeanReturn, Play(Tag, pursuit, pursuit, steps: 100, opponent: uniform).MeanReturn);
        Assert.True(easy > caught && caught > missed, $"{easy}, {caught}, {missed}");
    }

    [Fact]
    public void Rules_of_Hanabi_score_where_others_lose_their_lives()
    {
        var (iggi, outer, uniform) = (Play(Hanabi, Policy("hanabi-iggi"), Policy("hanabi-iggi"), 200, 100), Play(Hanabi, Policy("hanabi-outer"), Policy("hanabi-outer"), 200, 100), Play(Hanabi, Policy("uniform"), Policy("uniform"), 200, 100));
        Assert.True(iggi.MeanReturn > 6 && outer.MeanReturn > 5 && uniform.MeanReturn < 3, $"{iggi.MeanReturn}, {outer.MeanReturn}, {uniform.MeanReturn}");
    }

    [Fact]
    public void A_match_gives_the_same_bits_again_and_greedily_other_ones()
    {
        var (iggi, uniform) = (Policy("hanabi-iggi"), Policy("uniform"));
        Assert.Equal(Play(Hanabi, iggi, uniform).SeatReturns, Play(Hanabi, iggi, uniform).SeatReturns);
        Assert.NotEqual(Play(Gridworld, uniform, uniform).MeanReturn, Play(Gridworld, uniform, uniform, actions: ActionChoice.Greedy).MeanReturn);
    }

    [Fact]
    public void Two_players_of_one_match_are_kept_apart()
    {
        // Players are known by their parameters: those of different ones differ.
        var (carrier, rider) = (Policy("carrier"), Policy("free-rider"));
        Assert.NotEqual(carrier.Parameters, rider.Parameters);
        Assert.Equal(carrier.Reference.Hash, Convert.ToHexStringLower(PackedFile.Unpack(carrier.Parameters)));
        using var player = new MatchPlayer(Gridworld);
        var cells = player.Play(3, 0, Both(carrier), 0, [Both(carrier), Both(rider)], new MatchRules(Seating.Ordered, 20, 50));
        Assert.NotEqual(cells[0].MeanReturn, cells[1].MeanReturn);
        Assert.Equal(Play(Gridworld, carrier, rider).MeanReturn, cells[1].MeanReturn);
    }

    [Fact]
    public void Notes_are_of_one_seat_and_lane_and_are_empty_when_an_episode_begins()
    {
        // Recall has episodes of three steps: who counts on beyond an episode would be seen to.
        var seen = new HashSet<float>();
        var counter = Mine(
            turn =>
            {
                lock (seen) seen.Add(turn.Notes[0]);
                turn.Notes[0]++;
                turn.Take(0);
            },
            notes: 1);
        var length = EnvironmentFactory.Info(new("recall", EnvironmentFactory.Find("recall").Variants[0])).EpisodeLength;
        Play(new("recall", EnvironmentFactory.Find("recall").Variants[0]), counter, counter, episodes: 4, steps: (3 * length) + 1);
        Assert.Equal(Enumerable.Range(0, length).Select(step => (float)step), seen.Order());
    }

    [Fact]
    public void Random_numbers_belong_to_seat_lane_and_step_and_are_the_same_again()
    {
        var (first, second) = (new HashSet<uint>(), new HashSet<uint>());
        Draw(first);
        Draw(second);
        Assert.Equal(2 * 6 * 50, first.Count);
        Assert.Equal(first.Order(), second.Order());

        void Draw(HashSet<uint> drawn)
        {
            var player = Mine(turn =>
            {
                lock (drawn) drawn.Add(turn.Random.NextUInt32());
                turn.Take(4);
            });
            Play(Gridworld, player, player, episodes: 6);
        }
    }

    [Fact]
    public void What_illegal_actions_get_is_left_out()
    {
        // All tokens are in stock: nothing may be discarded at the start.
        using var session = new EpisodeSession(Hanabi, [Mine(turn => turn.Probabilities.Fill(1)), Policy("uniform")], seed: 1, episode: 0);
        var probabilities = session.Probabilities(0);
        Assert.Equal(0, probabilities[0]);
        Assert.Equal(1, probabilities.Sum(), 1e-5);
        Assert.Single(probabilities.Where(probability => probability > 0).Select(probability => Math.Round(probability, 5)).Distinct());
    }

    [Fact]
    public void What_cannot_be_used_ends_the_match_with_words_that_name_player_environment_and_seat()
    {
        Says(turn => turn.Probabilities[2] = float.NaN, "gave the action 2 (left) the probability NaN");
        Says(turn => turn.Probabilities[2] = -1, "gave the action 2 (left) the probability -1");
        Says(_ => { }, "gave no legal action a probability");
        Says(turn => turn.Take(5), "failed: ");
        Says(_ => throw new KeyNotFoundException("lost"), "failed: KeyNotFoundException: lost");
        Says(turn => { turn.Notes[0] = float.NaN; turn.Take(0); }, "noted down a number that is not finite");

        void Says(ScriptedRules rules, string what)
        {
            var player = Mine(rules, notes: 1);
            var error = Assert.Throws<SrpoException>(() => Play(Gridworld, player, player));
            Assert.Equal(ErrorKind.Failed, error.Kind);
            Assert.Contains($"the scripted player '{player.Reference.Name}' in seat 0 of gridworld official {what}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Players_of_other_environments_rules_or_programs_are_refused()
    {
        var wrong = Assert.Throws<ArgumentException>(() => Play(Tag, Policy("carrier"), Policy("carrier"), opponent: Policy("uniform")));
        Assert.Contains("the scripted player 'carrier' cannot play in tag simple-tag: it is for the environment gridworld", wrong.Message, StringComparison.Ordinal);
        var other = Assert.Throws<SrpoException>(() => ScriptedPolicy.Of(new("carrier", 99, null)));
        Assert.Equal((ErrorKind.Usage, true), (other.Kind, other.Message.Contains("rules 99, plays by other rules here", StringComparison.Ordinal)));
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<SrpoException>(() => ScriptedPolicy.Of(new("nobody", 1, null))).Kind);
        var missing = Assert.Throws<PluginException>(() => ScriptedPolicy.Of(new("waiter", 1, new("mine", "1.0.0", new string('a', 64)))));
        Assert.Contains("the scripted player 'waiter' of the plug-in 'mine' 1.0.0 (sha256 aaaaaaaaaaaa): it needs the plug-in 'mine'", missing.Message, StringComparison.Ordinal);
        var unknown = Assert.Throws<SrpoException>(() => ScriptedPlayers.Named("scripted:carier", EnvironmentFactory.Info(Gridworld)));
        Assert.Contains("scripted:carier: unknown scripted player 'carier'; did you mean 'carrier'?", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_is_asked_by_itself_as_it_plays()
    {
        using var session = new EpisodeSession(Gridworld, [Policy("carrier"), Policy("carrier")], seed: 1, episode: 0);
        var observation = new float[session.Environment.Info.ObservationLength(ObservationEncoding.Absolute)];
        session.Environment.Observe(1, ObservationEncoding.Absolute, observation);
        Assert.Equal(session.Probabilities(1), Policy("carrier").In(Gridworld).Probabilities(observation, seat: 1));
        Assert.Throws<InvalidOperationException>(() => Policy("carrier").Probabilities(observation));
    }
}
