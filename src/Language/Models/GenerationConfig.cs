using Srpo.Core.Errors;

namespace Srpo.Language.Models;

/// <summary>How a model is meant to be sampled from, as generation_config.json says. What is missing has the values that transformers gives it.</summary>
public sealed record GenerationConfig
{
    /// <summary>Its name in a folder.</summary>
    public const string Name = "generation_config.json";

    /// <summary>Whether tokens are drawn; else the most likely one is taken.</summary>
    public bool DoSample { get; init; }

    /// <summary>What logits are divided by, above 0.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>How many of the most likely tokens are drawn from; 0 for all.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>The least share of probability that the tokens drawn from make up, above 0 and at most 1.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Tokens less likely than this share of the most likely one are not drawn; 0 for none.</summary>
    public double MinP { get; init; }

    /// <summary>What makes tokens that were there less likely; 1 for nothing, above 0.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>The token that a text begins with, or null.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Tokens that end a text; may be empty.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>The token that fills batches up, or null.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>What it is where the folder has no such file: the tokens of the model, and nothing else.</summary>
    /// <param name="config">The model.</param>
    public static GenerationConfig Of(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new GenerationConfig { BosTokenId = config.BosTokenId, EosTokenIds = config.EosTokenIds, PadTokenId = config.PadTokenId };
    }

    /// <summary>Reads a file. Tokens that it does not name are those of the model.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="config">The model.</param>
    /// <exception cref="SrpoException">It is missing or not valid; the message names file, field, line and column.</exception>
    public static GenerationConfig Read(string path, ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return ModelFiles.Read(path, "generation configuration", """{"do_sample": true, "temperature": 0.7, "eos_token_id": 151645}""", fields =>
        {
            var eos = fields.Tokens("eos_token_id", config.VocabSize);
            return new GenerationConfig
            {
                DoSample = fields.Flag("do_sample", false),
                Temperature = fields.Number("temperature", 0, 1e6, 1, above: true),
                TopK = fields.Whole("top_k", 0, int.MaxValue, 50),
                TopP = fields.Number("top_p", 0, 1, 1, above: true),
                MinP = fields.Number("min_p", 0, 1, 0),
                RepetitionPenalty = fields.Number("repetition_penalty", 0, 1e6, 1, above: true),
                BosTokenId = fields.Token("bos_token_id", config.VocabSize) ?? config.BosTokenId,
                EosTokenIds = eos.Count > 0 ? eos : config.EosTokenIds,
                PadTokenId = fields.Token("pad_token_id", config.VocabSize) ?? config.PadTokenId,
            };
        });
    }

    /// <summary>The settings as a file.</summary>
    public byte[] Write() => ModelFiles.Write(writer =>
    {
        if (BosTokenId is { } bos) writer.WriteNumber("bos_token_id", bos);
        writer.WriteBoolean("do_sample", DoSample);
        ModelFiles.WriteTokens(writer, "eos_token_id", EosTokenIds);
        if (MinP > 0) writer.WriteNumber("min_p", MinP);
        if (PadTokenId is { } pad) writer.WriteNumber("pad_token_id", pad);
        writer.WriteNumber("repetition_penalty", RepetitionPenalty);
        writer.WriteNumber("temperature", Temperature);
        writer.WriteNumber("top_k", TopK);
        writer.WriteNumber("top_p", TopP);
    });
}
