using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Json;
using Srpo.Core.Random;

namespace Srpo.Language.Models;

/// <summary>
/// A low-rank adapter, as peft's adapter_config.json says: a linear layer with weights W computes W x + Scale * B (A x), A being [rank, inputs] and B [outputs, rank].
/// </summary>
public sealed record LoraConfig
{
    /// <summary>Its name in a folder.</summary>
    public const string Name = "adapter_config.json";

    /// <summary>In place of target modules: all linear layers but the head.</summary>
    public const string AllLinear = "all-linear";

    private const int HighestRank = 1 << 16;
    private static readonly string[] Layers = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>The rank, at least 1.</summary>
    public required int Rank { get; init; }

    /// <summary>What the scale is made of, above 0.</summary>
    public required double Alpha { get; init; }

    /// <summary>The layers that are adapted: names as q_proj or self_attn.q_proj, or <see cref="AllLinear"/> alone.</summary>
    public IReadOnlyList<string> TargetModules { get; init; } = [AllLinear];

    /// <summary>Whether the scale is Alpha / sqrt(Rank); else it is Alpha / Rank.</summary>
    public bool RankStabilized { get; init; }

    /// <summary>Share of the inputs that training leaves out, below 1. It changes nothing in what the adapter computes afterwards.</summary>
    public double Dropout { get; init; }

    /// <summary>The model that it was made for, by name or folder; null where nothing is said.</summary>
    public string? BaseModel { get; init; }

    /// <summary>What B A x is multiplied by.</summary>
    public double Scale => Alpha / (RankStabilized ? Math.Sqrt(Rank) : Rank);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <exception cref="SrpoException">It is missing or not valid, or asks for what is not known; the message names file, field and remedy.</exception>
    public static LoraConfig Read(string path) =>
        ModelFiles.Read(path, "adapter configuration", """{"peft_type": "LORA", "r": 32, "lora_alpha": 32, "target_modules": "all-linear"}""", Read);

    /// <summary>The adapter as a file.</summary>
    public byte[] Write() => ModelFiles.Write(writer =>
    {
        writer.WriteString("base_model_name_or_path", BaseModel ?? "");
        writer.WriteString("bias", "none");
        writer.WriteBoolean("fan_in_fan_out", false);
        writer.WriteBoolean("inference_mode", true);
        writer.WriteNumber("lora_alpha", Alpha);
        writer.WriteNumber("lora_dropout", Dropout);
        writer.WriteString("peft_type", "LORA");
        writer.WriteNumber("r", Rank);
        WriteTargets(writer);
        writer.WriteString("task_type", "CAUSAL_LM");
        writer.WriteBoolean("use_rslora", RankStabilized);
    });

    /// <summary>The linear layers of a model that are adapted, in the model's order.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="SrpoException">A target module is none of its layers.</exception>
    public IReadOnlyList<ModelLinear> Targets(ModelConfig model)
    {
        ModelLinear[] all = [.. ModelTensors.Linears(model)];
        if (TargetModules is [AllLinear]) return all;
        foreach (var target in TargetModules)
        {
            if (!all.Any(linear => Fits(linear, target)))
                throw new SrpoException(ErrorKind.Usage, $"target_modules: the model has no linear layer '{target}' that can be adapted; known are {string.Join(", ", Layers)}, or {AllLinear} for all of them");
        }

        return [.. all.Where(linear => TargetModules.Any(target => Fits(linear, target)))];
    }

    /// <summary>
    /// The adapter's tensors in order: of each layer A and B, as peft names them in files ("base_model.model." before the layer, ".lora_A.weight" behind it).
    /// </summary>
    /// <param name="model">The model.</param>
    /// <exception cref="SrpoException">A target module is none of its layers.</exception>
    public IReadOnlyList<ModelTensor> Tensors(ModelConfig model) => [.. Targets(model).SelectMany(linear => new[]
    {
        new ModelTensor(TensorName(linear.Name, "lora_A"), [Rank, linear.Inputs]),
        new ModelTensor(TensorName(linear.Name, "lora_B"), [linear.Outputs, Rank]),
    })];

