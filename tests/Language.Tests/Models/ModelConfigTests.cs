using System.Text;
using System.Text.Json.Nodes;
using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Language.Models;

namespace Srpo.Language.Tests.Models;

public sealed class ModelConfigTests
{
    private const string Qwen2 = """
        {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "vocab_size": 384, "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "rope_theta": 1000000.0}
        """;

    private const string Llama = """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 384, "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2}
        """;

    private const string Scaling = """{"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}""";

    [Fact]
    public void The_reference_configurations_are_read()
    {
        var qwen2 = ModelConfigFile.Read(TinyModel.Reference("qwen2-tiny/config.json"));
        Assert.Equal((ModelFamily.Qwen2, 384, 64, 160, 2, 4, 2, 16), (qwen2.Family, qwen2.VocabSize, qwen2.HiddenSize, qwen2.IntermediateSize, qwen2.Layers, qwen2.Heads, qwen2.KeyValueHeads, qwen2.HeadDim));
        Assert.Equal((1e-6, 1e6, 32768, true, TensorType.F32), (qwen2.RmsNormEps, qwen2.Rope.Theta, qwen2.MaxPositions, qwen2.TieWordEmbeddings, qwen2.StoredType));
        Assert.Equal((true, false, false, false), (qwen2.QueryKeyValueBias, qwen2.OutputBias, qwen2.MlpBias, qwen2.QueryKeyNorm));
        Assert.Equal(368, qwen2.BosTokenId);
        Assert.Equal([370], qwen2.EosTokenIds);
        Assert.Null(qwen2.PadTokenId);

        var qwen3 = ModelConfigFile.Read(TinyModel.Reference("qwen3-tiny/config.json"));
        Assert.Equal((ModelFamily.Qwen3, 32, true, false, false), (qwen3.Family, qwen3.HeadDim, qwen3.QueryKeyNorm, qwen3.QueryKeyValueBias, qwen3.OutputBias));

        var llama = ModelConfigFile.Read(TinyModel.Reference("llama3-tiny-bf16/config.json"));
        Assert.Equal((ModelFamily.Llama, 16, 1e-5, 5e5, TensorType.BF16), (llama.Family, llama.HeadDim, llama.RmsNormEps, llama.Rope.Theta, llama.StoredType));
        Assert.Equal(new LlamaRopeScaling(32, 1, 4, 8192), llama.Rope.Llama3);
        Assert.Equal([369, 373, 374], llama.EosTokenIds);
    }

    [Fact]
    public void How_to_sample_is_read_and_what_is_missing_comes_from_the_model()
    {
        var (_, config, generation) = ModelFolder.ReadConfigs(TinyModel.Reference("llama3-tiny"));
        Assert.Equal((true, 0.7, 20, 0.8, 0.0, 1.1), (generation.DoSample, generation.Temperature, generation.TopK, generation.TopP, generation.MinP, generation.RepetitionPenalty));
        Assert.Equal([369, 373, 374], generation.EosTokenIds);
        Assert.Equal((368, 368), (generation.BosTokenId, generation.PadTokenId));

        using var model = new TinyModel("qwen2-tiny");
        File.WriteAllText(model.At("generation_config.json"), """{"top_p": 0.5, "eos_token_id": null, "bos_token_id": [1, 2], "something": {}}""");
        generation = GenerationConfig.Read(model.At("generation_config.json"), config);
        Assert.Equal((false, 1.0, 50, 0.5, 1), (generation.DoSample, generation.Temperature, generation.TopK, generation.TopP, generation.BosTokenId));
        Assert.Equal([369, 373, 374], generation.EosTokenIds);
        foreach (var (field, value) in new[] { ("temperature", "0"), ("top_p", "0"), ("top_p", "1.5"), ("top_k", "-1"), ("min_p", "2"), ("repetition_penalty", "0"), ("do_sample", "1"), ("eos_token_id", "384"), ("eos_token_id", "-1") })
        {
            File.WriteAllText(model.At("generation_config.json"), $$"""{"{{field}}": {{value}}}""");
            var error = Assert.Throws<SrpoException>(() => ModelFolder.ReadConfigs(model.Folder));
            Assert.StartsWith($"{model.At("generation_config.json")}: {field}: must be ", error.Message, StringComparison.Ordinal);
            Assert.EndsWith($"not {value} (line 1, column {field.Length + 6})", error.Message, StringComparison.Ordinal);
        }

        File.Delete(model.At("generation_config.json"));
        Assert.Equal([370], ModelFolder.ReadConfigs(model.Folder).Generation.EosTokenIds);
    }

