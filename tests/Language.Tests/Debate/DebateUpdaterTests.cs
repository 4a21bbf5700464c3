using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Language.Debate;
using Srpo.Language.Models;
using Srpo.Language.Questions;
using Srpo.Language.Tests.Models;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Language.Tests.Debate;

/// <summary>Debaters on a model that computes without libtorch.</summary>
public sealed class DebateUpdaterTests : IDisposable
{
    private readonly TinyModel _model = new("qwen3-tiny");

    public DebateUpdaterTests()
    {
        DebateSource.Register(new PlainBackend());
        File.WriteAllText(_model.At("chat_template.jinja"), "{% for message in messages %}{{ message.content }}\n{% endfor %}");
    }

    public void Dispose()
    {
        SharedModels.Sweep(TimeSpan.Zero);
        _model.Dispose();
    }

    private PopulationSpec Spec(string method, bool shared, Func<TrainingSettings, TrainingSettings>? change = null)
    {
        var training = new TrainingSettings
        {
            Method = method,
            SharePolicy = shared,
            Lanes = 5,
            Horizon = 3,
            EvaluationSteps = 3,
            Epochs = 1,
            Discount = 1,
            GaeLambda = 1,
            Entropy = 0,
            LearningRate = 0.01,
            CurveEpisodes = 3,
            Device = "torch:cpu",
            Adversary = new AdversarySettings { Kl = KlDirection.AdversaryToPolicy },
            Language = new LanguageSettings { Model = _model.Folder, LoraRank = 1, LoraAlpha = 1, CriticLearningRate = 0.02, WeightDecay = 0, AdversarySeat = AdversarySeat.Drawn },
        };
        return new()
        {
            Population = "debaters",
            Environment = new EnvironmentSettings("debate", "tiny", """{"questions": "arithmetic:level=1", "wording": "short", "promptTokens": 200, "responseTokens": 6, "historyTokens": 300, "reward": "flexible"}"""),
            Teams = 1,
            Seed = 3,
            Training = change?.Invoke(training) ?? training,
        };
    }

    private static TeamPlan Plan(PopulationSpec spec) => TeamPlan.For(spec, EnvironmentFactory.Info(spec.Environment));

    private static LearnerState[] Begin(PopulationSpec spec, TeamPlan plan) => [.. plan.Actors.Select(actor => ArchitectureRegistry.Of(spec).Create(spec, 0, actor))];

    private static Rollout Play(PopulationSpec spec, TeamPlan plan, LearnerState[] states, int instance = 0, int round = 1)
    {
        using var player = ArchitectureRegistry.Of(spec).CreatePlayer(spec, 0, plan.Instances[instance], plan);
        return player.Play(round, [.. plan.Instances[instance].Actors.Select(actor => states[actor].Parameters)]);
    }

    private static TeamUpdate Update(PopulationSpec spec, TeamPlan plan, LearnerState[] states, params Rollout[] rollouts)
    {
        using var updater = ArchitectureRegistry.Of(spec).CreateUpdater(spec.Training, plan);
        return updater.Update([new TeamRound(spec.Seed, 0, 1, states, rollouts)])[0];
    }

    private static LearnerState Moved(LearnerState state, int count) =>
        state with { Parameters = [.. state.Parameters.Select((number, i) => i < count ? number + (0.3f * ((i % 7) - 3)) : number)] };

    [Fact]
    public void Ippo_has_a_part_a_seat_and_srpo_leaves_out_what_the_adversary_says_last()
    {
        var spec = Spec("ippo", shared: false);
        var rollout = Play(spec, Plan(spec), Begin(spec, Plan(spec)));
        Assert.Equal([(0, 0, 15), (1, 1, 15)], rollout.Responses.Select(part => (part.Actor, part.Seat, part.Count)));
        Assert.Equal((5, 3, 0), (rollout.Lanes, rollout.Steps, rollout.Parts.Count));
        Assert.Equal(rollout.Tokens, rollout.Responses.Sum(part => part.LogProbabilities.Length));

        spec = Spec("srpo", shared: true);
        rollout = Play(spec, Plan(spec), Begin(spec, Plan(spec)));
        Assert.Equal([(0, -1, 15), (1, -1, 10)], rollout.Responses.Select(part => (part.Actor, part.Seat, part.Count)));

        // With an agent a seat, the adversary of one is in the other's seat, and each pair has questions of its own.
        spec = Spec("srpo", shared: false);
        var plan = Plan(spec);
        var states = Begin(spec, plan);
        var (first, second) = (Play(spec, plan, states, 0), Play(spec, plan, states, 1));
        Assert.Equal([(0, 0, 15), (2, 1, 10)], first.Responses.Select(part => (part.Actor, part.Seat, part.Count)));
        Assert.Equal([(3, 0, 10), (1, 1, 15)], second.Responses.Select(part => (part.Actor, part.Seat, part.Count)));
        Assert.NotEqual(first.Responses[0].Tokens[..first.Responses[0].Prompts[0]], second.Responses[0].Tokens[..second.Responses[0].Prompts[0]]);
    }

