using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Language.Debate;
using Srpo.Language.Models;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Language.Torch.Tests;

/// <summary>Teams of language models that are trained in debates, on a minute model of random weights that copies, mostly, what it wants.</summary>
public sealed class DebateTrainingTests : IClassFixture<TalkingModel>
{
    private const string Rules = """{"questions": "arithmetic:level=1", "wording": "short", "promptTokens": 200, "responseTokens": 6, "historyTokens": 240}""";

    private readonly TalkingModel _model;

    public DebateTrainingTests(TalkingModel model)
    {
        TorchLanguage.Register();
        _model = model;
    }

    private PopulationSpec Spec(string method, bool shared, int rank = 2) => new()
    {
        Population = "debaters",
        Environment = EnvironmentFactory.Resolve(new EnvironmentSettings("debate", "tiny", Rules)),
        Teams = 1,
        Seed = 3,
        Training = new TrainingSettings
        {
            Method = method,
            SharePolicy = shared,
            Iterations = 3,
            Lanes = 2,
            Horizon = 3,
            EvaluationSteps = 3,
            Epochs = 2,
            Minibatches = 2,
            Discount = 1,
            GaeLambda = 1,
            Entropy = 0.01,
            LearningRate = 1e-3,
            CurveInterval = 6,
            CurveEpisodes = 2,
            Device = "torch:cpu",
            Adversary = new AdversarySettings { Kl = KlDirection.AdversaryToPolicy, Entropy = 0.05 },
            Language = new LanguageSettings { Model = _model.Path, LoraRank = rank, LoraAlpha = 4, Precision = LanguagePrecision.Float32, CriticLearningRate = 1e-3, MicroBatchTokens = 1000, AdversarySeat = AdversarySeat.Drawn },
        },
    };

    private static async Task<LearnerState[]> Train(LocalTeam team, int rounds)
    {
        for (var i = 0; i < rounds; i++) await team.Training.TrainAsync();
        return team.Training.States!;
    }

    private static void AssertSame(LearnerState[] expected, LearnerState[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal((expected[i].Version, expected[i].AdamSteps), (actual[i].Version, actual[i].AdamSteps));
            Assert.Equal(expected[i].Parameters, actual[i].Parameters);
            Assert.Equal(expected[i].FirstMoment, actual[i].FirstMoment);
            Assert.Equal(expected[i].SecondMoment, actual[i].SecondMoment);
        }
    }

    private static void AssertSame(DebateOutcomes expected, DebateOutcomes actual)
    {
        Assert.Equal(expected.Questions, actual.Questions);
        Assert.Equal(expected.Responses, actual.Responses);
        Assert.Equal(expected.Tokens, actual.Tokens);
        Assert.Equal(expected.Repetition, actual.Repetition);
    }

    [TorchTheory]
    [InlineData("ippo", false)]
    [InlineData("srpo", true)]
    public async Task A_team_trains_with_the_same_bits_also_when_it_goes_on_in_the_middle(string method, bool shared)
    {
        var spec = Spec(method, shared);
        using var team = new LocalTeam(spec);
        var first = await Train(team, 1);
        var point = await team.Training.EvaluateAsync();
        var last = await Train(team, 2);
        Assert.All(last, state => Assert.True(state.IsFinite));
        Assert.All(last, state => Assert.Equal((3, 12), (state.Version, state.AdamSteps)));
        Assert.All(first.Zip(last), pair => Assert.NotEqual(pair.First.Parameters, pair.Second.Parameters));

        // Another process would begin with the states alone.
        using var later = new LocalTeam(spec);
        later.Training.States = first;
        var again = await later.Training.EvaluateAsync();
        Assert.Equal(point!.MeanReturn, again!.MeanReturn);
        AssertSame(point.Debates!, again.Debates!);
        Assert.Equal(2 * 3 * 2, point.Debates!.Responses.Length);
        AssertSame(last, await Train(later, 2));
    }

