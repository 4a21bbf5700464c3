using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;

namespace Srpo.Language.Models;

/// <summary>
/// config.json as Hugging Face's transformers writes it, in its older form (rope_theta, rope_scaling, torch_dtype) and its newer (rope_parameters, dtype). Fields that
/// change nothing here are left alone; those that would change what the model computes, and are not known, are refused by name.
/// </summary>
public static class ModelConfigFile
{
    /// <summary>Its name in a folder.</summary>
    public const string Name = "config.json";

    private const int MostTokens = 1 << 24;
    private const int Widest = 1 << 20;
    private const int MostLayers = 10_000;
    private const int LongestText = 1 << 30;
    private const int QwenPositions = 32768;
    private const int LlamaPositions = 2048;
    private const int QwenHeadDim = 128;
    private const string Example = """{"model_type": "qwen2", "hidden_size": 896, ...}""";

    private static readonly (string Type, string Architecture, ModelFamily Family)[] Families =
    [
        ("qwen2", "Qwen2ForCausalLM", ModelFamily.Qwen2),
        ("qwen3", "Qwen3ForCausalLM", ModelFamily.Qwen3),
        ("llama", "LlamaForCausalLM", ModelFamily.Llama),
    ];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <exception cref="SrpoException">It is missing or not valid, or what it describes is not known; the message names file, field, line, column and the remedy.</exception>
    public static ModelConfig Read(string path) => ModelFiles.Read(path, "model configuration", Example, Read);

    /// <summary>Reads a text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">How messages name it.</param>
    /// <exception cref="SrpoException">As <see cref="Read(string)"/>.</exception>
    public static ModelConfig Parse(string json, string source) => ModelFiles.Parse(json, source, "model configuration", Example, Read);

    /// <summary>A configuration as a file, in the older form, which programs of either age read.</summary>
    /// <param name="config">The configuration.</param>
    public static byte[] Write(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return ModelFiles.Write(writer =>
        {
            writer.WriteStartArray("architectures");
            writer.WriteStringValue(config.Architecture);
            writer.WriteEndArray();
            if (config.Family != ModelFamily.Qwen2) writer.WriteBoolean("attention_bias", config.AttentionBias);
            writer.WriteNumber("attention_dropout", 0.0);
            if (config.BosTokenId is { } bos) writer.WriteNumber("bos_token_id", bos);
            ModelFiles.WriteTokens(writer, "eos_token_id", config.EosTokenIds);
            writer.WriteNumber("head_dim", config.HeadDim);
            writer.WriteString("hidden_act", "silu");
            writer.WriteNumber("hidden_size", config.HiddenSize);
            writer.WriteNumber("initializer_range", config.InitializerRange);
            writer.WriteNumber("intermediate_size", config.IntermediateSize);
            writer.WriteNumber("max_position_embeddings", config.MaxPositions);
            if (config.Family == ModelFamily.Llama) writer.WriteBoolean("mlp_bias", config.MlpBias);
            writer.WriteString("model_type", config.ModelType);
            writer.WriteNumber("num_attention_heads", config.Heads);
            writer.WriteNumber("num_hidden_layers", config.Layers);
            writer.WriteNumber("num_key_value_heads", config.KeyValueHeads);
            if (config.PadTokenId is { } pad) writer.WriteNumber("pad_token_id", pad);
            writer.WriteNumber("rms_norm_eps", config.RmsNormEps);
            if (config.Rope.Llama3 is { } scaling)
            {
                writer.WriteStartObject("rope_scaling");
                writer.WriteNumber("factor", scaling.Factor);
                writer.WriteNumber("high_freq_factor", scaling.HighFreqFactor);
                writer.WriteNumber("low_freq_factor", scaling.LowFreqFactor);
                writer.WriteNumber("original_max_position_embeddings", scaling.OriginalMaxPositions);
                writer.WriteString("rope_type", "llama3");
                writer.WriteEndObject();
            }
            else
            {
                writer.WriteNull("rope_scaling");
            }

            writer.WriteNumber("rope_theta", config.Rope.Theta);
            writer.WriteBoolean("tie_word_embeddings", config.TieWordEmbeddings);
            if (config.StoredType is { } type) writer.WriteString("torch_dtype", NameOf(type));
            writer.WriteBoolean("use_cache", true);
            if (config.Family != ModelFamily.Llama) writer.WriteBoolean("use_sliding_window", false);
            writer.WriteNumber("vocab_size", config.VocabSize);
        });
    }

