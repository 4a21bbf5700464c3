using System.CommandLine;
using System.Globalization;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;
using Srpo.Language.Models;
using Srpo.Reporting.Text;

namespace Srpo.Client.Commands;

/// <summary>`srpo language info`: what a model's folder holds, and what is wrong with it.</summary>
internal static class LanguageInfoCommand
{
    private const string Tokenizer = "tokenizer.json";
    private const string TokenizerConfig = "tokenizer_config.json";
    private const string TemplateFile = "chat_template.jinja";

    private static readonly Argument<string> Model = new("MODEL") { Description = "The folder of the model." };

    private static readonly Option<bool> Hash = new("--hash") { Description = "Read all weights, and print the hash that names them whatever files they are in." };

    public static Command Create(Shell shell) =>
        new Command("info", "Show what a model's folder holds: architecture, parameters, types, memory, tokenizer; and what is wrong with it.") { Model, Hash }
            .OnThisMachine().Handle(shell, context => Task.FromResult(Run(context)));

    private static int Run(CommandContext context)
    {
        var (path, config, generation) = ModelFolder.ReadConfigs(context.Shell.Resolve(context.Get(Model)));
        var weights = new Weights([], [], null);
        SrpoException? problem = null;
        try
        {
            using var folder = ModelFolder.Open(path, verify: false);

            // Also of a file whose bits were altered it can be said what it holds.
            weights = Weights.Of(folder, null);
            folder.Verify(context.Cancellation);
            if (context.Get(Hash)) weights = Weights.Of(folder, folder.ContentHash);
        }
        catch (SrpoException error)
        {
            problem = error;
        }

        var template = ChatTemplate(path);
        var tokenizer = Present(path, Tokenizer);
        if (context.Json) PrintJson(context, path, config, generation, weights, tokenizer, template, problem);
        else Print(context, path, config, generation, weights, tokenizer, template);
        return problem is null ? (int)ExitCode.Ok : throw problem;
    }

    private static void Print(CommandContext context, string path, ModelConfig config, GenerationConfig generation, Weights weights, string? tokenizer, string? template) => Tables.PrintPairs(context.Shell,
    [
        ("folder", path),
        ("architecture", $"{config.Architecture} ({config.ModelType})"),
        ("parameters", $"{config.ParameterCount:#,0}"),
        ("layers", $"{config.Layers} of width {config.HiddenSize}, perceptrons of {config.IntermediateSize}"),
        ("attention", $"{config.Heads} heads of {config.HeadDim}, keys and values of {config.KeyValueHeads}{(config.QueryKeyValueBias ? ", with biases" : "")}{(config.QueryKeyNorm ? ", queries and keys normalised" : "")}"),
        ("tokens", $"{config.VocabSize}, the head {(config.TieWordEmbeddings ? "tied to the embedding" : "of its own")}"),
        ("positions", $"{config.MaxPositions}, rotary, base {config.Rope.Theta.ToString(CultureInfo.InvariantCulture)}{(config.Rope.Llama3 is { } scaling ? $", stretched by {scaling.Factor} from {scaling.OriginalMaxPositions}" : "")}"),
        ("weights", weights.Files.Count == 0 ? null : $"{string.Join(", ", weights.Types.Select(type => $"{type.Key}: {Texts.Count(type.Value)}"))}, {Numbers.Bytes(weights.Files.Sum(file => file.Bytes))} in {(weights.Files is [var single] ? single.File : $"{weights.Files.Count} files")}{(weights.Files.All(file => file.HasHash) ? ", as their hash says" : "")}"),
        ("hash", weights.ContentHash),
        ("memory", $"{Numbers.Bytes(config.ParameterCount * 2.0)} in bf16, {Numbers.Bytes(config.ParameterCount * 4.0)} in f32; keys and values of a token {Numbers.Bytes(config.CachePerToken * 2.0)} in bf16"),
        ("tokenizer", tokenizer ?? $"missing: there is no {Tokenizer}, without which texts cannot be read or written"),
        ("chat template", template ?? $"missing: neither {TokenizerConfig} nor {TemplateFile} has one"),
        ("sampling", generation.DoSample ? $"temperature {generation.Temperature}, top-k {generation.TopK}, top-p {generation.TopP}, repetition penalty {generation.RepetitionPenalty}" : "the most likely token"),
        ("ends with", generation.EosTokenIds.Count == 0 ? "no token: texts end where they may not be longer" : "token " + string.Join(", ", generation.EosTokenIds)),
    ]);

