using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Language.Debate;
using Srpo.Learning;

namespace Srpo.Language.Tests.Debate;

public sealed class DebateReturnsTests
{
    private static double[] Values(RoundReturn[,] returns, int seat) => [.. Enumerable.Range(0, returns.GetLength(0)).Select(round => returns[round, seat].Value)];

    private static double[,] Rewards(ref RandomStream random, int rounds)
    {
        var rewards = new double[rounds, 2];
        for (var round = 0; round < rounds; round++)
            for (var seat = 0; seat < 2; seat++) rewards[round, seat] = random.NextInt32(2);
        return rewards;
    }

    [Fact]
    public void Ippo_by_hand()
    {
        // Debater 0 is right in rounds 0, 2 and 3, debater 1 in rounds 1 and 2; gamma 0.9. Rounds 1 and 2 add what both earn in the next; 0 and 3 are bare.
        var returns = DebateReturns.Ippo(new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 }, { 1, 0 } }, 0.9);
        Assert.Equal([1, 0 + 1.8, 1 + 0.9, 1], Values(returns, 0), Close);
        Assert.Equal([0, 1 + 1.8, 1 + 0.9, 0], Values(returns, 1), Close);
        foreach (var one in returns) Assert.True(one is { Learns: true, IsPriced: false });
    }

    [Fact]
    public void Srpo_by_hand()
    {
        // The agent in seat 1 is right in rounds 0, 2 and 3; gamma 0.5: R[3] = 1, R[2] = 1 + 0.5, R[1] = 0 + 0.75, R[0] = 1 alone.
        var returns = DebateReturns.Srpo(new double[,] { { 0, 1 }, { 1, 0 }, { 0, 1 }, { 1, 1 } }, 0.5, adversary: 0);
        Assert.Equal([1, 0.75, 1.5, 1], Values(returns, 1), Close);
        Assert.Equal([-0.75, -1.5, -1, 0], Values(returns, 0), Close);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(round => returns[round, 0].Learns));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(round => returns[round, 0].IsPriced));
        Assert.All(Enumerable.Range(0, 4), round => Assert.True(returns[round, 1] is { Learns: true, IsPriced: false }));
    }

    [Fact]
    public void In_three_rounds_with_gamma_1_the_middle_round_answers_for_the_last()
    {
        var rewards = new double[,] { { 0, 1 }, { 1, 1 }, { 0, 0 } };
        Assert.Equal([1, 1, 0], Values(DebateReturns.Srpo(rewards, 1, 0), 1));
        Assert.Equal([-1, 0, 0], Values(DebateReturns.Srpo(rewards, 1, 0), 0));
        Assert.Equal([0, 1, 0], Values(DebateReturns.Ippo(rewards, 1), 0));
    }

    [Fact]
    public void Few_rounds_have_nothing_to_carry_back()
    {
        var alone = DebateReturns.Srpo(new double[,] { { 1, 1 } }, 1, 0);
        Assert.Equal((new RoundReturn(0, false, false), new RoundReturn(1, true, false)), (alone[0, 0], alone[0, 1]));
        var two = DebateReturns.Srpo(new double[,] { { 1, 0 }, { 0, 1 } }, 1, 0);
        Assert.Equal([0, 1], Values(two, 1));
        Assert.Equal((new RoundReturn(-1, true, true), default), (two[0, 0], two[1, 0]));
        Assert.Equal([1, 0], Values(DebateReturns.Ippo(new double[,] { { 1, 0 }, { 0, 1 } }, 1), 0));
    }

    [Fact]
    public void Seats_are_alike()
    {
        var random = Debates.Random(1);
        for (var trial = 0; trial < 50; trial++)
        {
            var rewards = Rewards(ref random, 1 + random.NextInt32(5));
            var swapped = new double[rewards.GetLength(0), 2];
            for (var round = 0; round < swapped.GetLength(0); round++) (swapped[round, 0], swapped[round, 1]) = (rewards[round, 1], rewards[round, 0]);
            Assert.Equal(Values(DebateReturns.Ippo(rewards, 0.7), 0), Values(DebateReturns.Ippo(swapped, 0.7), 1));
            Assert.Equal(Values(DebateReturns.Srpo(rewards, 0.7, 0), 0), Values(DebateReturns.Srpo(swapped, 0.7, 1), 1));
            Assert.Equal(Values(DebateReturns.Srpo(rewards, 0.7, 0), 1), Values(DebateReturns.Srpo(swapped, 0.7, 1), 0));
        }
    }

    [Fact]
    public void Nothing_in_srpo_rewards_the_adversarys_own_answers()
    {
        var random = Debates.Random(2);
        for (var trial = 0; trial < 50; trial++)
        {
            var rewards = Rewards(ref random, 3);
            var before = DebateReturns.Srpo(rewards, 0.9, 0);
            for (var round = 0; round < 3; round++) rewards[round, 0] = 1 - rewards[round, 0];
            Assert.Equal(before.Cast<RoundReturn>(), DebateReturns.Srpo(rewards, 0.9, 0).Cast<RoundReturn>());
        }
    }

    [Fact]
    public void Rewards_are_of_the_extraction_that_is_set()
    {
        var debate = new DebateRecord(Debates.Question(), ["a", "b"], [[Debates.Says("42"), Debates.Says("#### 42 of 43")]]);
        Assert.Equal(new double[,] { { 0, 1 } }, DebateReturns.Rewards(debate, AnswerRule.Strict));
        Assert.Equal(new double[,] { { 1, 1 } }, DebateReturns.Rewards(debate, AnswerRule.Flexible));
        Assert.Equal(DebateReturns.Srpo(new double[,] { { 0, 1 } }, 1, 0).Cast<RoundReturn>(), DebateReturns.Of(new double[,] { { 0, 1 } }, 1, 0).Cast<RoundReturn>());
        Assert.Equal(DebateReturns.Ippo(new double[,] { { 0, 1 } }, 1).Cast<RoundReturn>(), DebateReturns.Of(new double[,] { { 0, 1 } }, 1, null).Cast<RoundReturn>());
    }

    [Fact]
    public void The_adversarys_seat_is_first_second_or_drawn()
    {
        var stream = new StreamId(1, 0, 5, StreamPurpose.ResponseToken);
        Assert.Equal((0, 1), (DebateReturns.AdversaryOf(AdversarySeat.First, stream, 3), DebateReturns.AdversaryOf(AdversarySeat.Second, stream, 3)));
        var drawn = Enumerable.Range(0, 1000).Select(lane => DebateReturns.AdversaryOf(AdversarySeat.Drawn, stream, lane)).ToArray();
        Assert.InRange(drawn.Sum(), 440, 560);
        Assert.Equal(drawn, Enumerable.Range(0, 1000).Select(lane => DebateReturns.AdversaryOf(AdversarySeat.Drawn, stream, lane)));
    }

    [Fact]
    public void The_price_is_a_difference_of_log_probabilities_over_tau()
    {
        float[] rewards = [0, 0, 1];
        DebateReturns.TokenRewards(-1, rewards);
        Assert.Equal([0, 0, -1], rewards);
        DebateReturns.Price([-1, -0.5f, -2], [-3, -0.5f, -1], 10, rewards);
        Assert.Equal([-0.2f, 0, -0.9f], rewards, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Throws<ArgumentException>(() => DebateReturns.Price([-1], [-1], 10, new float[2]));
    }

    [Fact]
    public void A_tau_without_bounds_has_no_price_and_one_near_nothing_leaves_only_that()
    {
        float[] rewards = [0, -1], free = [0, -1];
        DebateReturns.Price([-1, -2], [-3, -1], double.MaxValue, rewards);
        Assert.Equal(free, rewards);
        DebateReturns.Price([-1, -2], [-3, -1], 1e-6, rewards);
        Assert.Equal([-2e6f, 1e6f], rewards, (a, b) => Math.Abs(a - b) < 2);
    }

    [Fact]
    public void Advantages_with_gamma_and_lambda_1_are_what_is_still_to_come_less_the_value()
    {
        float[] rewards = [-0.1f, 0.2f, 1], values = [0.5f, 0.25f, -0.5f], advantages = new float[3], returns = new float[3];
        DebateReturns.Advantages(rewards, values, 1, 1, advantages, returns);
        Assert.Equal([1.1f, 1.2f, 1], returns, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([0.6f, 0.95f, 1.5f], advantages, (a, b) => Math.Abs(a - b) < 1e-6);

        // lambda 0: r + gamma V' - V.
        DebateReturns.Advantages(rewards, values, 0.5, 0, advantages, returns);
        Assert.Equal([-0.1f + 0.125f - 0.5f, 0.2f - 0.25f - 0.25f, 1.5f], advantages, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Advantages_are_those_of_other_episodes()
    {
        var random = Debates.Random(4);
        for (var tokens = 1; tokens < 30; tokens += 7)
        {
            var (rewards, values) = (new float[tokens], new float[tokens]);
            for (var token = 0; token < tokens; token++) (rewards[token], values[token]) = ((float)random.NextNormal(), (float)random.NextNormal());
            var (advantages, returns, expected, targets) = (new float[tokens], new float[tokens], new float[tokens], new float[tokens]);
            DebateReturns.Advantages(rewards, values, 0.97, 0.9, advantages, returns);
            Losses.Advantages(rewards, values, [.. Enumerable.Range(0, tokens)], [.. Enumerable.Range(1, tokens).Select(next => next < tokens ? next : SeatSamples.Ended)], 0.97, 0.9, expected, targets);
            Assert.Equal(expected, advantages);
            Assert.Equal(targets, returns);
        }
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-12;
}