    /// <summary>A type of numbers as PyTorch calls it.</summary>
    internal static string NameOf(TensorType type) => type switch
    {
        TensorType.BF16 => "bfloat16",
        TensorType.F16 => "float16",
        TensorType.F64 => "float64",
        _ => "float32",
    };

    private static ModelConfig Read(ConfigFields fields)
    {
        var family = Family(fields);
        if (fields.Find("quantization_config") is not null)
        {
            var method = fields.Object("quantization_config")?.Text("quant_method");
            throw fields.Wrong("quantization_config", $"weights that are quantized{(method is null ? "" : $" ({method})")} are not known; use the model's folder with weights in {string.Join(", ", TensorTypes.Readable)}");
        }

        if (fields.Text("hidden_act") is { } activation and not ("silu" or "swish")) throw fields.Wrong("hidden_act", $"'{activation}' is not known; known is silu");
        if (fields.Flag("use_sliding_window", false)) throw fields.Wrong("use_sliding_window", $"attention in a sliding window is not known; set it to false where texts are shorter than the window");
        if (fields.Texts("layer_types") is { } layerTypes && layerTypes.FirstOrDefault(type => type != "full_attention") is { } layerType)
            throw fields.Wrong("layer_types", $"'{layerType}' is not known; known is full_attention");
        if (fields.Number("partial_rotary_factor", 0, 1, 1) != 1) throw fields.Wrong("partial_rotary_factor", $"rotary positions for a part of a head are not known; known is 1");

        var vocabulary = fields.Whole("vocab_size", 1, MostTokens, "151936");
        var hidden = fields.Whole("hidden_size", 1, Widest, "896");
        var heads = fields.Whole("num_attention_heads", 1, 1 << 16, "14");
        var keyValueHeads = fields.Whole("num_key_value_heads", 1, 1 << 16, heads);
        if (heads % keyValueHeads != 0) throw fields.Wrong("num_key_value_heads", $"must divide num_attention_heads, which is {heads}; it is {keyValueHeads}");
        return new ModelConfig
        {
            Family = family,
            VocabSize = vocabulary,
            HiddenSize = hidden,
            IntermediateSize = fields.Whole("intermediate_size", 1, Widest, "4864"),
            Layers = fields.Whole("num_hidden_layers", 1, MostLayers, "24"),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadDim = HeadDim(fields, family, hidden, heads),
            RmsNormEps = fields.Number("rms_norm_eps", 0, 1, 1e-6),
            Rope = Rope(fields),
            MaxPositions = fields.Whole("max_position_embeddings", 1, LongestText, family == ModelFamily.Llama ? LlamaPositions : QwenPositions),
            TieWordEmbeddings = fields.Flag("tie_word_embeddings", false),
            AttentionBias = family != ModelFamily.Qwen2 && fields.Flag("attention_bias", false),
            MlpBias = family == ModelFamily.Llama && fields.Flag("mlp_bias", false),
            InitializerRange = fields.Number("initializer_range", 0, 10, 0.02),
            StoredType = (fields.Text("dtype") ?? fields.Text("torch_dtype")) switch
            {
                "bfloat16" or "torch.bfloat16" => TensorType.BF16,
                "float16" or "torch.float16" => TensorType.F16,
                "float32" or "torch.float32" => TensorType.F32,
                _ => null,
            },
            BosTokenId = fields.Token("bos_token_id", vocabulary),
            EosTokenIds = fields.Tokens("eos_token_id", vocabulary),
            PadTokenId = fields.Token("pad_token_id", vocabulary),
        };
    }