    private static void PrintJson(CommandContext context, string path, ModelConfig config, GenerationConfig generation, Weights weights, string? tokenizer, string? template, SrpoException? problem) => context.PrintJson(new
    {
        Folder = path,
        config.ModelType,
        config.Architecture,
        Parameters = config.ParameterCount,
        config.Layers,
        config.HiddenSize,
        config.IntermediateSize,
        config.Heads,
        config.KeyValueHeads,
        config.HeadDim,
        config.VocabSize,
        config.MaxPositions,
        config.RmsNormEps,
        Rope = new { config.Rope.Theta, config.Rope.Llama3 },
        config.TieWordEmbeddings,
        config.QueryKeyValueBias,
        config.OutputBias,
        config.MlpBias,
        config.QueryKeyNorm,
        Types = weights.Types.ToDictionary(type => type.Key.ToString(), type => type.Value),
        weights.Files,
        weights.ContentHash,
        MemoryBytes = new { Bf16 = config.ParameterCount * 2, F32 = config.ParameterCount * 4, CachePerTokenBf16 = config.CachePerToken * 2 },
        Tokenizer = tokenizer,
        ChatTemplate = template,
        Generation = generation,
        Problem = problem?.Message,
    });

    private static string? Present(string folder, string file) => FileStatus.Of(Path.Combine(folder, file)).Kind == FileKind.Regular ? file : null;

    /// <summary>The file that has the chat template; null where none has.</summary>
    private static string? ChatTemplate(string folder)
    {
        if (Present(folder, TemplateFile) is { } own) return own;
        if (Present(folder, TokenizerConfig) is null) return null;
        try
        {
            return JsonSource.Parse(TokenizerConfig, UserFile.Read(Path.Combine(folder, TokenizerConfig), "configuration of the tokenizer")) is JsonObjectValue root && root["chat_template"] is not (null or JsonNullValue)
                ? TokenizerConfig
                : null;
        }
        catch (JsonTextException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{Path.Combine(folder, TokenizerConfig)}:{error.Origin.Line}:{error.Origin.Column}: it is not valid JSON: {error.Reason}; copy or download the folder again", error);
        }
    }

    /// <summary>What files hold.</summary>
    /// <param name="Files">The files.</param>
    /// <param name="Types">Numbers by type.</param>
    /// <param name="ContentHash">What names the weights; null where it was not asked for.</param>
    private sealed record Weights(IReadOnlyList<WeightFile> Files, IReadOnlyList<KeyValuePair<TensorType, long>> Types, string? ContentHash)
    {
        public static Weights Of(ModelFolder folder, string? hash) => new(
            [.. folder.Files.Select(file => new WeightFile(Path.GetFileName(file.Path), new FileInfo(file.Path).Length, file.Metadata.ContainsKey(Safetensors.HashKey)))],
            [.. folder.Tensors.GroupBy(tensor => tensor.Type).OrderBy(type => type.Key).Select(type => KeyValuePair.Create(type.Key, type.Sum(tensor => tensor.Count)))],
            hash);
    }

    /// <summary>A file with weights.</summary>
    /// <param name="File">Its name.</param>
    /// <param name="Bytes">How long it is.</param>
    /// <param name="HasHash">Whether it carries the hash of its data.</param>
    private sealed record WeightFile(string File, long Bytes, bool HasHash);
}
