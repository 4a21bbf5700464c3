using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Language.Questions;
using Srpo.Language.Sampling;
using Srpo.Learning;
using Srpo.Learning.Methods;

namespace Srpo.Language.Debate;

/// <summary>
/// Plays the debates of a team: a question a lane, all rounds. In an update the lanes take the next questions for training, in an order that seed and team decide; points of the learning curve
/// take the first questions for validation, the same every time. Not thread-safe.
/// </summary>
internal sealed class DebatePlayer : IRolloutPlayer
{
    private readonly PopulationSpec _spec;
    private readonly uint _team;
    private readonly InstancePlan _instance;
    private readonly TeamPlan _plan;
    private readonly LanguageSettings _language;
    private readonly DebateRules _rules;
    private readonly AdapterForm _form;
    private readonly List<DebaterVoice> _voices = [];
    private readonly QuestionOrder _questions;
    private readonly int _lanesOfRound;
    private IReadOnlyList<Question>? _validation;
    private DebateRecord? _shown;

    public DebatePlayer(DebaterArchitecture architecture, PopulationSpec spec, int team, InstancePlan instance, TeamPlan plan)
    {
        if (instance.Casting == Casting.RandomPartner || instance.Mirrors.Count > 0) throw new ArgumentException("debaters are not trained with frozen partners or mirrors", nameof(instance));
        (_spec, _team, _instance, _plan) = (spec, (uint)team, instance, plan);
        _language = spec.Training.Language!;
        _rules = DebateRules.Parse(architecture.Rules);
        _form = architecture.Form;
        _questions = new QuestionOrder(_rules.Open(QuestionSplit.Train), spec.Seed, _team);
        _lanesOfRound = plan.Instances.Max(one => one.FirstLane + one.Lanes);
    }

    /// <inheritdoc/>
    public Rollout Play(int round, IReadOnlyList<float[]> actors, byte[]? lanes = null, CancellationToken cancellation = default)
    {
        if (lanes is not null) throw new ArgumentException("a debate is held whole in a round; there is none to go on with", nameof(lanes));
        var (count, rounds) = (_instance.Lanes, _spec.Training.Horizon);
        var stream = new StreamId(_spec.Seed, _team, (uint)round, StreamPurpose.ResponseToken);
        var first = ((round - 1) * (long)_lanesOfRound) + _instance.FirstLane;
        var adversaries = Enumerable.Range(0, count).Select(lane => DebateReturns.AdversaryOf(_language.AdversarySeat, stream, _instance.FirstLane + lane)).ToArray();
        var table = new DebateBatch(_rules, rounds, _language.Temperature, _language.Parallel);
        var debates = table.Hold(
            [.. Enumerable.Range(0, count).Select(lane => _questions.At(first + lane))], Seated, Voices(_instance, actors),
            [.. Enumerable.Range(0, count).Select(lane => new TokenStream(stream, _instance.FirstLane + lane))], cancellation);
        _shown = debates[0].Record;
        return Collect(debates, Seated);

        int Seated(int lane, int seat) => _instance.Casting == Casting.RandomAdversary ? seat == adversaries[lane] ? 1 : 0 : _instance.Cast[seat];
    }

    /// <inheritdoc/>
    public CurvePoint Evaluate(int round, IReadOnlyList<float[]> actors, CancellationToken cancellation = default)
    {
        _validation ??= Validation();
        var stream = new StreamId(_spec.Seed, _team, (uint)round, StreamPurpose.CurveToken);
        var table = new DebateBatch(_rules, _spec.Training.EvaluationSteps, _rules.EvaluationTemperature, _language.Parallel);
        var debates = table.Hold(
            _validation, (_, seat) => _plan.Evaluation.Cast[seat], Voices(_plan.Evaluation, actors), [.. _validation.Select(question => new TokenStream(stream, question.Number))], cancellation);
        DebateRecord[] records = [.. debates.Select(debate => debate.Record)];
        var right = records.Count(record => record.IsJointlyRight(AnswerRule.Strict));
        return new CurvePoint(round, (long)round * _plan.StepsPerAgent, round * _plan.StepsPerRound, (double)right / records.Length, new double[2]) { Debates = DebateScorer.Score(records) };
    }