    [TorchFact]
    public async Task Srpo_with_an_agent_a_seat_and_other_methods_train_too()
    {
        foreach (var (method, shared, actors) in new[] { ("srpo", false, 4), ("ippo", true, 1), ("pure-adversarial", true, 2) })
        {
            using var team = new LocalTeam(Spec(method, shared));
            Assert.Equal(actors, (await Train(team, 1)).Length);
        }
    }

    [TorchFact]
    public async Task All_weights_can_learn()
    {
        using var team = new LocalTeam(Spec("ippo", true, rank: 0));
        var state = team.Training.States![0];
        using var folder = ModelFolder.Open(_model.Path);
        Assert.Equal(folder.ParameterCount, team.Architecture.PolicyParameters);
        Assert.Equal((2 * folder.ParameterCount) + folder.Config.HiddenSize + 1, team.Architecture.ParameterCount);
        var tensors = team.Architecture.Tensors("agent.0.", state.Parameters).ToDictionary(tensor => tensor.Name);
        var embedding = new float[tensors["agent.0.policy.model.embed_tokens.weight"].Values.Length];
        folder.CopyTo("model.embed_tokens.weight", embedding);
        Assert.Equal(embedding, tensors["agent.0.policy.model.embed_tokens.weight"].Values);
        var next = (await Train(team, 1))[0];
        Assert.NotEqual(state.Parameters, next.Parameters);
        Assert.True(next.IsFinite);
    }

    [TorchFact]
    public void Actors_begin_as_fresh_models_do_and_adversaries_as_their_agents()
    {
        var spec = Spec("srpo", shared: true);
        var architecture = ArchitectureRegistry.Of(spec);
        Assert.Equal(architecture, ArchitectureRegistry.Of(Spec("srpo", shared: true)));
        Assert.NotEqual(architecture, ArchitectureRegistry.Of(Spec("srpo", shared: true, rank: 3)));
        var agent = architecture.Create(spec, 0, new ActorId(ActorKind.Agent, 0));
        Assert.Equal(agent.Parameters, architecture.Create(spec, 0, new ActorId(ActorKind.Adversary, 0)).Parameters);
        Assert.NotEqual(agent.Parameters, architecture.Create(spec, 1, new ActorId(ActorKind.Agent, 0)).Parameters);
        Assert.NotEqual(agent.Parameters, architecture.Create(spec, 0, new ActorId(ActorKind.Agent, 1)).Parameters);

        using var model = _model.Open();
        using var fresh = model.WithAdapter(new LoraConfig { Rank = 2, Alpha = 4 }, values: true, 77);
        var begun = new float[fresh.Learned.Length];
        LoraConfig.Begin(fresh.Learned, 77, begun);
        Assert.Equal(fresh.Save().Parameters, begun);
        Assert.Equal(fresh.Learned.Parts.Select(part => part.Name), SharedModels.Layouts(architecture.Adapter!).Critic.Parts.Select(part => part.Name));
        var names = architecture.Tensors("", agent.Parameters).Select(tensor => tensor.Name).ToArray();
        Assert.Equal("policy.base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", names[0]);
        Assert.Equal("critic.value_head.bias", names[^1]);
        Assert.Equal(architecture.ParameterCount, architecture.Tensors("", agent.Parameters).Sum(tensor => tensor.Values.Length));
        Assert.Equal(64, architecture.Hash(agent.Parameters).Length);
        var changed = agent.Parameters.ToArray();
        changed[^1]++;
        Assert.Equal(architecture.Hash(agent.Parameters), architecture.Hash(changed));
        changed[0]++;
        Assert.NotEqual(architecture.Hash(agent.Parameters), architecture.Hash(changed));
    }