    /// <summary>
    /// How an adapter begins, as PyTorch's linear layers do: A uniform within 1 / sqrt(inputs), B zero, and with it all that the adapter adds. What is no part of an adapter is zero.
    /// </summary>
    /// <param name="layout">The parts, in order.</param>
    /// <param name="seed">Of the numbers.</param>
    /// <param name="parameters">[layout.Length] is set.</param>
    public static void Begin(ParameterLayout layout, ulong seed, Span<float> parameters)
    {
        ArgumentNullException.ThrowIfNull(layout);
        parameters.Clear();
        var lane = 0;
        foreach (var part in layout.Parts.Where(part => part.Name.Contains(".lora_A.", StringComparison.Ordinal)))
        {
            var random = new StreamId(seed, 0, 0, StreamPurpose.Initialisation).Lane(lane++);
            var bound = 1 / Math.Sqrt(part.Shape[1]);
            foreach (ref var number in parameters.Slice((int)part.Offset, (int)part.Length)) number = (float)((2 * random.NextDouble() - 1) * bound);
        }
    }

    /// <summary>How files name a part of an adapted layer.</summary>
    /// <param name="linear">The layer, for example model.layers.0.self_attn.q_proj.</param>
    /// <param name="part">lora_A or lora_B.</param>
    public static string TensorName(string linear, string part) => $"base_model.model.{linear}.{part}.weight";

    /// <summary>As peft reads a list: the name, or its end from a point on.</summary>
    private static bool Fits(ModelLinear linear, string target) => linear.Name == target || linear.Name.EndsWith("." + target, StringComparison.Ordinal);

    private static LoraConfig Read(ConfigFields fields)
    {
        var type = fields.Text("peft_type") ?? "LORA";
        if (type != "LORA") throw fields.Wrong("peft_type", $"'{type}' is not known; known is LORA");
        if (fields.Text("task_type") is { } task and not "CAUSAL_LM") throw fields.Wrong("task_type", $"'{task}' is not known; known is CAUSAL_LM");
        if (fields.Text("bias") is { } bias and not "none") throw fields.Wrong("bias", $"'{bias}' is not known; known is none");
        foreach (var flag in new[] { "fan_in_fan_out", "use_dora", "use_qalora", "lora_bias" })
        {
            if (fields.Flag(flag, false)) throw fields.Wrong(flag, $"true is not known; known is false");
        }

        foreach (var name in new[] { "modules_to_save", "layers_to_transform", "layers_pattern", "rank_pattern", "alpha_pattern", "layer_replication", "megatron_config", "exclude_modules", "target_parameters", "trainable_token_indices" })
        {
            if (fields.Find(name) is not (null or JsonListValue { Items.Count: 0 } or JsonObjectValue { Members.Count: 0 }))
                throw fields.Wrong(name, $"is not known; known are adapters of one rank and scale for all layers of a kind, without further weights");
        }

        return new LoraConfig
        {
            Rank = fields.Whole("r", 1, HighestRank, "32"),
            Alpha = fields.Find("lora_alpha") is null ? throw fields.Wrong("lora_alpha", $"is missing; write for example 32") : fields.Number("lora_alpha", 0, 1e9, 0, above: true),
            Dropout = fields.Number("lora_dropout", 0, 0.999, 0),
            RankStabilized = fields.Flag("use_rslora", false),
            BaseModel = fields.Find("base_model_name_or_path") is JsonStringValue { Text: { Length: > 0 } model } ? model : null,
            TargetModules = Targets(fields),
        };
    }

    private static IReadOnlyList<string> Targets(ConfigFields fields)
    {
        const string name = "target_modules";
        switch (fields.Find(name))
        {
            case null:
                throw fields.Wrong(name, $"is missing; write for example \"{AllLinear}\"");
            case JsonStringValue { Text: AllLinear }:
                return [AllLinear];
            case JsonStringValue { Text: var text }:
                // peft takes it for a regular expression.
                return text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')
                    ? throw fields.Wrong(name, $"'{text}' alone is a pattern; write a list of names, for example [\"{text}\"], or \"{AllLinear}\"")
                    : throw fields.Wrong(name, $"the pattern '{text}' is not known; write a list of names, for example [\"q_proj\", \"v_proj\"], or \"{AllLinear}\"");
            case JsonListValue { Items.Count: 0 }:
                throw fields.Wrong(name, $"must not be empty; write for example [\"q_proj\", \"v_proj\"]");
            default:
                return fields.Texts(name)!;
        }
    }

    private void WriteTargets(Utf8JsonWriter writer)
    {
        if (TargetModules is [AllLinear])
        {
            writer.WriteString("target_modules", AllLinear);
            return;
        }

        writer.WriteStartArray("target_modules");
        foreach (var target in TargetModules) writer.WriteStringValue(target);
        writer.WriteEndArray();
    }
}