    [Fact]
    public void Returns_are_those_of_the_rewards()
    {
        var spec = Spec("srpo", shared: true, settings => settings with { Lanes = 40, Discount = 0.5, Language = settings.Language! with { AdversarySeat = AdversarySeat.Second } });
        var rollout = Play(spec, Plan(spec), Begin(spec, Plan(spec)));
        var (agent, adversary) = (rollout.Responses[0], rollout.Responses[1]);
        Assert.Contains(1f, agent.Rewards);
        for (var lane = 0; lane < 40; lane++)
        {
            var rewards = new double[3, 2];
            for (var round = 0; round < 3; round++) rewards[round, 0] = agent.Rewards[(3 * lane) + round];
            var expected = DebateReturns.Srpo(rewards, 0.5, 1);
            for (var round = 0; round < 3; round++) Assert.Equal((float)expected[round, 0].Value, agent.Returns[(3 * lane) + round]);
            for (var round = 0; round < 2; round++) Assert.Equal((float)expected[round, 1].Value, adversary.Returns[(2 * lane) + round]);
        }

        Assert.Equal(Enumerable.Range(0, 40).Sum(lane => agent.Rewards[(3 * lane) + 2]), rollout.SeatRewards[0]);
    }

    [Fact]
    public void Steps_of_policies_and_critics_decay_with_the_rounds()
    {
        var spec = Spec("ippo", shared: true, settings => settings with { Lanes = 40, LearningRateDecay = LearningRateDecay.Linear, Iterations = 4 });
        var plan = Plan(spec);
        var states = Begin(spec, plan);
        var rollout = Play(spec, plan, states);
        var (first, third) = (After(1), After(3));
        var policy = ArchitectureRegistry.Of(spec).PolicyParameters;
        var before = states[0].Parameters;
        for (var i = 0; i < before.Length; i++) Assert.Equal(0.5 * (first[i] - before[i]), third[i] - before[i], 1e-6);
        Assert.Contains(Enumerable.Range(0, policy), i => Math.Abs(first[i] - before[i]) > 5e-3);
        Assert.Contains(Enumerable.Range(policy, before.Length - policy), i => Math.Abs(first[i] - before[i]) > 1e-2);

        float[] After(int round)
        {
            using var updater = ArchitectureRegistry.Of(spec).CreateUpdater(spec.Training, plan);
            return updater.Update([new TeamRound(spec.Seed, 0, round, states, [rollout])])[0].States[0].Parameters;
        }
    }

    [Fact]
    public void What_only_critics_that_are_networks_have_is_refused()
    {
        Assert.Empty(ArchitectureRegistry.Problems(Spec("ippo", shared: true)));
        var problems = ArchitectureRegistry.Problems(Spec("ippo", shared: true, settings => settings with { CriticLearningRate = 1e-3, NormaliseValues = true, ValueClip = 0.2, HuberDelta = 10 }));
        Assert.Equal(["criticLearningRate", "huberDelta", "normaliseValues", "valueClip"], problems.Select(problem => problem.Field).Order());
        Assert.Contains(problems, problem => problem.Remedy.Contains("language.criticLearningRate", StringComparison.Ordinal));
    }