    /// <summary>What Hugging Face's classes say where a file says nothing.</summary>
    [Fact]
    public void What_is_missing_or_null_has_the_values_of_the_architecture()
    {
        var qwen2 = Parse(Qwen2);
        Assert.Equal((16, 1e-6, 32768, false, 0.02), (qwen2.HeadDim, qwen2.RmsNormEps, qwen2.MaxPositions, qwen2.TieWordEmbeddings, qwen2.InitializerRange));
        Assert.Empty(qwen2.EosTokenIds);
        Assert.Null(qwen2.StoredType);
        var llama = Parse(Llama);
        Assert.Equal((10000.0, 2048, 16, false, false), (llama.Rope.Theta, llama.MaxPositions, llama.HeadDim, llama.QueryKeyValueBias, llama.MlpBias));
        Assert.Equal(4, Parse(Change(Llama, "num_key_value_heads", "null")).KeyValueHeads);
        Assert.Equal(32, Parse(Change(Qwen2, "head_dim", "32")).HeadDim);
        Assert.Equal(128, Parse(Change(Change(Qwen2, "model_type", "\"qwen3\""), "architectures", "null")).HeadDim);
        Assert.Equal(ModelFamily.Qwen2, Parse(Change(Qwen2, "model_type", "null")).Family);
        Assert.Equal(TensorType.F16, Parse(Change(Qwen2, "dtype", "\"float16\"")).StoredType);
        var biased = Parse(Change(Change(Llama, "attention_bias", "true"), "mlp_bias", "true"));
        Assert.Equal((true, true, true), (biased.QueryKeyValueBias, biased.OutputBias, biased.MlpBias));
        Assert.False(Parse(Change(Qwen2, "attention_bias", "true")).OutputBias);
    }

    [Theory]
    [InlineData("rope_scaling", Scaling)]
    [InlineData("rope_parameters", """{"rope_theta": 500000, "rope_type": "llama3", "factor": 32, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 8192}""")]
    public void Both_forms_of_rope_say_the_same(string field, string value)
    {
        var json = Change(Change(Llama, field, value), "rope_theta", field == "rope_scaling" ? "500000.0" : "null");
        Assert.Equal(new RopeConfig { Theta = 5e5, Llama3 = new LlamaRopeScaling(32, 1, 4, 8192) }, Parse(json).Rope);
    }

    [Fact]
    public void Rope_may_be_plain_in_either_form()
    {
        Assert.Equal(new RopeConfig { Theta = 1e6 }, Parse(Change(Qwen2, "rope_scaling", """{"type": "default"}""")).Rope);
        Assert.Equal(new RopeConfig { Theta = 1e6 }, Parse(Change(Change(Qwen2, "rope_theta", "null"), "rope_parameters", """{"rope_type": "default", "rope_theta": 1000000.0}""")).Rope);
        Assert.Equal(new RopeConfig { Theta = 1e6 }, Parse(Change(Qwen2, "rope_parameters", """{"rope_type": "default", "rope_theta": 1000000.0}""")).Rope);
    }

