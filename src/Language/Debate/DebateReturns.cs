using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;

namespace Srpo.Language.Debate;

/// <summary>What a debater's response of a round counts for, and who learns from it.</summary>
/// <param name="Value">R: the reward on its last token.</param>
/// <param name="Learns">Whether its debater is updated with it; where not, it is in no loss.</param>
/// <param name="IsPriced">Whether its tokens pay the adversary's KL price.</param>
public readonly record struct RoundReturn(double Value, bool Learns, bool IsPriced);

/// <summary>
/// Rewards, returns over rounds, and advantages over tokens. Rounds count from 0, N of them; r[i][k] is the reward of debater i in round k: 1 if its answer is right, else 0.
/// <para>IPPO: R[i][k] = r[i][k] + gamma (r[0][k+1] + r[1][k+1]) for 0 &lt; k &lt; N - 1; rounds 0 and N - 1 keep their bare rewards.</para>
/// <para>SRPO: the agent's R[k] = r[k] + gamma R[k+1] for 0 &lt; k &lt; N - 1, rounds 0 and N - 1 keep their bare rewards: that of round 0 anchors reasoning without help. The
/// adversary's R[k] = -R_agent[k+1] for k &lt;= N - 2, and it does not learn from round N - 1, which nobody answers any more.</para>
/// </summary>
public static class DebateReturns
{
    /// <summary>The rewards of a debate: 1 where an answer is right by a rule.</summary>
    /// <param name="debate">The debate.</param>
    /// <param name="rule">Which number of a response is rewarded.</param>
    /// <returns>[rounds, 2] r.</returns>
    public static double[,] Rewards(DebateRecord debate, AnswerRule rule)
    {
        ArgumentNullException.ThrowIfNull(debate);
        var rewards = new double[debate.Rounds.Count, 2];
        for (var round = 0; round < debate.Rounds.Count; round++)
            for (var seat = 0; seat < 2; seat++)
                rewards[round, seat] = debate.IsRight(round, seat, rule) ? 1 : 0;
        return rewards;
    }

    /// <summary>The returns of IPPO.</summary>
    /// <param name="rewards">[rounds, 2] r.</param>
    /// <param name="discount">Gamma.</param>
    /// <returns>[rounds, 2] R; both debaters learn from every round.</returns>
    public static RoundReturn[,] Ippo(double[,] rewards, double discount)
    {
        var rounds = Rounds(rewards);
        var returns = new RoundReturn[rounds, 2];
        for (var round = 0; round < rounds; round++)
        {
            var team = round > 0 && round < rounds - 1 ? discount * (rewards[round + 1, 0] + rewards[round + 1, 1]) : 0;
            for (var seat = 0; seat < 2; seat++) returns[round, seat] = new(rewards[round, seat] + team, true, false);
        }

        return returns;
    }

    /// <summary>The returns of SRPO.</summary>
    /// <param name="rewards">[rounds, 2] r.</param>
    /// <param name="discount">Gamma.</param>
    /// <param name="adversary">Seat of the adversary, 0 or 1.</param>
    /// <returns>[rounds, 2] R.</returns>
    public static RoundReturn[,] Srpo(double[,] rewards, double discount, int adversary)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(adversary);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(adversary, 1);
        var (rounds, agent) = (Rounds(rewards), 1 - adversary);
        var returns = new RoundReturn[rounds, 2];
        for (var round = rounds - 1; round >= 0; round--)
        {
            var later = round < rounds - 1 ? returns[round + 1, agent].Value : 0;
            returns[round, agent] = new(rewards[round, agent] + (round > 0 ? discount * later : 0), true, false);
            if (round < rounds - 1) returns[round, adversary] = new(-later, true, true);
        }