    [TorchFact]
    public void Log_probabilities_that_were_recorded_are_those_that_the_update_sees()
    {
        var spec = Spec("srpo", shared: true);
        spec = spec with { Training = spec.Training with { Epochs = 1, Minibatches = 1, Lanes = 4, Adversary = spec.Training.Adversary with { Entropy = 0 } } };
        var architecture = (DebaterArchitecture)ArchitectureRegistry.Of(spec);
        var plan = TeamPlan.For(spec, EnvironmentFactory.Info(spec.Environment));
        LearnerState[] states = [.. plan.Actors.Select(actor => architecture.Create(spec, 0, actor))];

        // The adversary is somewhere else than its agent.
        var moved = states[1].Parameters.ToArray();
        for (var i = 0; i < architecture.PolicyParameters; i++) moved[i] += 0.2f * (i % 3 - 1);
        states[1] = states[1] with { Parameters = moved };
        using var player = architecture.CreatePlayer(spec, 0, plan.Instances[0], plan);
        var rollout = player.Play(1, [.. states.Select(state => state.Parameters)]);
        Recorded(architecture, rollout, states);
        using var updater = architecture.CreateUpdater(spec.Training, plan);
        var metrics = updater.Update([new TeamRound(spec.Seed, 0, 1, states, [rollout])])[0].Metrics;
        Assert.Equal(0, metrics[0].Kl);
        Assert.True(metrics[1].Kl > 0.5, $"{metrics[1].Kl}");

        // The first step of an epoch finds no ratio that could be clipped.
        Assert.All(metrics, one => Assert.Equal(0, one.ClipFraction));
    }

    private void Recorded(DebaterArchitecture architecture, Rollout rollout, LearnerState[] states)
    {
        Assert.Equal([4 * 3, 4 * 2], rollout.Responses.Select(part => part.Count));
        using var model = _model.Open();
        using var policy = model.WithAdapter(SharedModels.Lora(architecture.Form), values: false, 0);
        var zeros = new float[policy.Learned.Length];
        foreach (var part in rollout.Responses)
        {
            Assert.Equal((part.Actor, -1), (part.Actor, part.Seat));
            policy.Restore(new LearnedState(states[part.Actor].Parameters[..zeros.Length], zeros, zeros, 0));
            var batch = TokenBatch.Of([.. Enumerable.Range(0, part.Count).Select(i => part.Tokens[part.Starts[i]..part.Starts[i + 1]])]);
            var logs = new float[part.LogProbabilities.Length];
            policy.LogProbabilities(batch, batch.After(part.Prompts), 1, logs, []);
            for (var i = 0; i < logs.Length; i++) Assert.Equal(logs[i], part.LogProbabilities[i], 2e-3);
        }
    }

    [TorchFact]
    public void Matches_are_of_the_test_questions_and_replays_are_transcripts()
    {
        var spec = Spec("srpo", shared: true);
        var architecture = ArchitectureRegistry.Of(spec);
        FrozenTeam[] runs = [.. Enumerable.Range(0, 2).Select(team => FrozenTeam.Shared(architecture.Freeze(Scattered(architecture, spec, team)), 2))];
        using var player = ArchitectureRegistry.CreateMatchPlayer(spec.Environment);
        var rules = new MatchRules(Seating.Mixed, 3, 3);
        var results = player.Play(9, 0, runs[0], 0, runs, rules);
        Assert.Equal(2, results.Length);
        Assert.All(results, result => Assert.Equal([0, 1, 2, 3], result.Debates!.Questions));
        Assert.Equal(6, results[0].Debates!.Independent!.Draws);
        Assert.Equal(24, results[0].Debates!.Independent!.Strict.Length);
        Assert.Null(results[1].Debates!.Independent);

        // Pairs by themselves, by another player, are the same.
        using var other = ArchitectureRegistry.CreateMatchPlayer(spec.Environment);
        var same = other.Play(9, 0, runs[0], 1, [runs[1]], rules)[0];
        Assert.Equal(results[1].MeanReturn, same.MeanReturn);
        AssertSame(results[1].Debates!, same.Debates!);

        var frames = player.Replay(9, 1, runs[0].Seats, 3);
        Assert.Equal(4, frames.Count);
        Assert.StartsWith("Question 1: ", frames[0].Drawing, StringComparison.Ordinal);
        Assert.All(Enumerable.Range(1, 3), round => Assert.StartsWith($"Round {round} of 3\n", frames[round].Drawing, StringComparison.Ordinal));
        Assert.True(frames[^1].EpisodeEnded);
        Assert.Contains("qwen3-tiny (seat 1)", frames[2].Drawing, StringComparison.Ordinal);
    }

