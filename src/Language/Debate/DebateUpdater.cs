using Srpo.Core.Errors;
using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Language.Models;
using Srpo.Language.Training;
using Srpo.Learning;
using Srpo.Learning.Devices;
using Srpo.Learning.Methods;

namespace Srpo.Language.Debate;

/// <summary>
/// Updates debaters from their responses: values by the critic, an adversary's price by one forward pass of the policy whose place it took, advantages over tokens, then epochs of minibatches of
/// whole responses with a step of AdamW of policy and critic each. Models are kept from call to call; what they had learned before counts for nothing. Not thread-safe.
/// </summary>
internal sealed class DebateUpdater : ITeamUpdater
{
    private readonly DebaterArchitecture _architecture;
    private readonly TrainingSettings _settings;
    private readonly LanguageSettings _language;
    private readonly TeamPlan _plan;
    private readonly MinibatchOrder _order = new();
    private ModelLease? _lease;
    private ICausalModel? _policy;
    private ICausalModel? _critic;

    public DebateUpdater(DebaterArchitecture architecture, TrainingSettings settings, TeamPlan plan)
    {
        settings.ThrowIfInvalid();
        (_architecture, _settings, _plan) = (architecture, settings, plan);
        _language = settings.Language ?? throw new ArgumentException("debaters are language models, and none is named", nameof(settings));
    }

    private ICausalModel Policy => _policy!;

    private ICausalModel Critic => _critic!;