    [Theory]
    [InlineData("model_type", "\"gpt2\"", "model_type: 'gpt2' is not known; known are qwen2, qwen3, llama")]
    [InlineData("model_type", "\"qwen3\"", "architectures: 'Qwen2ForCausalLM' does not go with the model_type 'qwen3'")]
    [InlineData("architectures", """["Qwen2ForSequenceClassification"]""", "architectures: 'Qwen2ForSequenceClassification' is not known; known are Qwen2ForCausalLM, Qwen3ForCausalLM, LlamaForCausalLM")]
    [InlineData("architectures", "3", "architectures: must be a list, not 3")]
    [InlineData("vocab_size", "0", "vocab_size: must be a whole number between 1 and 16777216, not 0")]
    [InlineData("vocab_size", "-5", "vocab_size: must be a whole number between 1")]
    [InlineData("vocab_size", "3.5", "vocab_size: must be a whole number between 1")]
    [InlineData("vocab_size", "null", "vocab_size: is missing; write for example 151936")]
    [InlineData("hidden_size", "1e12", "hidden_size: must be a whole number between 1")]
    [InlineData("hidden_size", "99999999999999999999", "hidden_size: must be a whole number between 1")]
    [InlineData("hidden_size", "66", "num_attention_heads: must divide hidden_size, which is 66")]
    [InlineData("hidden_size", "60", "num_attention_heads: makes heads of 15 numbers; that must be even")]
    [InlineData("intermediate_size", "0", "intermediate_size: must be")]
    [InlineData("num_hidden_layers", "0", "num_hidden_layers: must be")]
    [InlineData("num_attention_heads", "0", "num_attention_heads: must be")]
    [InlineData("num_key_value_heads", "3", "num_key_value_heads: must divide num_attention_heads, which is 4; it is 3")]
    [InlineData("num_key_value_heads", "0", "num_key_value_heads: must be")]
    [InlineData("head_dim", "15", "head_dim: must be even")]
    [InlineData("head_dim", "-16", "head_dim: must be a whole number")]
    [InlineData("rms_norm_eps", "-1", "rms_norm_eps: must be at least 0 and at most 1, not -1")]
    [InlineData("rope_theta", "0", "rope_theta: must be above 1")]
    [InlineData("rope_theta", "\"1,5\"", "rope_theta: must be a finite number")]
    [InlineData("rope_scaling", """{"rope_type": "yarn", "factor": 4.0}""", "rope_scaling.rope_type: 'yarn' is not known; known are default, llama3")]
    [InlineData("rope_scaling", """{"type": "linear", "factor": 4.0}""", "rope_scaling.type: 'linear' is not known; known are default, llama3")]
    [InlineData("rope_scaling", """{"factor": 4.0}""", "rope_scaling.rope_type: is missing beside a factor")]
    [InlineData("rope_scaling", """{"rope_type": "llama3", "factor": 4.0}""", "rope_scaling.low_freq_factor: is missing")]
    [InlineData("rope_scaling", """{"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 4.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}""", "rope_scaling.high_freq_factor: must be above low_freq_factor")]
    [InlineData("rope_scaling", "[1]", "rope_scaling: must be an object")]
    [InlineData("rope_parameters", """{"rope_type": "dynamic", "rope_theta": 1000000.0}""", "rope_parameters.rope_type: 'dynamic' is not known")]
    [InlineData("rope_parameters", """{"rope_type": "default", "rope_theta": 5.0}""", "rope_parameters.rope_theta: is 5, and rope_theta beside it 1000000")]
    [InlineData("rope_parameters", """{"full_attention": {}}""", "rope_parameters: positions that differ by the kind of layer")]
    [InlineData("partial_rotary_factor", "0.5", "partial_rotary_factor: ")]
    [InlineData("use_sliding_window", "true", "use_sliding_window: attention in a sliding window is not known")]
    [InlineData("use_sliding_window", "1", "use_sliding_window: must be true or false, not 1")]
    [InlineData("layer_types", """["full_attention", "sliding_attention"]""", "layer_types: 'sliding_attention' is not known")]
    [InlineData("hidden_act", "\"gelu\"", "hidden_act: 'gelu' is not known; known is silu")]
    [InlineData("quantization_config", """{"quant_method": "gptq", "bits": 4}""", "quantization_config: weights that are quantized (gptq) are not known; use the model's folder with weights in F32, F16, BF16")]
    [InlineData("tie_word_embeddings", "\"yes\"", "tie_word_embeddings: must be true or false")]
    [InlineData("eos_token_id", "[1, 384]", "eos_token_id[1]: must be a whole number between 0 and 383, not 384")]
    [InlineData("bos_token_id", "\"<s>\"", "bos_token_id: must be a whole number between 0 and 383")]
    public void What_is_wrong_or_not_known_is_refused_by_file_field_and_place(string field, string value, string problem)
    {
        var error = Assert.Throws<SrpoException>(() => Parse(Change(Qwen2, field, value)));
        Assert.StartsWith("some/config.json: " + problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Usage, error.Kind);
        if (!problem.Contains("is missing", StringComparison.Ordinal)) Assert.Matches(@"\(line \d+, column \d+\)$", error.Message);
    }

    [Theory]
    [InlineData("{", "is not valid JSON: it ends before everything that was opened is closed (line 1, column 2)")]
    [InlineData("", "is not valid JSON: there is nothing in it")]
    [InlineData("[]", "a model configuration must be a JSON object")]
    [InlineData("""{"hidden_size": 64, "hidden_size": 32}""", "hidden_size: is given twice; remove one of the two")]
    [InlineData("{}", "model_type: is missing; known are qwen2, qwen3, llama")]
    public void What_is_no_configuration_is_refused(string json, string problem) =>
        Assert.Contains(problem, Assert.Throws<SrpoException>(() => Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_written_is_read_again()
    {
        foreach (var config in ModelShapes.Names.Select(ModelShapes.Get).Append(Parse(Change(Change(Llama, "attention_bias", "true"), "pad_token_id", "3")) with { StoredType = TensorType.BF16 }))
        {
            var again = Parse(Encoding.UTF8.GetString(ModelConfigFile.Write(config)));
            Assert.Equal(config.EosTokenIds, again.EosTokenIds);
            Assert.Equal(config, again with { EosTokenIds = config.EosTokenIds });
        }
    }

    /// <summary>The numbers that the models' makers give.</summary>
    [Theory]
    [InlineData("qwen2.5-0.5b", 494_032_768)]
    [InlineData("qwen2.5-3b", 3_085_938_688)]
    [InlineData("qwen3-0.6b", 596_049_920)]
    [InlineData("qwen3-4b", 4_022_468_096)]
    [InlineData("llama-3.2-1b", 1_235_814_400)]
    public void Shapes_have_as_many_parameters_as_the_real_models(string name, long parameters) => Assert.Equal(parameters, ModelShapes.Get(name).ParameterCount);

    [Fact]
    public void A_shape_that_does_not_exist_is_told_what_there_is() =>
        Assert.Contains("qwen2.5-0.5b", Assert.Throws<SrpoException>(() => ModelShapes.Get("qwen2.5-0.5")).Message, StringComparison.Ordinal);

    private static ModelConfig Parse(string json) => ModelConfigFile.Parse(json, "some/config.json");

    private static string Change(string json, string field, string value)
    {
        var root = JsonNode.Parse(json)!.AsObject();
        root[field] = JsonNode.Parse(value);
        return root.ToJsonString();
    }
}
