using Srpo.Core.Errors;
using Srpo.Language.Questions;
using Srpo.Language.Sampling;
using Srpo.Language.Templates;

namespace Srpo.Language.Debate;

/// <summary>What a debater was asked and said, as tokens.</summary>
/// <param name="Prompt">Tokens before the response.</param>
/// <param name="Response">The response, with log-probabilities of its tokens in the distribution that they were drawn from.</param>
internal sealed record SpokenResponse(int[] Prompt, Response Response);

/// <summary>A debate that was held, and what it was as tokens.</summary>
/// <param name="Record">The debate.</param>
/// <param name="Spoken">[rounds, 2].</param>
internal sealed record HeldDebate(DebateRecord Record, SpokenResponse[,] Spoken);

/// <summary>Holds many debates at once: in every round, each model answers all that it is asked.</summary>
/// <param name="rules">The rules.</param>
/// <param name="rounds">Rounds of a debate.</param>
/// <param name="temperature">What logits are divided by.</param>
/// <param name="parallel">Most responses of a model at the same time.</param>
internal sealed class DebateBatch(DebateRules rules, int rounds, double temperature, int parallel)
{
    private readonly SamplingSettings _sampling = new() { Temperature = temperature };

    /// <summary>Holds debates.</summary>
    /// <param name="questions">[debates] their questions.</param>
    /// <param name="seated">The number of the voice in a seat of a debate.</param>
    /// <param name="voices">Those who debate, parameters loaded, each with its name.</param>
    /// <param name="draws">[debates] random bits.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    /// <returns>[debates].</returns>
    /// <exception cref="SrpoException">A question is longer than fits.</exception>
    public HeldDebate[] Hold(
        IReadOnlyList<Question> questions, Func<int, int, int> seated, IReadOnlyList<(DebaterVoice Voice, string Name)> voices, IReadOnlyList<TokenStream> draws, CancellationToken cancellation)
    {
        var sessions = questions.Select(question => new DebateSession(question, rules, rounds)).ToArray();
        var spoken = sessions.Select(_ => new SpokenResponse[rounds, 2]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var voice = 0; voice < voices.Count; voice++)
            {
                var asked = new List<(int Debate, int Seat, int[] Prompt)>();
                for (var debate = 0; debate < sessions.Length; debate++)
                {
                    for (var seat = 0; seat < 2; seat++)
                    {
                        if (seated(debate, seat) == voice) asked.Add((debate, seat, Prompt(sessions[debate], seat, voices[voice].Voice)));
                    }
                }

                cancellation.ThrowIfCancellationRequested();
                var responses = Answer(voices[voice].Voice, [.. asked.Select(one => (one.Prompt, Bits(draws[one.Debate], round, one.Seat)))], cancellation);
                for (var i = 0; i < asked.Count; i++) spoken[asked[i].Debate][round, asked[i].Seat] = new(asked[i].Prompt, responses[i]);
            }

            for (var debate = 0; debate < sessions.Length; debate++) sessions[debate].Answer(Said(debate, 0), Said(debate, 1));

            DebateResponse Said(int debate, int seat) => Response(voices[seated(debate, seat)].Voice, spoken[debate][round, seat].Response);
        }

        return [.. sessions.Select((session, debate) => new HeldDebate(session.ToRecord(voices[seated(debate, 0)].Name, voices[seated(debate, 1)].Name), spoken[debate]))];
    }

    /// <summary>Answers that a debater gives to questions without seeing anybody else's: first rounds, each drawn anew.</summary>
    /// <param name="questions">[questions].</param>
    /// <param name="voice">Who answers.</param>
    /// <param name="count">Answers to each.</param>
    /// <param name="draws">[questions] random bits; those of the rounds of answers' numbers are taken.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    /// <returns>[questions][count].</returns>
    public DebateResponse[][] AnswerAlone(IReadOnlyList<Question> questions, DebaterVoice voice, int count, IReadOnlyList<TokenStream> draws, CancellationToken cancellation)
    {
        var prompts = questions.Select(question => Prompt(new DebateSession(question, rules, rounds), 0, voice)).ToArray();
        var responses = Answer(voice, [.. from i in Enumerable.Range(0, prompts.Length) from draw in Enumerable.Range(0, count) select (prompts[i], Bits(draws[i], draw, 0))], cancellation);
        return [.. Enumerable.Range(0, prompts.Length).Select(i => Enumerable.Range(0, count).Select(draw => Response(voice, responses[(i * count) + draw])).ToArray())];
    }

    private static Func<int, Core.Random.RandomBlock> Bits(TokenStream draws, int round, int seat) => token => draws.Token(round, seat, token);

    private static DebateResponse Response(DebaterVoice voice, Response response) => new(
        response.Tokens, voice.Shared.Text(response.Ended ? [.. response.Tokens.SkipLast(1)] : response.Tokens), response.Ended);

    private static int[] Prompt(DebateSession session, int seat, DebaterVoice voice)
    {
        int[] tokens = [];
        IReadOnlyList<ChatMessage>? counted = null;
        var messages = session.Prompt(seat, one =>
        {
            tokens = voice.Shared.Prompt(one);
            counted = one;
            return tokens.Length;
        });
        return ReferenceEquals(messages, counted) ? tokens : voice.Shared.Prompt(messages);
    }

    private IReadOnlyList<Response> Answer(DebaterVoice voice, IReadOnlyList<(int[] Prompt, Func<int, Core.Random.RandomBlock> Bits)> asked, CancellationToken cancellation)
    {
        if (asked.Count == 0) return [];
        var room = asked.Max(one => one.Prompt.Length) + rules.ResponseTokens;
        using var generator = new TokenGenerator(voice.Policy, _sampling, voice.Shared.Ends, Math.Min(parallel, asked.Count), room);
        return generator.Run([.. asked.Select(one => new ResponseRequest(one.Prompt, rules.ResponseTokens, one.Bits))], cancellation: cancellation);
    }
}