    private static float[] Scattered(ActorArchitecture architecture, PopulationSpec spec, int team)
    {
        var parameters = architecture.Create(spec, team, new ActorId(ActorKind.Agent, 0)).Parameters;
        for (var i = 0; i < parameters.Length; i++) parameters[i] += 0.1f * ((i + team) % 5 - 2);
        return parameters;
    }

    [TorchFact]
    public void What_was_cancelled_or_diverged_leaves_nothing_behind()
    {
        var spec = Spec("ippo", shared: true);
        var architecture = ArchitectureRegistry.Of(spec);
        var plan = TeamPlan.For(spec, EnvironmentFactory.Info(spec.Environment));
        LearnerState[] states = [architecture.Create(spec, 0, plan.Actors[0])];
        using var player = architecture.CreatePlayer(spec, 0, plan.Instances[0], plan);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => player.Play(1, [states[0].Parameters], cancellation: cancelled.Token));
        Assert.StartsWith("no debate", player.Render(), StringComparison.Ordinal);
        var rollout = player.Play(1, [states[0].Parameters]);
        Assert.StartsWith("Question ", player.Render(), StringComparison.Ordinal);
        using var updater = architecture.CreateUpdater(spec.Training, plan);
        Assert.ThrowsAny<OperationCanceledException>(() => updater.Update([new TeamRound(3, 0, 1, states, [rollout])], cancelled.Token));
        using var fresh = architecture.CreateUpdater(spec.Training, plan);
        var expected = fresh.Update([new TeamRound(3, 0, 1, states, [rollout])])[0];

        // Two teams at once, after another one: no bit is different.
        var other = rollout with { Responses = [.. rollout.Responses.Select(part => part with { Returns = [.. part.Returns.Select((_, i) => i % 2f)] })] };
        var both = fresh.Update([new TeamRound(3, 1, 1, states, [other]), new TeamRound(3, 0, 1, states, [rollout])]);
        AssertSame(expected.States, both[1].States);
        Assert.NotEqual(both[0].States[0].Parameters, both[1].States[0].Parameters);
        Assert.Equal(expected.Metrics, both[1].Metrics);

