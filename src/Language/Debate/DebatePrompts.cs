using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Language.Questions;
using Srpo.Language.Templates;

namespace Srpo.Language.Debate;

/// <summary>The words of a debate's prompts.</summary>
/// <param name="Name">Its name in rules.</param>
/// <param name="System">What a debater is told first; empty for no such message.</param>
/// <param name="Later">What follows the question from the second round on; {0} is the round from 1, {1} the number of rounds, {2} the debater's own response of the round before, {3} its peer's.</param>
/// <param name="Cut">What stands before a response whose beginning was cut off.</param>
public sealed record DebateWording(string Name, string System, string Later, string Cut)
{
    /// <summary>Full instructions, for models that have learned to follow some.</summary>
    public static DebateWording Full { get; } = new(
        "full",
        """
        You work on a maths word problem together with one peer. In the first round you see the problem alone. In every later round you also see the response that you gave in the round before, and your peer's.
        Reason step by step. Take over from your peer's response what is sound. Where a step is flawed, in your peer's response or in your own, name it and mend it.
        End your response with the answer, a number, after four hash signs, for example:
        #### 42
        """,
        """
        This is round {0} of {1}.

        Your response in the round before:
        {2}

        Your peer's response in the round before:
        {3}

        Go through both step by step, then write your improved solution. End with the answer after ####.
        """,
        "[...] ");

    /// <summary>A few marks, for tiny models that are trained on them; of the characters of <see cref="ArithmeticQuestions.Characters"/>.</summary>
    public static DebateWording Short { get; } = new("short", "", "Mine\n{2}\nPeer\n{3}", "");
}

/// <summary>Makes the prompts of a debate. Prompts of both seats have the same form: a debater cannot tell which seat it is in.</summary>
public static class DebatePrompts
{
    /// <summary>
    /// The prompt of a debater in a round. From the second round on it carries both responses of the round before, and no earlier ones. Where it is longer than
    /// fits, both are cut down to the same number of characters, just so many that it does; their ends are kept, since the answer is there. The question is never cut.
    /// </summary>
    /// <param name="question">The question.</param>
    /// <param name="rules">Words and most tokens.</param>
    /// <param name="rounds">Rounds of the debate.</param>
    /// <param name="round">Round, from 0.</param>
    /// <param name="own">The debater's response of the round before; not looked at in round 0.</param>
    /// <param name="peer">Its peer's.</param>
    /// <param name="tokens">Number of tokens of messages as the model gets them, template included.</param>
    /// <exception cref="SrpoException">The question alone is longer than fits.</exception>
    public static IReadOnlyList<ChatMessage> Make(
        Question question, DebateRules rules, int rounds, int round, string own, string peer, Func<IReadOnlyList<ChatMessage>, int> tokens)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(round);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(round, rounds);
        var most = round == 0 ? rules.PromptTokens : rules.HistoryTokens - rules.ResponseTokens;
        var prompt = Messages(question, rules, rounds, round, own, peer);
        if (tokens(prompt) <= most) return prompt;
        if (round == 0) throw TooLong(question, tokens(prompt), "promptTokens", most);

        // Fewer characters are not always fewer tokens, so what is found is looked at as it is.
        var (fits, tooMany) = (0, Math.Max(own.Length, peer.Length));
        while (tooMany - fits > 1)
        {
            var kept = fits + ((tooMany - fits) / 2);
            if (tokens(Messages(question, rules, rounds, round, End(own, kept, rules), End(peer, kept, rules))) <= most) fits = kept;
            else tooMany = kept;
        }

        prompt = Messages(question, rules, rounds, round, End(own, fits, rules), End(peer, fits, rules));
        return tokens(prompt) is var length && length <= most ? prompt : throw TooLong(question, length, "historyTokens", most);
    }

    private static List<ChatMessage> Messages(Question question, DebateRules rules, int rounds, int round, string own, string peer)
    {
        var messages = new List<ChatMessage>(3);
        if (rules.Wording.System.Length > 0) messages.Add(new("system", rules.Wording.System));
        messages.Add(new("user", question.Text));
        if (round > 0) messages.Add(new("user", string.Format(CultureInfo.InvariantCulture, rules.Wording.Later, round + 1, rounds, own, peer)));
        return messages;
    }

    /// <summary>The last characters of a response; no character is cut in half.</summary>
    private static string End(string response, int kept, DebateRules rules)
    {
        if (response.Length <= kept) return response;
        var start = response.Length - kept;
        if (start < response.Length && char.IsLowSurrogate(response[start])) start++;
        return rules.Wording.Cut + response[start..];
    }

    private static SrpoException TooLong(Question question, int tokens, string setting, int most) => new(
        ErrorKind.Usage, FormattableString.Invariant($"question {question.Number} makes a prompt of {tokens} tokens, of which {most} fit: use a larger {setting}, or leave the question out"));
}