        return returns;
    }

    /// <summary>The returns of a debate with an adversary, or without.</summary>
    /// <param name="rewards">[rounds, 2] r.</param>
    /// <param name="discount">Gamma.</param>
    /// <param name="adversary">Seat of the adversary; null where there is none.</param>
    /// <returns>[rounds, 2] R.</returns>
    public static RoundReturn[,] Of(double[,] rewards, double discount, int? adversary) => adversary is { } seat ? Srpo(rewards, discount, seat) : Ippo(rewards, discount);

    /// <summary>The seat of the adversary in a debate.</summary>
    /// <param name="seat">The rule.</param>
    /// <param name="stream">Seed, team and round of training; its purpose counts for nothing.</param>
    /// <param name="lane">Number of the debate in its update.</param>
    public static int AdversaryOf(AdversarySeat seat, StreamId stream, int lane) => seat switch
    {
        AdversarySeat.First => 0,
        AdversarySeat.Second => 1,
        AdversarySeat.Drawn => (int)(stream.For(StreamPurpose.DebateSeat).Block(lane, 0).Word0 >> 31),
        _ => throw new ArgumentOutOfRangeException(nameof(seat)),
    };

    /// <summary>The rewards of the tokens of a response: its return on the last one. The tokens are those that were drawn, the one that ended it included; nothing follows them.</summary>
    /// <param name="value">R of the response.</param>
    /// <param name="rewards">[tokens of the response] is set.</param>
    public static void TokenRewards(double value, Span<float> rewards)
    {
        rewards.Clear();
        rewards[^1] = (float)value;
    }

    /// <summary>Takes the adversary's price off its tokens' rewards: (1/tau) (log p_adversary - log pi_agent) for each token, both at the adversary's own context.</summary>
    /// <param name="adversary">[tokens] log-probabilities of the tokens under the adversary that drew them.</param>
    /// <param name="agent">[tokens] log-probabilities of the same tokens under the agent.</param>
    /// <param name="tau">tau.</param>
    /// <param name="rewards">[tokens] is changed.</param>
    public static void Price(ReadOnlySpan<float> adversary, ReadOnlySpan<float> agent, double tau, Span<float> rewards)
    {
        if (adversary.Length != rewards.Length || agent.Length != rewards.Length) throw new ArgumentException("log-probabilities and rewards must all be [tokens]");
        for (var token = 0; token < rewards.Length; token++) rewards[token] -= (float)((adversary[token] - (double)agent[token]) / tau);
    }

    /// <summary>
    /// Generalised advantage estimation over the tokens of one response, after which nothing follows: A_t = delta_t + gamma lambda A_(t+1),
    /// delta_t = r_t + gamma V_(t+1) - V_t, with V and A behind the last token 0; the critic's target is A_t + V_t.
    /// </summary>
    /// <param name="rewards">[tokens] r.</param>
    /// <param name="values">[tokens] V of the context before each token.</param>
    /// <param name="discount">gamma.</param>
    /// <param name="lambda">lambda.</param>
    /// <param name="advantages">[tokens] receives A.</param>
    /// <param name="returns">[tokens] receives the critic's targets.</param>
    public static void Advantages(ReadOnlySpan<float> rewards, ReadOnlySpan<float> values, double discount, double lambda, Span<float> advantages, Span<float> returns)
    {
        if (values.Length != rewards.Length || advantages.Length != rewards.Length || returns.Length != rewards.Length)
            throw new ArgumentException("rewards, values, advantages and returns must all be [tokens]");
        var (advantage, next) = (0.0, 0.0);
        for (var token = rewards.Length - 1; token >= 0; token--)
        {
            advantage = rewards[token] + (discount * next) - values[token] + (discount * lambda * advantage);
            next = values[token];
            advantages[token] = (float)advantage;
            returns[token] = (float)(advantage + next);
        }
    }

    private static int Rounds(double[,] rewards)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        return rewards.GetLength(1) == 2 && rewards.GetLength(0) > 0 ? rewards.GetLength(0) : throw new ArgumentException("rewards must be [rounds, 2] with at least one round", nameof(rewards));
    }
}
