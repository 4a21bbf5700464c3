using System.Text.Json.Nodes;
using Srpo.Core.Errors;
using Srpo.Language.Models;
using Srpo.Language.Training;
using Srpo.Language.Verification;
using static TorchSharp.torch;

namespace Srpo.Language.Torch.Tests;

public class TorchCausalModelTests
{
    private static readonly LoraConfig Adapter = new() { Rank = 3, Alpha = 6 };

    private static readonly AdamWSettings Step = new(1e-2);

    private static ICausalModel Open(ModelFolder folder, ModelPrecision precision, bool rounded) =>
        rounded ? TorchCausalModel.OpenRounded(folder, precision) : TorchCausalModel.Open(folder, precision);

    [TorchTheory]
    [InlineData("qwen2-tiny")]
    [InlineData("qwen3-tiny")]
    [InlineData("llama3-tiny")]
    public void Models_of_the_reference_agree(string name)
    {
        var report = LanguageCheck.Run(TestModels.Reference(name), null, Open);
        Assert.Equal([], report.Deviations.Where(deviation => !deviation.IsWithin));
        Assert.Equal([], report.Absent);
        Assert.True(report.Agrees);
        Assert.True(report.Deviations.Count > 40);
        Assert.Contains(report.Deviations, deviation => deviation is { Case: "forward short", Quantity: "weights of attention, layer 0" });
    }