    private static ModelFamily Family(ConfigFields fields)
    {
        ModelFamily? byType = null;
        if (fields.Text("model_type") is { } type)
        {
            byType = Array.Find(Families, known => known.Type == type) is { Type: not null } found
                ? found.Family
                : throw fields.Wrong("model_type", $"'{type}' is not known; known are {string.Join(", ", Families.Select(known => known.Type))}");
        }

        if (fields.Texts("architectures") is not { Count: > 0 } names) return byType ?? throw fields.Wrong("model_type", $"is missing; known are {string.Join(", ", Families.Select(known => known.Type))}");
        var architecture = Array.Find(Families, known => names.Contains(known.Architecture));
        if (architecture.Architecture is null) throw fields.Wrong("architectures", $"'{names[0]}' is not known; known are {string.Join(", ", Families.Select(known => known.Architecture))}");
        return byType is null || byType == architecture.Family
            ? architecture.Family
            : throw fields.Wrong("architectures", $"'{architecture.Architecture}' does not go with the model_type '{fields.Text("model_type")}'; use the file that belongs to the weights");
    }

    private static int HeadDim(ConfigFields fields, ModelFamily family, int hidden, int heads)
    {
        if (fields.Find("head_dim") is not null || family == ModelFamily.Qwen3)
        {
            var given = fields.Whole("head_dim", 1, 1 << 13, QwenHeadDim);
            return given % 2 == 0 ? given : throw fields.Wrong("head_dim", $"must be even, since rotary positions turn pairs of numbers; it is {given}");
        }

        if (hidden % heads != 0) throw fields.Wrong("num_attention_heads", $"must divide hidden_size, which is {hidden}, where no head_dim is given; it is {heads}");
        return (hidden / heads) % 2 == 0 ? hidden / heads : throw fields.Wrong("num_attention_heads", $"makes heads of {hidden / heads} numbers; that must be even, since rotary positions turn pairs of them");
    }

    private static RopeConfig Rope(ConfigFields fields)
    {
        const string older = "rope_scaling", newer = "rope_parameters", theta = "rope_theta";
        double? outer = fields.Find(theta) is null ? null : Theta(fields);
        RopeConfig? read = null;
        foreach (var name in new[] { newer, older })
        {
            if (fields.Object(name) is not { } parameters) continue;
            if (parameters.Find("full_attention") is not null || parameters.Find("sliding_attention") is not null)
                throw fields.Wrong(name, $"positions that differ by the kind of layer are not known; known is one rope_type for all");
            if (outer is { } one && parameters.Find(theta) is not null && Theta(parameters) is var two && one != two)
                throw parameters.Wrong(theta, $"is {two}, and rope_theta beside it {one}; remove the one that is wrong");
            if (parameters.Number("partial_rotary_factor", 0, 1, 1) != 1) throw parameters.Wrong("partial_rotary_factor", $"rotary positions for a part of a head are not known; known is 1");
            var rope = new RopeConfig { Theta = parameters.Find(theta) is not null ? Theta(parameters) : outer ?? new RopeConfig().Theta, Llama3 = Scaling(parameters) };
            if (read is not null && read != rope) throw fields.Wrong(name, $"says something else than {newer}; remove the one that is wrong");
            read = rope;
        }

        return read ?? new RopeConfig { Theta = outer ?? new RopeConfig().Theta };

        static double Theta(ConfigFields fields) => fields.Number(theta, 1, 1e15, 0, above: true);
    }

    private static LlamaRopeScaling? Scaling(ConfigFields fields)
    {
        // Files of before 2024 say "type".
        var name = fields.Find("rope_type") is not null ? "rope_type" : "type";
        switch (fields.Text(name))
        {
            case null or "default":
                return fields.Find("factor") is null ? null : throw fields.Wrong("rope_type", $"is missing beside a factor; known are default, llama3");
            case "llama3":
                foreach (var field in new[] { "factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings" }) fields.Required(field, "8");
                var (low, high) = (fields.Number("low_freq_factor", 0, 1e6, 0, above: true), fields.Number("high_freq_factor", 0, 1e6, 0, above: true));
                if (high <= low) throw fields.Wrong("high_freq_factor", $"must be above low_freq_factor, which is {low}; it is {high}");
                return new LlamaRopeScaling(fields.Number("factor", 1, 1e6, 0), low, high, fields.Whole("original_max_position_embeddings", 1, LongestText, 0));
            case var other:
                throw fields.Wrong(name, $"'{other}' is not known; known are default, llama3");
        }
    }
}