    /// <inheritdoc/>
    public string Render() => _shown is null ? "no debate was held yet\n" : DebateTranscript.Text(_shown, _rules.Reward);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var voice in _voices) voice.Dispose();
        _voices.Clear();
    }

    private Question[] Validation()
    {
        var set = _rules.Open(QuestionSplit.Validation);
        return [.. Enumerable.Range(0, Math.Min(set.Count, _spec.Training.CurveEpisodes)).Select(number => set[number])];
    }

    /// <summary>The actors of an instance with their present parameters.</summary>
    private List<(DebaterVoice, string)> Voices(InstancePlan instance, IReadOnlyList<float[]> actors)
    {
        var voices = new List<(DebaterVoice, string)>();
        for (var i = 0; i < instance.Actors.Count; i++)
        {
            if (i == _voices.Count) _voices.Add(new DebaterVoice(_form));
            _voices[i].Load(actors[i]);
            voices.Add((_voices[i], _plan.Actors[instance.Actors[i]].ToString()));
        }

        return voices;
    }

    /// <summary>What is learned from debates, in order of debate, round, seat: a part for every seat where seats are fixed, else one for every actor.</summary>
    private Rollout Collect(HeldDebate[] debates, Func<int, int, int> seated)
    {
        var parts = _instance.Casting == Casting.Fixed
            ? Enumerable.Range(0, 2).Select(seat => new Part(_instance.Actors[_instance.Cast[seat]], seat)).ToArray()
            : [.. _instance.Actors.Select(actor => new Part(actor, -1))];
        var (right, tokens) = (new double[2], 0L);
        for (var lane = 0; lane < debates.Length; lane++)
        {
            var (record, spoken) = debates[lane];
            var rewards = DebateReturns.Rewards(record, _rules.Reward);
            int? adversary = null;
            for (var seat = 0; seat < 2; seat++)
            {
                right[seat] += rewards[rewards.GetLength(0) - 1, seat];
                if (_plan.Objectives[_instance.Actors[seated(lane, seat)]].Reward != RewardSource.Own) adversary = seat;
            }

            var returns = DebateReturns.Of(rewards, _spec.Training.Discount, adversary);
            for (var round = 0; round < record.Rounds.Count; round++)
            {
                for (var seat = 0; seat < 2; seat++)
                {
                    tokens += spoken[round, seat].Response.Tokens.Count;
                    if (returns[round, seat].Learns) parts[_instance.Casting == Casting.Fixed ? seat : seated(lane, seat)].Add(spoken[round, seat], returns[round, seat].Value, rewards[round, seat]);
                }
            }
        }

        return new Rollout(debates.Length, _spec.Training.Horizon, [], right, new double[2]) { Responses = [.. parts.Select(part => part.ToSamples())], Tokens = tokens };
    }

    /// <summary>The responses of an actor while they are gathered.</summary>
    private sealed class Part(int actor, int seat)
    {
        private readonly List<int> _tokens = [];
        private readonly List<int> _starts = [0];
        private readonly List<int> _prompts = [];
        private readonly List<float> _logProbabilities = [];
        private readonly List<float> _returns = [];
        private readonly List<float> _rewards = [];

        public void Add(SpokenResponse spoken, double value, double reward)
        {
            _tokens.AddRange(spoken.Prompt);
            _tokens.AddRange(spoken.Response.Tokens);
            _starts.Add(_tokens.Count);
            _prompts.Add(spoken.Prompt.Length);
            _logProbabilities.AddRange(spoken.Response.LogProbabilities);
            _returns.Add((float)value);
            _rewards.Add((float)reward);
        }

        public ResponseSamples ToSamples() => new(actor, seat, [.. _tokens], [.. _starts], [.. _prompts], [.. _logProbabilities], [.. _returns]) { Rewards = [.. _rewards] };
    }
}