    [TorchTheory]
    [InlineData("attentions_layer0", null, "past")]
    [InlineData("attentions_layer7", null, "forward[0].attentions_layer7: should be of one of the model's layers, attentions_layer0 to attentions_layer1")]
    [InlineData("attentions_layer0", "[[[1]]]", "forward[0].attentions_layer0: is of 1 heads, and the model has 4")]
    [InlineData("attentions_layer0", "[[], [], [], []]", "forward[0].attentions_layer0[0]: is of 0 tokens, and there are 12")]
    public void Weights_of_attention_that_are_others_are_found_out(string field, string? value, string outcome)
    {
        using var temporary = new TemporaryFolder();
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(TestModels.Reference("qwen2-tiny"), LanguageCheck.FileName)))!;
        var part = root["forward"]![0]!.AsObject();
        var heads = part["attentions_layer0"]!.AsArray();
        part.Remove("attentions_layer0");

        // Heads 1 and 2 share no keys.
        if (outcome == "past") (heads[1], heads[2]) = (heads[2]!.DeepClone(), heads[1]!.DeepClone());
        part[field] = value is null ? heads : JsonNode.Parse(value);
        var reference = Path.Combine(temporary.Path, "reference.json");
        File.WriteAllText(reference, new JsonObject { ["forward"] = new JsonArray(part.DeepClone()) }.ToJsonString());
        if (outcome == "past")
        {
            var deviation = Assert.Single(LanguageCheck.Run(TestModels.Reference("qwen2-tiny"), reference, Open).Deviations, deviation => !deviation.IsWithin);
            Assert.Equal("weights of attention, layer 0", deviation.Quantity);
            Assert.Matches("^head [12], token ", deviation.Place);
            return;
        }

        Assert.Contains(outcome, Assert.Throws<SrpoException>(() => LanguageCheck.Run(TestModels.Reference("qwen2-tiny"), reference, Open)).Message, StringComparison.Ordinal);
    }

    [TorchTheory]
    [InlineData("\"rms_norm_eps\": 1e-05", "\"rms_norm_eps\": 1e-06", "forward short")]
    [InlineData("\"factor\": 32.0", "\"factor\": 16.0", "rope")]
    [InlineData("\"rope_theta\": 500000.0", "\"rope_theta\": 10000.0", "forward short")]
    public void A_model_that_is_computed_otherwise_is_found_out(string written, string wrong, string part)
    {
        using var temporary = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(TestModels.Reference("llama3-tiny"))) File.Copy(file, Path.Combine(temporary.Path, Path.GetFileName(file)));
        var config = Path.Combine(temporary.Path, "config.json");
        var text = File.ReadAllText(config);
        Assert.Contains(written, text);
        File.WriteAllText(config, text.Replace(written, wrong));
        var report = LanguageCheck.Run(temporary.Path, null, Open);
        Assert.False(report.Agrees);
        Assert.Contains(report.Deviations, deviation => deviation.Case == part && !deviation.IsWithin);
    }

    public static TheoryData<string> Forms => [.. Configs.Keys];

    private static Dictionary<string, ModelConfig> Configs { get; } = new()
    {
        ["heads wider than the states"] = TestModels.Small() with { HeadDim = 16 },
        ["heads of their own width, not tied"] = TestModels.Small() with { HeadDim = 4, TieWordEmbeddings = false },
        ["one head of keys"] = TestModels.Small() with { KeyValueHeads = 1 },
        ["as many heads of keys as of queries"] = TestModels.Small() with { KeyValueHeads = 6 },
        ["all biases"] = TestModels.Small() with { AttentionBias = true, MlpBias = true },
        ["biases of queries, keys and values"] = TestModels.Small(ModelFamily.Qwen2),
        ["norms of heads"] = TestModels.Small(ModelFamily.Qwen3) with { HeadDim = 6, TieWordEmbeddings = false },
        ["norms of heads and biases"] = TestModels.Small(ModelFamily.Qwen3) with { AttentionBias = true },
        ["stretched rotations"] = TestModels.Small() with { Rope = new RopeConfig { Theta = 500, Llama3 = new LlamaRopeScaling(8, 1, 4, 64) } },
    };

    [TorchTheory]
    [MemberData(nameof(Forms))]
    public void Every_form_of_model_computes_what_its_definition_says(string form)
    {
        using var temporary = new TemporaryFolder();
        using var folder = ModelFolder.Open(TestModels.Write(temporary.Path, Configs[form]));
        using var model = TorchCausalModel.Open(folder, ModelPrecision.Float32);
        var (first, second) = (TestModels.Tokens(9, 50), TestModels.Tokens(4, 50, 2));
        int[] positions = [0, 1, 2, 3, 40, 41, 100, 101, 102];
        var logits = new float[13 * 50];
        model.Logits(TokenBatch.WithPositions([first, second], [positions, [0, 1, 2, 3]]), logits);
        var plain = new PlainTransformer(folder);
        double[] wanted = [.. plain.Logits(first, positions).SelectMany(row => row), .. plain.Logits(second, [0, 1, 2, 3]).SelectMany(row => row)];
        Assert.True(wanted.Max() - wanted.Min() > 1, "logits that hardly differ show nothing");
        for (var i = 0; i < wanted.Length; i++) Assert.Equal(wanted[i], logits[i], 2e-4);
        for (var layer = 0; layer < 2; layer++)
        {
            var weights = model.Attentions(TokenBatch.WithPositions([first, second], [positions, [0, 1, 2, 3]]), layer);
            Near(plain.Attentions(first, positions, layer), weights[0]);
            Near(plain.Attentions(second, [0, 1, 2, 3], layer), weights[1]);
        }

        GradientsAgree(model, own: true, values: true);
        GradientsAgree(model, own: false, values: true);
    }

    /// <summary>Sequences longer than a head is wide, one of them longer than a block of queries, and one that is computed together with another.</summary>
    [TorchFact]
    public void Weights_of_attention_are_those_of_every_way_to_attend()
    {
        using var temporary = new TemporaryFolder();
        using var folder = ModelFolder.Open(TestModels.Write(temporary.Path, TestModels.Small()));
        using var model = TorchCausalModel.Open(folder, ModelPrecision.Float32);
        int[][] sequences = [TestModels.Tokens(1, 50), TestModels.Tokens(140, 50, 2), TestModels.Tokens(21, 50, 3), TestModels.Tokens(20, 50, 4)];
        var plain = new PlainTransformer(folder);
        var weights = model.Attentions(TokenBatch.Of(sequences), 1);
        for (var i = 0; i < sequences.Length; i++) Near(plain.Attentions(sequences[i], [.. Enumerable.Range(0, sequences[i].Length)], 1), weights[i]);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Attentions(TokenBatch.Of(sequences), 2));
    }

    private static void Near(double[] wanted, float[] found)
    {
        Assert.Equal(wanted.Length, found.Length);
        for (var i = 0; i < wanted.Length; i++) Assert.Equal(wanted[i], found[i], 1e-5);
    }

    [TorchFact]
    public void An_adapter_of_some_layers_has_their_gradients()
    {
        using var temporary = new TemporaryFolder();
        using var folder = ModelFolder.Open(TestModels.Write(temporary.Path, TestModels.Small()));
        using var model = TorchCausalModel.Open(folder, ModelPrecision.Float32);
        GradientsAgree(model, own: false, values: false, new LoraConfig { Rank = 2, Alpha = 2, TargetModules = ["v_proj", "gate_proj"] });
    }

    /// <summary>Slopes along a direction against differences of the loss.</summary>
    private static void GradientsAgree(ICausalModel shared, bool own, bool values, LoraConfig? adapter = null)
    {
        using var model = own ? shared.WithOwnWeights(values) : shared.WithAdapter(adapter ?? Adapter, values, 1);
        var state = model.Save();
        if (!own) state = state with { Parameters = TestModels.Normals((int)model.Learned.Length, 3, 0.2) };
        if (own && values) TestModels.Normals(25, 4, 0.3).CopyTo(state.Parameters.AsSpan((int)model.Learned.Find("value_head.weight")!.Offset));
        model.Restore(state);
        var batch = TokenBatch.Of(TestModels.Tokens(7, 50), TestModels.Tokens(5, 50, 5));
        var predictions = batch.After([3, 1]);
        var old = new float[predictions.Count];
        model.LogProbabilities(batch, predictions, 0.8, old, []);
        for (var i = 0; i < old.Length; i++) old[i] += 0.05f * ((i % 3) - 1);
        var (advantages, returns) = (TestModels.Normals(old.Length, 6), TestModels.Normals(old.Length, 7));

        Check(Policy, () => new PpoTokenLoss(new PpoTokenSettings(EntropyWeight: 0.1, KlWeight: 0.2), old, advantages, (ReadOnlyMemory<float>)TestModels.Normals(old.Length, 8, 0.1).Zip(old, (a, b) => a + b).ToArray(), old.Length));
        if (values) Check(Value, () => null);

        double Policy(PpoTokenLoss? loss)
        {
            model.Backward(batch, predictions, 0.8, loss!);
            return loss!.Report.Loss;
        }

        double Value(PpoTokenLoss? _)
        {
            var loss = new SquaredValueLoss(returns, default, null, returns.Length);
            model.Backward(batch, predictions.At, loss);
            return loss.Loss;
        }

        void Check(Func<PpoTokenLoss?, double> backward, Func<PpoTokenLoss?> make)
        {
            model.Restore(state);
            backward(make());
            var gradient = new float[model.Learned.Length];
            model.ReadGradient(gradient);
            for (ulong seed = 20; seed < 23; seed++)
            {
                const float size = 3e-4f;
                var direction = TestModels.Normals(gradient.Length, seed);
                var slope = gradient.Zip(direction, (g, d) => (double)g * d).Sum();
                var (above, below) = (At(size), At(-size));
                var difference = (above - below) / (2 * size);
                Assert.True(Math.Abs(slope - difference) < 0.02 * (1 + Math.Abs(slope)), $"slope {slope}, difference {difference}");

                double At(float step)
                {
                    model.Restore(state with { Parameters = [.. state.Parameters.Zip(direction, (p, d) => p + (step * d))] });
                    return backward(make());
                }
            }
        }
    }

    [TorchTheory]
    [InlineData(2)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(300)]
    public void Attention_in_blocks_is_attention(int length)
    {
        using var scope = NewDisposeScope();
        var (queries, keys, values) = (randn(length, 6, 8).requires_grad_(true), randn(length, 2, 8).requires_grad_(true), randn(length, 2, 8).requires_grad_(true));
        var weights = randn(length, 48);
        var blocks = Transformer.Attend(queries, keys, values, null, causal: true);

        // What is masked by hand is computed by the fused kernel.
        var fused = Transformer.Attend(queries, keys, values, ones(length, length, dtype: ScalarType.Bool).tril().view(1, 1, length, length), causal: false);
        Assert.True(blocks.sub(fused).abs().max().item<float>() < 1e-5);
        Tensor[] inputs = [queries, keys, values];
        var slopes = autograd.grad([blocks], inputs, [weights]).Zip(autograd.grad([fused], inputs, [weights]));
        foreach (var (first, second) in slopes) Assert.True(first.sub(second).abs().max().item<float>() < 1e-4);
    }

    [TorchFact]
    public void A_long_sequence_is_what_its_beginning_is()
    {
        // Beyond what is attended to in blocks.
        using var model = TestModels.Open("qwen2-tiny");
        var text = TestModels.Tokens(1100, 384);
        var (whole, part) = (new float[1100 * 384], new float[900 * 384]);
        model.Logits(TokenBatch.Of(text), whole);
        model.Logits(TokenBatch.Of(text[..900]), part);
        for (var i = 0; i < part.Length; i++) Assert.True(Math.Abs(whole[i] - part[i]) < 1e-3);
    }

    [TorchTheory]
    [InlineData(ModelPrecision.Float32)]
    [InlineData(ModelPrecision.BFloat16)]
    public void What_is_computed_again_has_the_same_bits(ModelPrecision precision)
    {
        using var shared = TestModels.Open("qwen3-tiny", precision);
        var gradients = new List<float[]>();
        foreach (var bytes in new[] { 0, 40_000, 1L << 30 })
        {
            shared.ActivationBytes = bytes;
            using var model = shared.WithOwnWeights(values: false);
            Learn(model);
            var gradient = new float[model.Learned.Length];
            model.ReadGradient(gradient);
            gradients.Add(gradient);
        }

        Assert.Contains(gradients[0], value => value != 0);
        Assert.Equal(gradients[0], gradients[1]);
        Assert.Equal(gradients[0], gradients[2]);
    }

    [TorchFact]
    public void Micro_batches_add_up_to_the_whole()
    {
        using var shared = TestModels.Open("llama3-tiny");
        using var model = shared.WithAdapter(Adapter, values: false, 1);
        var sequences = new[] { TestModels.Tokens(20, 384), TestModels.Tokens(11, 384, 2), TestModels.Tokens(3, 384, 3) };
        var all = TokenBatch.Of(sequences);
        var total = all.All().Count;
        model.Backward(all, all.All(), 1, new CrossEntropyLoss(total));
        var (whole, parts) = (new float[model.Learned.Length], new float[model.Learned.Length]);
        model.ReadGradient(whole);
        model.Restore(model.Save());
        foreach (var sequence in sequences)
        {
            var one = TokenBatch.Of(sequence);
            model.Backward(one, one.All(), 1, new CrossEntropyLoss(total));
        }

        model.ReadGradient(parts);
        for (var i = 0; i < whole.Length; i++) Assert.Equal(whole[i], parts[i], 1e-5);
    }

    [TorchFact]
    public void A_state_that_was_saved_goes_on_with_the_same_bits()
    {
        using var shared = TestModels.Open("qwen2-tiny");
        using var first = shared.WithAdapter(Adapter, values: true, 7);
        for (var i = 0; i < 3; i++) Train(first);
        var saved = first.Save();
        for (var i = 0; i < 3; i++) Train(first);
        using var second = shared.WithAdapter(Adapter, values: true, 8);
        second.Restore(saved);
        Assert.Equal(3, second.Save().Steps);
        for (var i = 0; i < 3; i++) Train(second);
        AssertSame(first.Save(), second.Save());
        Assert.NotEqual(saved.Parameters, first.Save().Parameters);
    }

    [TorchTheory]
    [InlineData(ModelPrecision.Float32)]
    [InlineData(ModelPrecision.BFloat16)]
    public void Models_that_learn_at_the_same_time_have_the_bits_of_those_that_learn_in_turn(ModelPrecision precision)
    {
        var (alone, together) = (new LearnedState[2], new LearnedState[2]);
        using (var shared = TestModels.Open("qwen2-tiny", precision))
        {
            for (var i = 0; i < 2; i++) alone[i] = Run(shared, i);
        }

        using (var shared = TestModels.Open("qwen2-tiny", precision))
        {
            var threads = Enumerable.Range(0, 2).Select(i => new Thread(() => together[i] = Run(shared, i))).ToArray();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
        }

        for (var i = 0; i < 2; i++) AssertSame(alone[i], together[i]);
        Assert.NotEqual(alone[0].Parameters, alone[1].Parameters);

        static LearnedState Run(TorchCausalModel shared, int number)
        {
            using var model = shared.WithAdapter(Adapter, values: true, (ulong)number);
            for (var i = 0; i < 10; i++) Train(model);
            return model.Save();
        }
    }

    [TorchTheory]
    [InlineData(ModelPrecision.Float32)]
    [InlineData(ModelPrecision.BFloat16)]
    public void A_model_learns_a_text_by_heart(ModelPrecision precision)
    {
        using var shared = TestModels.Open("qwen3-tiny", precision);
        using var model = shared.WithOwnWeights(values: false);
        var batch = TokenBatch.Of(TestModels.Tokens(12, 384));
        var losses = new List<double>();
        for (var i = 0; i < 30; i++)
        {
            var loss = new CrossEntropyLoss(batch.Count - 1);
            model.Backward(batch, batch.All(), 1, loss);
            losses.Add(loss.Loss);
            model.Step(new AdamWSettings(3e-3));
        }

        Assert.True(losses[0] > 5 && losses[^1] < 0.2, $"from {losses[0]} to {losses[^1]}");
    }

    [TorchFact]
    public void A_text_may_come_in_pieces()
    {
        using var model = TestModels.Open("qwen3-tiny");
        var text = TestModels.Tokens(30, 384);
        var logits = new float[30 * 384];
        model.Logits(TokenBatch.Of(text), logits);
        using var cache = model.CreateCache(3, 40);
        var (one, two) = (new float[384], new float[2 * 384]);

        // Row 1 holds something else first; rows 0 and 2 go ahead of it.
        model.Prefill(cache, [1], [TestModels.Tokens(25, 384, 9)], one);
        cache.Truncate(1, 0);
        model.Prefill(cache, [2, 0], [text[..10], text[..4]], two);
        Same(two.AsSpan(0, 384), 9);
        Same(two.AsSpan(384), 3);
        model.Prefill(cache, [1, 2], [text[..1], text[10..20]], two);
        Same(two.AsSpan(0, 384), 0);
        Same(two.AsSpan(384), 19);
        model.Step(cache, [2, 1], [text[20], text[1]], two);
        Same(two.AsSpan(0, 384), 20);
        Same(two.AsSpan(384), 1);
        model.Step(cache, [0, 1], [text[4], text[2]], two);
        Same(two.AsSpan(0, 384), 4);
        Same(two.AsSpan(384), 2);
        Assert.Equal((5, 3, 21), (cache.Length(0), cache.Length(1), cache.Length(2)));

        void Same(Span<float> found, int token)
        {
            for (var i = 0; i < 384; i++) Assert.Equal(logits[(token * 384) + i], found[i], 1e-4);
        }
    }

    [TorchFact]
    public void A_row_without_room_says_so_and_keeps_what_it_holds()
    {
        using var model = TestModels.Open("qwen2-tiny");
        using var cache = model.CreateCache(2, 6);
        var logits = new float[2 * 384];
        model.Prefill(cache, [0, 1], [[1, 2, 3], [4, 5, 6, 7, 8]], logits);
        var error = Assert.Throws<SrpoException>(() => model.Prefill(cache, [0, 1], [[1], [2, 3]], new float[2 * 384]));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains("no room for 2 more: the cache holds 6", error.Message);
        Assert.Equal((3, 5), (cache.Length(0), cache.Length(1)));
        Assert.Contains("token 384 is not in the model's vocabulary of 384", Assert.Throws<SrpoException>(() => model.Step(cache, [0], [384], new float[384])).Message);
        Assert.Equal(3, cache.Length(0));
    }

    [TorchFact]
    public void A_gradient_that_is_no_number_changes_nothing()
    {
        using var shared = TestModels.Open("qwen2-tiny");
        using var model = shared.WithAdapter(Adapter, values: false, 1);
        Train(model);
        var before = model.Save();
        var batch = TokenBatch.Of(TestModels.Tokens(5, 384));
        model.Backward(batch, batch.All(), 1, new PpoTokenLoss(new PpoTokenSettings(), new float[4], new[] { 1, float.NaN, 1, 1 }, null, 4));
        var error = Assert.Throws<SrpoException>(() => model.Step(Step));
        Assert.Contains("not finite", error.Message);
        AssertSame(before, model.Save());
        Train(model);
        Assert.DoesNotContain(model.Save().Parameters, value => !float.IsFinite(value));
    }

    [TorchFact]
    public void A_state_of_another_form_is_refused()
    {
        using var shared = TestModels.Open("qwen2-tiny");
        using var model = shared.WithAdapter(Adapter, values: false, 1);
        var error = Assert.Throws<SrpoException>(() => model.Restore(new LearnedState(new float[5], new float[5], new float[5], 1)));
        Assert.Contains("was given 5 parameters", error.Message);
    }

    [TorchFact]
    public void Equal_weights_are_in_memory_once()
    {
        using var temporary = new TemporaryFolder();
        var path = TestModels.Write(temporary.Path, TestModels.Small() with { EosTokenIds = [3] }, 44);
        using var folder = ModelFolder.Open(path);
        using var again = ModelFolder.Open(path);
        using var first = TorchCausalModel.Open(folder, ModelPrecision.Float32);
        var second = TorchCausalModel.Open(again, ModelPrecision.Float32);
        Assert.Same(first.Weights, second.Weights);
        var adapter = second.WithAdapter(Adapter, values: false, 1);
        second.Dispose();
        Train(adapter);
        adapter.Dispose();
        using var rounded = TorchCausalModel.OpenRounded(folder, ModelPrecision.Float32);
        Assert.NotSame(first.Weights, rounded.Weights);
    }

    [TorchFact]
    public void Memory_does_not_grow_with_steps()
    {
        using var shared = TestModels.Open("qwen2-tiny");
        using var model = shared.WithAdapter(Adapter, values: true, 1);
        using var cache = model.CreateCache(2, 64);
        var logits = new float[2 * 384];
        for (var i = 0; i < 20; i++) Once();

        // What a step leaves behind is left by every step of every block; what other tests, the collector and the allocator do meanwhile is not in all of them.
        var (tensors, bytes) = (long.MaxValue, long.MaxValue);
        for (var block = 0; block < 4; block++)
        {
            Collect();
            var (tensorsBefore, bytesBefore) = (Tensor.TotalCount, Resident());
            for (var i = 0; i < 50; i++) Once();

            // Before the collector frees what a step did not.
            tensors = Math.Min(tensors, Tensor.TotalCount - tensorsBefore);
            Collect();
            bytes = Math.Min(bytes, Resident() - bytesBefore);
        }

        Assert.True(tensors < 25, $"at least {tensors} tensors more in every 50 steps");
        Assert.True(bytes < 4 << 20, $"at least {bytes} bytes more in every 50 steps");

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        void Once()
        {
            Train(model);
            cache.Truncate(0, 0);
            cache.Truncate(1, 0);
            model.Prefill(cache, [0, 1], [TestModels.Tokens(9, 384), TestModels.Tokens(5, 384)], logits);
            model.Step(cache, [1, 0], [3, 4], logits);
        }
    }

    [TorchTheory]
    [InlineData("cuda:99", ErrorKind.Environment, "cannot be had")]
    [InlineData("tpu", ErrorKind.Usage, "use cpu, cuda or cuda:N")]
    public void A_device_that_is_not_there_is_named(string device, ErrorKind kind, string part)
    {
        using var folder = ModelFolder.Open(TestModels.Reference("qwen2-tiny"));
        var error = Assert.Throws<SrpoException>(() => TorchCausalModel.Open(folder, ModelPrecision.Float32, device));
        Assert.Equal(kind, error.Kind);
        Assert.Contains(part, error.Message);
    }

    /// <summary>A step along the losses of policy and, where there is one, critic.</summary>
    private static void Train(ICausalModel model)
    {
        Learn(model);
        if (model.HasValues)
        {
            var batch = TokenBatch.Of(TestModels.Tokens(12, 384));
            model.Backward(batch, [3, 4, 5], new SquaredValueLoss(new float[] { 1, 2, 3 }, new float[3], 0.2, 3));
        }

        model.Step(Step);
    }

    private static void Learn(ICausalModel model)
    {
        var batch = TokenBatch.Of(TestModels.Tokens(12, model.Config.VocabSize), TestModels.Tokens(7, model.Config.VocabSize, 2));
        var predictions = batch.After([4, 2]);
        model.Backward(batch, predictions, 1, new PpoTokenLoss(new PpoTokenSettings(EntropyWeight: 0.01), new float[predictions.Count], TestModels.Normals(predictions.Count, 5), null, predictions.Count));
    }

    private static void AssertSame(LearnedState expected, LearnedState found)
    {
        Assert.Equal(expected.Parameters, found.Parameters);
        Assert.Equal(expected.FirstMoments, found.FirstMoments);
        Assert.Equal(expected.SecondMoments, found.SecondMoments);
        Assert.Equal(expected.Steps, found.Steps);
    }

    private static long Resident() => Environment.WorkingSet;
}
