using Orleans;

namespace Srpo.Learning;

/// <summary>
/// The responses of language models that one actor learns from: token sequences, each a prompt and the response to it. What a response comes to is the
/// reward of its last token; what it cost its adversary, token by token, the learner works out.
/// </summary>
/// <param name="Actor">Index of the actor in <see cref="TeamPlan.Actors"/>.</param>
/// <param name="Seat">For an adversary the agent whose place it took, by seat; -1 where one agent plays all seats.</param>
/// <param name="Tokens">Prompts and responses, sequence after sequence.</param>
/// <param name="Starts">[sequences + 1] index of each one's first token, and the number of tokens.</param>
/// <param name="Prompts">[sequences] tokens of each one's prompt, at least 1.</param>
/// <param name="LogProbabilities">[response tokens of all sequences, in order] of the policy that drew them, at the temperature that it drew with.</param>
/// <param name="Returns">[sequences] R, the reward of the last token.</param>
[GenerateSerializer, Alias("srpo.ResponseSamples"), Immutable]
public sealed record ResponseSamples(
    [property: Id(0)] int Actor,
    [property: Id(1)] int Seat,
    [property: Id(2)] int[] Tokens,
    [property: Id(3)] int[] Starts,
    [property: Id(4)] int[] Prompts,
    [property: Id(5)] float[] LogProbabilities,
    [property: Id(6)] float[] Returns)
{
    /// <summary>[sequences] the plain reward of each response: 1 if it is right, else 0.</summary>
    [Id(7)]
    public float[] Rewards { get; init; } = [];

    /// <summary>Number of sequences.</summary>
    public int Count => Prompts.Length;
}