    /// <inheritdoc/>
    public TeamUpdate[] Update(IReadOnlyList<TeamRound> rounds, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        return [.. rounds.Select(round => Update(round, cancellation))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _policy?.Dispose();
        _critic?.Dispose();
        _lease?.Dispose();
    }

    private TeamUpdate Update(TeamRound round, CancellationToken cancellation)
    {
        var minibatch = new StreamId(round.Seed, (uint)round.Team, (uint)round.Round, StreamPurpose.Minibatch);
        var (next, metrics) = (new LearnerState[round.States.Count], new UpdateMetrics[round.States.Count]);
        for (var actor = 0; actor < next.Length; actor++)
        {
            cancellation.ThrowIfCancellationRequested();
            var parts = round.Rollouts.SelectMany(rollout => rollout.Responses.Where(part => part.Actor == actor && part.Count > 0).Select(part => (part, rollout.Lanes))).ToArray();
            if (parts.Length == 0)
            {
                var state = round.States[actor];
                (next[actor], metrics[actor]) = (state with { Version = state.Version + 1 }, new UpdateMetrics(round.Round, 0, 0, 0, 0, 0, 0, 0));
                continue;
            }

            (next[actor], metrics[actor]) = Update(actor, round, parts, minibatch.Lane(actor), cancellation);
        }

        return new TeamUpdate(next, metrics);
    }

    private (LearnerState State, UpdateMetrics Metrics) Update(int actor, TeamRound round, (ResponseSamples Part, int Lanes)[] parts, RandomStream order, CancellationToken cancellation)
    {
        Open();
        var (state, objective) = (round.States[actor], _plan.Objectives[actor]);
        var samples = new Samples(parts.Select(part => part.Part));
        var kl = _plan.Actors[actor].Kind == ActorKind.Adversary ? Partners(samples, parts, round, cancellation) : 0;
        Restore(Policy, state, 0);
        Restore(Critic, state, (int)Policy.Learned.Length);
        Estimate(samples, cancellation);
        Advantages(samples, objective);

        var minibatches = Math.Min(_settings.Minibatches, samples.Count);
        int[] all = [.. Enumerable.Range(0, samples.Count)];
        var sums = default(Sums);
        _order.Begin(samples.Count, order);
        for (var epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            sums = default;
            if (minibatches > 1) _order.Shuffle(cancellation);
            for (var part = 0; part < minibatches; part++)
                Learn(samples, minibatches > 1 ? _order.Part(part, minibatches).ToArray() : all, objective, actor, round.Round, ref sums, cancellation);
        }

        var (policy, critic) = (Policy.Save(), Critic.Save());
        var next = new LearnerState(
            state.Version + 1, [.. policy.Parameters, .. critic.Parameters], [.. policy.FirstMoments, .. critic.FirstMoments], [.. policy.SecondMoments, .. critic.SecondMoments], policy.Steps);
        return (next, new UpdateMetrics(
            round.Round, LastRewards(parts), 0, sums.Entropy / sums.Tokens, sums.Clipped / sums.Tokens, samples.ExplainedVariance(), kl, sums.SquaredError / sums.Tokens, sums.Loss / sums.Tokens));
    }

    private void Open()
    {
        if (_critic is not null) return;
        _lease ??= SharedModels.Acquire(_architecture.Form);
        _policy ??= _lease.Model.Learner(_architecture.Form, values: false);
        _critic = _lease.Model.Learner(_architecture.Form, values: true);
    }

    private static void Restore(ICausalModel model, LearnerState state, int offset)
    {
        var length = (int)model.Learned.Length;
        model.Restore(new LearnedState(Part(state.Parameters), Part(state.FirstMoment), Part(state.SecondMoment), state.AdamSteps));

        float[] Part(float[] values) => values.AsSpan(offset, length).ToArray();
    }

    /// <summary>Log-probabilities of an adversary's tokens under the policies whose place it took.</summary>
    /// <returns>How much likelier the tokens were under the adversary: mean difference of log-probabilities, an estimate of the KL from it to them.</returns>
    private double Partners(Samples samples, (ResponseSamples Part, int Lanes)[] parts, TeamRound round, CancellationToken cancellation)
    {
        samples.Partner = new float[samples.Tokens];
        var zeros = new float[Policy.Learned.Length];
        var first = 0;
        foreach (var (part, _) in parts)
        {
            var agent = round.States[Math.Max(0, part.Seat)].Parameters;
            Policy.Restore(new LearnedState(agent.AsSpan(0, zeros.Length).ToArray(), zeros, zeros, 0));
            foreach (var micro in MicroBatches(samples, [.. Enumerable.Range(first, part.Count)], cancellation))
            {
                var found = new float[micro.Predictions.Count];
                Policy.LogProbabilities(micro.Batch, micro.Predictions, _language.Temperature, found, []);
                micro.Scatter(found, samples.Partner);
            }

            first += part.Count;
        }

        var sum = 0.0;
        for (var token = 0; token < samples.Tokens; token++) sum += samples.Old[token] - (double)samples.Partner[token];
        return sum / samples.Tokens;
    }

    /// <summary>Values of the contexts that tokens were drawn in.</summary>
    private void Estimate(Samples samples, CancellationToken cancellation)
    {
        foreach (var micro in MicroBatches(samples, [.. Enumerable.Range(0, samples.Count)], cancellation))
        {
            var found = new float[micro.Predictions.Count];
            Critic.Values(micro.Batch, micro.Predictions.At, found);
            micro.Scatter(found, samples.Values);
        }
    }

    private void Advantages(Samples samples, Objective objective)
    {
        var rewards = new float[samples.Tokens];
        for (var i = 0; i < samples.Count; i++)
        {
            var (from, length) = (samples.First(i), samples.Length(i));
            var own = rewards.AsSpan(from, length);
            DebateReturns.TokenRewards(_settings.RewardScale * samples.Return(i), own);
            if (samples.Partner is { } partner && objective.KlWeight > 0) DebateReturns.Price(samples.Old.AsSpan(from, length), partner.AsSpan(from, length), 1 / objective.KlWeight, own);
            DebateReturns.Advantages(
                own, samples.Values.AsSpan(from, length), _settings.Discount, _settings.GaeLambda, samples.Advantages.AsSpan(from, length), samples.Targets.AsSpan(from, length));
        }
    }

    private void Learn(Samples samples, int[] minibatch, Objective objective, int actor, int round, ref Sums sums, CancellationToken cancellation)
    {
        var tokens = minibatch.Sum(samples.Length);
        var loss = new PpoTokenSettings(_settings.Clip, _settings.Clip, _language.DualClip, objective.EntropyWeight);
        var (mean, scale) = _settings.NormaliseAdvantages ? samples.Moments(minibatch) : (0f, 1f);
        foreach (var micro in MicroBatches(samples, minibatch, cancellation))
        {
            var advantages = micro.Gather(samples.Advantages);
            for (var i = 0; i < advantages.Length; i++) advantages[i] = (advantages[i] - mean) * scale;
            var policy = new PpoTokenLoss(loss, micro.Gather(samples.Old), advantages, null, tokens);
            Policy.Backward(micro.Batch, micro.Predictions, _language.Temperature, policy);
            cancellation.ThrowIfCancellationRequested();
            var values = new SquaredValueLoss(micro.Gather(samples.Targets), default, null, tokens);
            Critic.Backward(micro.Batch, micro.Predictions.At, values);
            var report = policy.Report;
            sums.Add(report, values.Loss, tokens);
        }

        sums.Tokens += tokens;
        var share = LearningRates.Share(_settings, round - 1);
        Step(Policy, share * _settings.LearningRate, actor, round);
        Step(Critic, share * _language.CriticLearningRate, actor, round);
    }

    private void Step(ICausalModel model, double rate, int actor, int round)
    {
        try
        {
            model.Step(new AdamWSettings(rate, Epsilon: _settings.AdamEpsilon, WeightDecay: _language.WeightDecay, MaxGradientNorm: _settings.MaxGradientNorm));
        }
        catch (SrpoException error) when (error.Kind == ErrorKind.Failed)
        {
            // The gradient is not finite.
            throw new DivergedException(_plan.Actors[actor], round);
        }
    }

    /// <summary>Responses in batches of at most so many tokens, those of about one length together; each by itself where it is longer.</summary>
    private IEnumerable<MicroBatch> MicroBatches(Samples samples, int[] which, CancellationToken cancellation)
    {
        int[] sorted = [.. which.OrderBy(samples.Whole).ThenBy(i => i)];
        for (var next = 0; next < sorted.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            var (first, tokens) = (next, 0);
            while (next < sorted.Length && (next == first || tokens + samples.Whole(sorted[next]) <= _language.MicroBatchTokens)) tokens += samples.Whole(sorted[next++]);
            yield return new MicroBatch(samples, sorted[first..next]);
        }
    }

    /// <summary>Mean reward of the last responses of debates that an actor learns from: of an agent in the last round, of an adversary in the one before.</summary>
    private static double LastRewards((ResponseSamples Part, int Lanes)[] parts)
    {
        var (sum, count) = (0.0, 0);
        foreach (var (part, lanes) in parts)
        {
            var rounds = Math.Max(1, part.Count / lanes);
            for (var i = rounds - 1; i < part.Rewards.Length; i += rounds)
            {
                sum += part.Rewards[i];
                count++;
            }
        }

        return count > 0 ? sum / count : 0;
    }

    private struct Sums
    {
        public double Entropy;
        public double Clipped;
        public double SquaredError;
        public double Loss;
        public long Tokens;

        /// <summary>Adds a micro-batch, whose means are over the tokens of its minibatch.</summary>
        public void Add(PpoTokenReport policy, double value, int tokens)
        {
            Entropy += policy.Entropy * tokens;
            Clipped += policy.ClippedFraction * tokens;
            Loss += policy.Loss * tokens;
            SquaredError += 2 * value * tokens;
        }
    }

    /// <summary>Some responses as a batch for a model; its predictions are their tokens.</summary>
    private sealed class MicroBatch
    {
        private readonly Samples _samples;
        private readonly int[] _which;

        public MicroBatch(Samples samples, int[] which)
        {
            (_samples, _which) = (samples, which);
            Batch = TokenBatch.Of([.. which.Select(samples.Sequence)]);
            Predictions = Batch.After([.. which.Select(samples.Prompt)]);
        }

        public TokenBatch Batch { get; }

        public Predictions Predictions { get; }

        /// <summary>Numbers of its tokens out of those of all responses.</summary>
        public float[] Gather(float[] all)
        {
            var own = new float[Predictions.Count];
            var to = 0;
            foreach (var i in _which)
            {
                all.AsSpan(_samples.First(i), _samples.Length(i)).CopyTo(own.AsSpan(to));
                to += _samples.Length(i);
            }

            return own;
        }

        /// <summary>Numbers of its tokens into those of all responses.</summary>
        public void Scatter(float[] own, float[] all)
        {
            var from = 0;
            foreach (var i in _which)
            {
                own.AsSpan(from, _samples.Length(i)).CopyTo(all.AsSpan(_samples.First(i)));
                from += _samples.Length(i);
            }
        }
    }

    /// <summary>The responses of an actor, of all its parts one after the other, and what is known of each of their tokens.</summary>
    private sealed class Samples
    {
        private readonly List<(ResponseSamples Part, int Index, int First)> _all = [];

        public Samples(IEnumerable<ResponseSamples> parts)
        {
            var old = new List<float>();
            foreach (var part in parts)
            {
                for (var i = 0; i < part.Count; i++)
                {
                    _all.Add((part, i, Tokens));
                    Tokens += Length(_all.Count - 1);
                }

                old.AddRange(part.LogProbabilities);
            }

            Old = [.. old];
            if (Old.Length != Tokens) throw new ArgumentException(FormattableString.Invariant($"there are {Old.Length} log-probabilities of {Tokens} tokens"), nameof(parts));
            (Values, Advantages, Targets) = (new float[Tokens], new float[Tokens], new float[Tokens]);
        }

        public int Count => _all.Count;

        /// <summary>Tokens of all responses.</summary>
        public int Tokens { get; }

        public float[] Old { get; }

        public float[]? Partner { get; set; }

        public float[] Values { get; }

        public float[] Advantages { get; }

        public float[] Targets { get; }

        /// <summary>Number of a response's first token among those of all.</summary>
        public int First(int i) => _all[i].First;

        public int Length(int i) => Whole(i) - Prompt(i);

        public int Prompt(int i) => _all[i].Part.Prompts[_all[i].Index];

        /// <summary>Tokens of a prompt and its response.</summary>
        public int Whole(int i) => _all[i].Part.Starts[_all[i].Index + 1] - _all[i].Part.Starts[_all[i].Index];

        public double Return(int i) => _all[i].Part.Returns[_all[i].Index];

        public IReadOnlyList<int> Sequence(int i) => new ArraySegment<int>(_all[i].Part.Tokens, _all[i].Part.Starts[_all[i].Index], Whole(i));

        /// <summary>Mean and 1 / (standard deviation + 1e-8) of the advantages of some responses' tokens; the variance divides by n - 1.</summary>
        public (float Mean, float Scale) Moments(int[] which)
        {
            var (sum, squares, count) = (0.0, 0.0, 0);
            foreach (var i in which)
            {
                foreach (double advantage in Advantages.AsSpan(First(i), Length(i)))
                {
                    sum += advantage;
                    squares += advantage * advantage;
                }

                count += Length(i);
            }

            var mean = sum / count;
            var variance = count > 1 ? Math.Max(0, (squares - (sum * mean)) / (count - 1)) : 0;
            return ((float)mean, (float)(1 / (Math.Sqrt(variance) + 1e-8)));
        }

        /// <summary>1 - Var(targets - values) / Var(targets); 0 where targets do not vary.</summary>
        public double ExplainedVariance()
        {
            double sum = 0, squares = 0, errors = 0, errorSquares = 0;
            for (var token = 0; token < Tokens; token++)
            {
                double target = Targets[token];
                var error = target - Values[token];
                sum += target;
                squares += target * target;
                errors += error;
                errorSquares += error * error;
            }

            var variance = (squares / Tokens) - (sum / Tokens * (sum / Tokens));
            var errorVariance = (errorSquares / Tokens) - (errors / Tokens * (errors / Tokens));
            return variance > 0 ? 1 - (errorVariance / variance) : 0;
        }
    }
}