        var broken = rollout with { Responses = [.. rollout.Responses.Select(part => part with { Returns = [.. part.Returns.Select(_ => float.PositiveInfinity)] })] };
        Assert.Contains("agent 0", Assert.Throws<DivergedException>(() => fresh.Update([new TeamRound(3, 0, 1, states, [broken])])).Message, StringComparison.Ordinal);
    }

    [TorchFact]
    public void Weights_are_held_once_and_files_that_changed_are_refused()
    {
        using var folder = new TemporaryFolder();
        var path = TalkingModel.Copy(folder.Path, "qwen2-tiny");
        var spec = Spec("ippo", shared: true);
        spec = spec with { Training = spec.Training with { Language = spec.Training.Language! with { Model = path } } };
        var source = ArchitectureRegistry.Source("debate")!;
        Assert.Empty(source.Problems(spec));
        var prepared = source.Prepare(spec, folder.Path, (_, _) => { }, CancellationToken.None);
        Assert.Equal(ModelIdentity.Of(path), prepared.Language!.Weights);
        Assert.Equal(prepared, source.Prepare(spec with { Training = prepared }, folder.Path, (_, _) => { }, CancellationToken.None));

        var form = DebaterArchitecture.Of(spec with { Training = prepared }).Form;
        using (var one = SharedModels.Acquire(form))
        using (var two = SharedModels.Acquire(form))
        {
            Assert.Same(one.Model, two.Model);
        }

        File.AppendAllText(Path.Combine(path, "generation_config.json"), "\n");
        var error = Assert.Throws<SrpoException>(() => source.Prepare(spec with { Training = prepared }, folder.Path, (_, _) => { }, CancellationToken.None));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(prepared.Language.Weights, error.Message, StringComparison.Ordinal);
        Assert.Contains(ModelIdentity.Of(path), error.Message, StringComparison.Ordinal);
        SharedModels.Sweep(TimeSpan.Zero);
        Assert.Throws<SrpoException>(() => SharedModels.Acquire(form));
        SharedModels.Sweep(TimeSpan.Zero);

        File.Delete(Path.Combine(path, "tokenizer.json"));
        Assert.Contains("tokenizer.json", Assert.Single(source.Problems(spec)).ToString(), StringComparison.Ordinal);
    }

    [TorchFact]
    public void What_debates_cannot_do_is_named_by_its_setting()
    {
        var spec = Spec("srpo", shared: true);
        Assert.Empty(ArchitectureRegistry.Problems(spec));
        Assert.Equal(["language.model"], Fields(settings => settings with { Language = null }));
        Assert.Equal(["language.model"], Fields(settings => settings with { Language = settings.Language! with { Model = "/nowhere/model" } }));
        Assert.Equal(["language.model"], Fields(settings => settings with { Language = settings.Language! with { Model = "trained:nothing" } }));
        Assert.Equal(["evaluationSteps"], Fields(settings => settings with { Horizon = 2 }));
        Assert.Equal(["horizon"], Fields(settings => settings with { Horizon = 50, EvaluationSteps = 50 }));
        Assert.Equal(["learner.device"], Fields(settings => settings with { Device = "cpu" }));
        Assert.Equal(["learner.device"], Fields(settings => settings with { Device = "torch:cuda+bf16" }));
        Assert.Equal(["adversary.kl"], Fields(settings => settings with { Adversary = new() }));
        Assert.Equal(["adversary.critic"], Fields(settings => settings with { SharePolicy = false, Adversary = settings.Adversary with { Critic = AdversaryCritic.Shared } }));
        Assert.Equal(["method"], Fields(settings => settings with { Method = "e3t" }));
        var wide = spec with { Environment = new EnvironmentSettings("debate", "wide", """{"questions": "arithmetic:level=1", "historyTokens": 100000}""") };
        Assert.Contains("needs a context of 100000 tokens", Assert.Single(ArchitectureRegistry.Problems(wide)).ToString(), StringComparison.Ordinal);

        IEnumerable<string> Fields(Func<TrainingSettings, TrainingSettings> change) => ArchitectureRegistry.Problems(spec with { Training = change(spec.Training) }).Select(problem => problem.Field);
    }
}

/// <summary>A minute model of random weights with a chat template.</summary>
public sealed class TalkingModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TalkingModel() => Path = Copy(_folder.Path, "qwen3-tiny");

    public string Path { get; }

    public static string Copy(string parent, string name)
    {
        var path = System.IO.Path.Combine(parent, name);
        Directory.CreateDirectory(path);
        foreach (var file in new[] { "config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json" })
            File.Copy(System.IO.Path.Combine(TestModels.Reference(name), file), System.IO.Path.Combine(path, file));
        File.WriteAllText(System.IO.Path.Combine(path, "chat_template.jinja"), "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}{% if add_generation_prompt %}answer: {% endif %}");
        return path;
    }

    public TorchCausalModel Open()
    {
        using var folder = ModelFolder.Open(Path);
        return TorchCausalModel.Open(folder, ModelPrecision.Float32);
    }

    public void Dispose() => _folder.Dispose();
}
