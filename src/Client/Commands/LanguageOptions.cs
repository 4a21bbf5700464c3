using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Core.Text;
using Srpo.Language.Models;
using Srpo.Language.Sampling;
using Srpo.Language.Torch;
using Srpo.Learning.Torch;

namespace Srpo.Client.Commands;

/// <summary>What all commands ask that compute with a language model.</summary>
internal static class LanguageOptions
{
    private static readonly string[] Precisions = ["bf16", "float32"];

    public static Option<string> Precision { get; } = PrecisionOption();

    public static Option<string> Device { get; } = new("--device") { Description = "cpu, cuda, or cuda: and the number of a GPU.", HelpName = "NAME", DefaultValueFactory = _ => "cpu" };

    public static Option<string?> Adapter { get; } = new("--adapter") { Description = "The folder of a low-rank adapter, as peft writes it.", HelpName = "FOLDER" };

    public static Option<int?> MaxTokens { get; } = CommandExtensions.WholeOption("--max-tokens", "Most tokens of an answer. Default: 256.", 1, 1 << 20);

    public static Option<int?> Context { get; } = CommandExtensions.WholeOption("--context", "Most tokens altogether. Default: 4096, or what the model was made for where that is less.", 2, 1 << 20);

    public static Option<ulong> Seed { get; } = new("--seed") { Description = "Seed of the draws.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private static Option<bool> Greedy { get; } = new("--greedy") { Description = "Take the most likely token, always." };

    private static Option<double?> Temperature { get; } = CommandExtensions.NumberOption("--temperature", "Logits are divided by it; 0 is --greedy. Default of this and the next: the model's generation_config.json.", "0.7");

    private static Option<int?> TopK { get; } = CommandExtensions.WholeOption("--top-k", "Only so many most likely tokens; 0 for all.", 0, int.MaxValue);

    private static Option<double?> TopP { get; } = CommandExtensions.NumberOption("--top-p", "Only the most likely tokens that hold so much of the probability; 1 for all.", "0.9");

    private static Option<double?> MinP { get; } = CommandExtensions.NumberOption("--min-p", "Only tokens at least so likely as a share of the likeliest one; 0 for all.", "0.05");

    private static Option<double?> RepetitionPenalty { get; } = CommandExtensions.NumberOption("--repetition-penalty", "Above 1, tokens that were there are less likely; 1 for none.", "1.1");

    /// <summary>A command with everything that says how tokens are drawn.</summary>
    public static Command WithGeneration(this Command command)
    {
        foreach (var option in (Option[])[Adapter, MaxTokens, Context, Greedy, Temperature, TopK, TopP, MinP, RepetitionPenalty, Seed, Precision, Device]) command.Add(option);
        return command;
    }

    /// <summary>How tokens are drawn: as the command line says, and else as the model's folder does.</summary>
    public static SamplingSettings Sampling(CommandContext context, GenerationConfig generation)
    {
        if (context.Get(Greedy)) return SamplingSettings.Greedy with { RepetitionPenalty = context.Get(RepetitionPenalty) ?? generation.RepetitionPenalty };
        return new SamplingSettings
        {
            Temperature = context.Get(Temperature) ?? (generation.DoSample ? generation.Temperature : 0),
            TopK = context.Get(TopK) ?? (generation.DoSample ? generation.TopK : 0),
            TopP = context.Get(TopP) ?? (generation.DoSample ? generation.TopP : 1),
            MinP = context.Get(MinP) ?? (generation.DoSample ? generation.MinP : 0),
            RepetitionPenalty = context.Get(RepetitionPenalty) ?? generation.RepetitionPenalty,
        };
    }

    /// <summary>The model of a folder. libtorch is loaded first: where that cannot be, nothing else is looked at.</summary>
    public static TorchCausalModel Open(CommandContext context, string path, bool verify = true)
    {
        LibTorch.Load();
        using var folder = ModelFolder.Open(context.Shell.Resolve(path), verify);
        return TorchCausalModel.Open(folder, context.Get(Precision) == "bf16" ? ModelPrecision.BFloat16 : ModelPrecision.Float32, context.Get(Device)!);
    }

    public static string Word(ModelPrecision precision) => precision == ModelPrecision.BFloat16 ? "bf16" : "float32";

    private static Option<string> PrecisionOption()
    {
        var option = new Option<string>("--precision") { Description = "How numbers are rounded: bf16 or float32.", HelpName = "WORD", DefaultValueFactory = _ => "bf16" };
        option.Validators.Add(result =>
        {
            foreach (var word in result.Tokens.Select(token => token.Value).Where(word => !Precisions.Contains(word)))
                result.AddError($"--precision: {NearestName.Unknown("precision", word, Precisions)}");
        });
        return option;
    }
}