    [Fact]
    public void A_step_is_along_the_gradient_of_what_the_paper_says()
    {
        var spec = Spec("srpo", shared: true, settings => settings with { Tau = 0.5, LearningRate = 1e-3 });
        var plan = Plan(spec);
        var states = Begin(spec, plan);
        var length = ArchitectureRegistry.Of(spec).PolicyParameters;
        states[1] = Moved(states[1], length);
        var rollout = Play(spec, plan, states);
        var update = Update(spec, plan, states, rollout);

        // Token by token: the reward of the last one, less the price, all that is still to come less the value; the direction of a first step of Adam is the gradient's sign.
        using var shared = SharedModels.Acquire(((DebaterArchitecture)ArchitectureRegistry.Of(spec)).Form);
        using var policy = Restored(shared.Model.Learner(Form(), false), states[1].Parameters[..length]);
        using var partner = Restored(shared.Model.Learner(Form(), false), states[0].Parameters[..length]);
        using var critic = Restored(shared.Model.Learner(Form(), true), states[1].Parameters[length..]);
        var part = rollout.Responses[1];
        var batch = TokenBatch.Of([.. Enumerable.Range(0, part.Count).Select(i => part.Tokens[part.Starts[i]..part.Starts[i + 1]])]);
        var predictions = batch.After(part.Prompts);
        var (own, theirs, values) = (new float[predictions.Count], new float[predictions.Count], new float[predictions.Count]);
        policy.LogProbabilities(batch, predictions, 1, own, []);
        partner.LogProbabilities(batch, predictions, 1, theirs, []);
        critic.Values(batch, predictions.At, values);
        Assert.Equal(own, part.LogProbabilities, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(own.Zip(theirs).Average(pair => pair.First - (double)pair.Second), update.Metrics[1].Kl, 1e-4);
        Assert.True(update.Metrics[1].Kl > 0.01);
        var (advantages, token) = (new float[predictions.Count], 0);
        for (var i = 0; i < part.Count; i++)
        {
            var tokens = part.Starts[i + 1] - part.Starts[i] - part.Prompts[i];
            for (var t = 0; t < tokens; t++)
            {
                var rest = (double)part.Returns[i];
                for (var later = t; later < tokens; later++) rest -= (own[token + later] - (double)theirs[token + later]) / 0.5;
                advantages[token + t] = (float)(rest - values[token + t]);
            }

            token += tokens;
        }

        var expected = new double[length];
        for (var i = 0; i < predictions.Count; i++)
        {
            // A loss that is the token's log-probability alone gives the direction in which it grows.
            policy.Restore(new LearnedState(states[1].Parameters[..length], new float[length], new float[length], 0));
            policy.Backward(batch, new Predictions([predictions.At[i]], [predictions.Targets[i]]), 1, new Slope(-advantages[i] / predictions.Count));
            policy.Step(new Srpo.Language.Training.AdamWSettings(0, WeightDecay: 0, FirstBeta: 0));
            var moments = policy.Save().FirstMoments;
            for (var k = 0; k < length; k++) expected[k] += moments[k];
        }

        var (moved, checkedNumbers) = (update.States[1].Parameters, 0);
        for (var k = 0; k < length; k++)
        {
            if (Math.Abs(expected[k]) < 1e-4) continue;
            Assert.Equal(-Math.Sign(expected[k]), Math.Sign(moved[k] - states[1].Parameters[k]));
            checkedNumbers++;
        }

        Assert.True(checkedNumbers > 20, $"{checkedNumbers}");

        AdapterForm Form() => ((DebaterArchitecture)ArchitectureRegistry.Of(spec)).Form;

        static ICausalModel Restored(ICausalModel model, float[] parameters)
        {
            model.Restore(new LearnedState(parameters, new float[parameters.Length], new float[parameters.Length], 0));
            return model;
        }
    }

    [Fact]
    public void A_large_price_brings_an_adversary_back_to_its_agent()
    {
        var spec = Spec("srpo", shared: true, settings => settings with { Tau = 0.01, LearningRate = 0.05, Lanes = 30, Discount = 0 });
        var plan = Plan(spec);
        var states = Begin(spec, plan);
        states[1] = Moved(states[1], ArchitectureRegistry.Of(spec).PolicyParameters);
        var kl = new List<double>();
        for (var round = 1; round <= 12; round++)
        {
            var update = Update(spec, plan, states, Play(spec, plan, states, round: round));
            kl.Add(update.Metrics[1].Kl);
            Assert.Equal(0, update.Metrics[0].Kl);

            // The agent stays where it is: it is the adversary that comes back.
            states = [states[0] with { Version = round }, update.States[1]];
        }

        Assert.True(kl[0] > 0.1, $"{kl[0]}");
        Assert.True(kl[^1] < 0.7 * kl[0], string.Join(", ", kl));
    }

    [Fact]
    public void Micro_batches_change_nothing_but_rounding_and_minibatches_are_of_whole_responses()
    {
        var spec = Spec("ippo", shared: true, settings => settings with { Minibatches = 4, Epochs = 2, NormaliseAdvantages = true, Entropy = 0.01 });
        var plan = Plan(spec);
        var states = Begin(spec, plan);
        var rollout = Play(spec, plan, states);
        Assert.Equal([15, 15], rollout.Responses.Select(part => part.Count));
        var whole = Update(spec, plan, states, rollout);
        var small = Spec("ippo", shared: true, settings => spec.Training with { Language = spec.Training.Language! with { MicroBatchTokens = 1 } });
        var cut = Update(small, plan, states, rollout);
        Assert.Equal(8, whole.States[0].AdamSteps);
        Assert.Equal(whole.States[0].Parameters, cut.States[0].Parameters, (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal(whole.Metrics[0].PolicyLoss, cut.Metrics[0].PolicyLoss, 1e-4);
        Assert.Equal(whole.States[0].Parameters, Update(spec, plan, states, rollout).States[0].Parameters);
        Assert.Equal((1, 0.0), (whole.States[0].Version, whole.Metrics[0].PrivateCost));
        Assert.True(double.IsFinite(whole.Metrics[0].ExplainedVariance) && double.IsFinite(whole.Metrics[0].Entropy) && whole.Metrics[0].Entropy > 0);
    }

    [Fact]
    public void An_actor_without_responses_stays_and_rewards_that_are_all_nothing_divide_by_nothing()
    {
        var spec = Spec("ippo", shared: false, settings => settings with { NormaliseAdvantages = true });
        var plan = Plan(spec);
        var states = Begin(spec, plan);
        var rollout = Play(spec, plan, states);
        rollout = rollout with { Responses = [rollout.Responses[0] with { Returns = new float[15], Rewards = new float[15] }] };
        var update = Update(spec, plan, states, rollout);
        Assert.Equal((1, 0L), (update.States[1].Version, update.States[1].AdamSteps));
        Assert.Same(states[1].Parameters, update.States[1].Parameters);
        Assert.True(update.States[0].IsFinite);
        Assert.Equal(0, update.Metrics[0].ExplainedVariance);
        Assert.Equal(0, update.Metrics[0].Return);
    }

    [Fact]
    public void Rounds_take_the_questions_in_their_order_and_curves_always_the_same()
    {
        var spec = Spec("ippo", shared: true, settings => settings with { Lanes = 2 });
        var plan = Plan(spec);
        var states = Begin(spec, plan);
        using var player = ArchitectureRegistry.Of(spec).CreatePlayer(spec, 0, plan.Instances[0], plan);
        var order = new QuestionOrder(new ArithmeticQuestions(1, QuestionSplit.Train), spec.Seed, 0);
        for (var round = 1; round <= 3; round++)
        {
            player.Play(round, [states[0].Parameters]);
            Assert.Contains(order.At((round - 1) * 2).Text, player.Render(), StringComparison.Ordinal);
        }

        var (before, after) = (player.Evaluate(0, [states[0].Parameters]), player.Evaluate(4, [states[0].Parameters]));
        Assert.Equal([0, 1, 2], before.Debates!.Questions);
        Assert.Equal([0, 1, 2], after.Debates!.Questions);
        Assert.Equal((4, 4 * 2 * 3L), (after.Round, after.AgentSteps));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => player.Evaluate(5, [states[0].Parameters], cancelled.Token));
    }

    [Fact]
    public void A_cancelled_update_ends_between_micro_batches()
    {
        var spec = Spec("ippo", shared: true, settings => settings with { Language = settings.Language! with { MicroBatchTokens = 1 } });
        var plan = Plan(spec);
        var states = Begin(spec, plan);
        var rollout = Play(spec, plan, states);
        using var source = new CancellationTokenSource();
        var passes = 0;
        PlainModel.Watch = _ =>
        {
            if (++passes == 5) source.Cancel();
        };
        try
        {
            using var updater = ArchitectureRegistry.Of(spec).CreateUpdater(spec.Training, plan);
            Assert.ThrowsAny<OperationCanceledException>(() => updater.Update([new TeamRound(spec.Seed, 0, 1, states, [rollout])], source.Token));
            Assert.Equal(5, passes);
        }
        finally
        {
            PlainModel.Watch = null;
        }
    }

    [Fact]
    public void A_population_takes_a_seat_each_and_mixed_ones_both()
    {
        var spec = Spec("ippo", shared: true);
        var architecture = ArchitectureRegistry.Of(spec);
        var team = FrozenTeam.Shared(architecture.Freeze(architecture.Create(spec, 0, new ActorId(ActorKind.Agent, 0)).Parameters), 2);
        var other = FrozenTeam.Shared(architecture.Freeze(Moved(architecture.Create(spec, 1, new ActorId(ActorKind.Agent, 0)), architecture.PolicyParameters).Parameters), 2);
        using var player = ArchitectureRegistry.CreateMatchPlayer(spec.Environment);
        var ordered = player.Play(1, 0, team, 1, [other], new MatchRules(Seating.Ordered, 4, 3))[0];
        var mixed = player.Play(1, 0, team, 1, [other], new MatchRules(Seating.Mixed, 4, 3))[0];
        Assert.Equal((4, 4), (ordered.Debates!.Questions.Length, mixed.Debates!.Questions.Length));

        // The row is in seat 1 of every other debate, and counts as first all the same.
        Assert.Equal(mixed.SeatReturns[0], Enumerable.Range(0, 4).Average(i => mixed.Debates.Responses[mixed.Debates.Index(i, 2, 0)] & (byte)ResponseOutcome.Strict));
        Assert.Throws<ArgumentException>(() => player.Play(1, 0, team, 1, [other], new MatchRules(Seating.Mixed, 4, 41)));
        Assert.Throws<ArgumentException>(() => DebaterPolicy.Of(((DebaterArchitecture)architecture).Form, new float[3]));
    }

    [Fact]
    public void No_round_goes_on_with_a_debate_of_the_round_before()
    {
        var spec = Spec("ippo", shared: true, settings => settings with { ContinueEpisodes = true });
        var problem = Assert.Single(TeamPlan.Problems(spec, EnvironmentFactory.Info(spec.Environment)));
        Assert.Equal(("continueEpisodes", "use false"), (problem.Field, problem.Remedy));
        Assert.Contains("an episode of debate", problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Before_a_run_begins_questions_and_model_are_looked_at()
    {
        var spec = Spec("ippo", shared: true);
        var source = ArchitectureRegistry.Source("debate")!;
        var prepared = source.Prepare(spec, _model.Beside("models"), (_, _) => { }, CancellationToken.None);
        Assert.Equal((_model.Folder, 64), (prepared.Language!.Model, prepared.Language.Weights.Length));
        Assert.Equal(prepared, source.Prepare(spec with { Training = prepared }, _model.Beside("models"), (_, _) => { }, CancellationToken.None));
        Assert.Contains("makes a prompt of", Refused(Rules("\"questions\": \"arithmetic:level=6\", \"promptTokens\": 20")), StringComparison.Ordinal);

        var data = Directory.CreateDirectory(_model.Beside("data")).FullName;
        string[] lines = [.. Enumerable.Range(0, 20).Select(i => $$"""{"question": "What is {{i}} + 0?", "answer": "{{i}}"}""")];
        File.WriteAllLines(Path.Combine(data, "train.jsonl"), lines);
        File.WriteAllLines(Path.Combine(data, "test.jsonl"), lines[..1]);
        Assert.Contains("what is tested must not be trained on", Refused(Rules($"\"questions\": \"gsm8k:{data}\"")), StringComparison.Ordinal);
        Assert.Contains("name a folder with train.jsonl and test.jsonl", Refused(Rules($"\"questions\": \"gsm8k:{data}/train.jsonl\"")), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(data, "test.jsonl"), """{"question": "What is 3 + 4?", "answer": "7"}""");
        Assert.Equal(64, source.Prepare(spec with { Environment = Rules($"\"questions\": \"gsm8k:{data}\"") }, "", (_, _) => { }, CancellationToken.None).Language!.Weights.Length);

        // Matches take no more questions than there are.
        using var player = ArchitectureRegistry.CreateMatchPlayer(Rules($"\"questions\": \"gsm8k:{data}\""));
        var architecture = ArchitectureRegistry.Of(spec);
        var team = FrozenTeam.Shared(architecture.Freeze(architecture.Create(spec, 0, new ActorId(ActorKind.Agent, 0)).Parameters), 2);
        Assert.Contains("use evaluation.episodes of at most 1", Assert.Throws<SrpoException>(() => player.Play(1, 0, team, 0, [team], new MatchRules(Seating.Ordered, 2, 3))).Message, StringComparison.Ordinal);

        string Refused(EnvironmentSettings environment) => Assert.Throws<SrpoException>(() => source.Prepare(spec with { Environment = environment }, "", (_, _) => { }, CancellationToken.None)).Message;

        static EnvironmentSettings Rules(string fields) => new("debate", "mine", $$"""{"wording": "short", {{fields}}}""");
    }

    /// <summary>A loss with one slope.</summary>
    private sealed class Slope(float slope) : Srpo.Language.Training.ITokenLoss
    {
        public bool UsesEntropy => false;

        public void Add(int first, ReadOnlySpan<float> logProbabilities, ReadOnlySpan<float> entropies, Span<float> byLogProbability, Span<float> byEntropy)
        {
            byLogProbability.Fill(slope);
            byEntropy.Clear();
        }
    }
}
