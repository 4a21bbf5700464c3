using Srpo.Core.Errors;
using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Language.Questions;
using Srpo.Language.Sampling;
using Srpo.Learning;

namespace Srpo.Language.Debate;

/// <summary>
/// Matches of debaters: every pair debates the first questions for tests, one an episode; the return is 1 if both are right at the end. A run that meets itself also answers each question by itself, twice as
/// often as there are rounds, for votes that cost no more than the debate. Not thread-safe.
/// </summary>
internal sealed class DebateMatchPlayer(EnvironmentSettings environment) : IMatchPlayer
{
    /// <summary>Policies that are kept ready, where they are adapters.</summary>
    private const int MostVoices = 16;

    /// <summary>Policies that are kept ready, where they are copies of all weights.</summary>
    private const int MostCopies = 2;

    /// <summary>Most responses of a policy at the same time.</summary>
    private const int Parallel = 256;

    /// <summary>Lanes from here on are of independent answers.</summary>
    private const int Alone = 1 << 23;

    private readonly DebateRules _rules = DebateRules.Of(environment);
    private readonly LinkedList<(float[] Parameters, DebaterVoice Voice)> _voices = new();
    private IQuestionSet? _questions;

    /// <inheritdoc/>
    public MatchResult[] Play(
        ulong seed, int row, FrozenTeam team, int firstColumn, IReadOnlyList<FrozenTeam> partners, MatchRules rules,
        IReadOnlyList<FrozenPolicy>? opponents = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(partners);
        ArgumentNullException.ThrowIfNull(rules);
        if (opponents is { Count: > 0 }) throw new ArgumentException("a debate has no seats for opponents", nameof(opponents));
        RequireSampled(rules.Actions);
        RequireRounds(rules.Steps);
        var questions = Questions(Seatings.Episodes(rules.Seating, 2, rules.Episodes));
        return [.. partners.Select((partner, i) => Play(new StreamId(seed, (uint)row, (uint)(firstColumn + i), StreamPurpose.MatchToken), row == firstColumn + i, team, partner, questions, rules, cancellation))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<MatchFrame> Replay(ulong seed, int episode, IReadOnlyList<FrozenPolicy> players, int steps, ActionChoice actions = ActionChoice.Sampled)
    {
        ArgumentNullException.ThrowIfNull(players);
        if (players.Count != 2) throw new ArgumentException($"{players.Count} players are given for 2 seats", nameof(players));
        RequireSampled(actions);
        RequireRounds(steps);
        var question = Questions(episode + 1)[episode];
        var seats = Seats(players, (policy, seat) => Name(policy));
        var draws = new TokenStream(new StreamId(seed, 0, 0, StreamPurpose.MatchToken), episode);
        var record = new DebateBatch(_rules, steps, _rules.EvaluationTemperature, Parallel).Hold([question], (_, seat) => seats.Seated[seat], seats.Voices, [draws], CancellationToken.None)[0].Record;
        Trim();
        var rewards = DebateReturns.Rewards(record, AnswerRule.Strict);
        return
        [
            .. DebateTranscript.Parts(record, _rules.Reward).Select((part, step) => step == 0
                ? new MatchFrame(0, [], [], [], [], part, false, [])
                : new MatchFrame(step, [0, 0], [rewards[step - 1, 0], rewards[step - 1, 1]], [0, 0], [[], []], part, step == steps, [])),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, voice) in _voices) voice.Dispose();
        _voices.Clear();
    }

    private static void RequireRounds(int rounds)
    {
        if (rounds is < 1 or > DebateRules.MaxRounds) throw new ArgumentException(FormattableString.Invariant($"a debate has 1 to {DebateRules.MaxRounds} rounds, not {rounds}"), nameof(rounds));
    }

    private static void RequireSampled(ActionChoice actions)
    {
        if (actions != ActionChoice.Sampled) throw new ArgumentException("how tokens are chosen in matches is a field of the debate: evaluationTemperature, 0 for the most likely ones", nameof(actions));
    }

    private static string Name(DebaterPolicy policy) => ArchitectureRegistry.LabelOf(policy.Form.Model);

    private Question[] Questions(int count)
    {
        _questions ??= _rules.Open(QuestionSplit.Test);
        if (count > _questions.Count)
        {
            throw new SrpoException(
                ErrorKind.Usage, FormattableString.Invariant($"{_rules.Questions} has {_questions.Count} questions for tests, of which {count} are asked for: use evaluation.episodes of at most {_questions.Count}"));
        }

        return [.. Enumerable.Range(0, count).Select(number => _questions[number])];
    }

    private MatchResult Play(in StreamId stream, bool isOwn, FrozenTeam row, FrozenTeam column, Question[] questions, MatchRules rules, CancellationToken cancellation)
    {
        if (row.Seats.Count != 2 || column.Seats.Count != 2) throw new ArgumentException($"a run has {row.Seats.Count} policies, the other {column.Seats.Count}; a debate has 2 seats");
        var id = stream;
        var seats = Seats([row.Seats[0], row.Seats[1], column.Seats[0], column.Seats[1]], (policy, _) => Name(policy));
        var table = new DebateBatch(_rules, rules.Steps, _rules.EvaluationTemperature, Parallel);
        var held = table.Hold(
            questions, (debate, seat) => seats.Seated[(IsColumn(debate, seat) ? 2 : 0) + seat], seats.Voices, [.. questions.Select((_, lane) => new TokenStream(id, lane))], cancellation);
        DebateRecord[] records = [.. held.Select((debate, number) => IsColumn(number, 0) ? debate.Record.Swapped() : debate.Record)];
        var alone = isOwn
            ? table.AnswerAlone(questions, seats.Voices[seats.Seated[0]].Voice, 2 * rules.Steps, [.. questions.Select((_, lane) => new TokenStream(id, Alone + lane))], cancellation)
            : null;
        Trim();

        var mean = (double)records.Count(record => record.IsJointlyRight(AnswerRule.Strict)) / records.Length;
        var deviation = records.Length > 1 ? Math.Sqrt(mean * (1 - mean) * records.Length / (records.Length - 1)) : 0;
        return new MatchResult(mean, deviation, [Accuracy(0), Accuracy(1)], new double[2]) { Debates = DebateScorer.Score(records, alone) };

        bool IsColumn(int debate, int seat) => Seatings.IsColumn(rules.Seating, 2, debate, seat);

        double Accuracy(int side) => (double)records.Count(record => record.IsRight(rules.Steps - 1, side, AnswerRule.Strict)) / records.Length;
    }

    /// <summary>Voices for policies, one for equal ones.</summary>
    private (List<(DebaterVoice Voice, string Name)> Voices, int[] Seated) Seats(IReadOnlyList<FrozenPolicy> policies, Func<DebaterPolicy, int, string> name)
    {
        var voices = new List<(DebaterVoice Voice, string Name)>();
        var seated = new int[policies.Count];
        for (var i = 0; i < policies.Count; i++)
        {
            var policy = DebaterPolicy.Of(policies[i]);
            var voice = Get(policy);
            seated[i] = voices.FindIndex(known => known.Voice == voice);
            if (seated[i] >= 0) continue;
            seated[i] = voices.Count;
            voices.Add((voice, name(policy, i)));
        }

        return (voices, seated);
    }

    /// <summary>The voice of a policy, which comes first among those that are kept.</summary>
    private DebaterVoice Get(DebaterPolicy policy)
    {
        for (var node = _voices.First; node is not null; node = node.Next)
        {
            if (!ReferenceEquals(node.Value.Parameters, policy.Parameters) || node.Value.Voice.Form != policy.Form) continue;
            _voices.Remove(node);
            _voices.AddFirst(node);
            return node.Value.Voice;
        }

        var voice = new DebaterVoice(policy.Form);
        _voices.AddFirst((policy.Parameters, voice));
        voice.Load(policy.Parameters);
        return voice;
    }

    /// <summary>Lets go of those that were used longest ago, when none is in use.</summary>
    private void Trim()
    {
        var copies = 0;
        for (var (node, count) = (_voices.First, 0); node is not null; count++)
        {
            var next = node.Next;
            if (node.Value.Voice.Form.Rank == 0) copies++;
            if (count >= MostVoices || (node.Value.Voice.Form.Rank == 0 && copies > MostCopies))
            {
                node.Value.Voice.Dispose();
                _voices.Remove(node);
            }

            node = next;
        }
    }
}
