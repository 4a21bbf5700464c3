using System.CommandLine;
using System.Diagnostics;
using Srpo.Bench.Throughput;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Learning.Torch;

namespace Srpo.Client.Commands;

/// <summary>`srpo bench language`: tokens per second of a language model.</summary>
internal static class BenchLanguageCommand
{
    private static readonly Option<int?> Repetitions = CommandExtensions.WholeOption("--repetitions", "Repetitions, of which the best counts. Default: 3.", 1, 1000);

    private static readonly Option<int?> Rows = CommandExtensions.WholeOption("--rows", "Sequences at a time. Default: 16 in generation, 4 in training.", 1, 1 << 16);

    private static readonly Option<int?> Length = CommandExtensions.WholeOption("--length", "Tokens of the prompt, and of each sequence of training. Default: 256.", 8, 1 << 20);

    public static Command Create(Shell shell)
    {
        var model = new Argument<string>("MODEL") { Description = "The model's folder; `srpo language make` makes one with random weights." };
        return new Command("language", "Measure a language model on one thread: reading a prompt, generating, training an adapter.") { model, LanguageOptions.Precision, LanguageOptions.Device, Rows, Length, Repetitions }
            .OnThisMachine()
            .Handle(shell, context => Task.FromResult(Run(context, context.Get(model))));
    }

    private static LanguageLoad Load(CommandContext context)
    {
        var usual = new LanguageLoad();
        return new LanguageLoad(context.Get(Length) ?? usual.Length, context.Get(Rows) ?? usual.GenerationRows, context.Get(Rows) ?? usual.TrainingRows);
    }

    private static int Run(CommandContext context, string path)
    {
        var libtorch = LibTorch.Load();
        var watch = Stopwatch.StartNew();
        using var model = LanguageOptions.Open(context, path, verify: false);
        var loading = watch.Elapsed.TotalSeconds;
        var rates = LanguageBench.Run(model, Load(context), context.Get(Repetitions) ?? 3, name => context.Error.WriteLine($"measuring: {name}"), context.Cancellation);
        var parameters = model.Config.ParameterCount;
        if (context.Json)
        {
            context.PrintJson(new { Model = path, Parameters = parameters, model.Precision, LibTorch = libtorch.Version, Instructions = LanguageBench.Instructions(), LoadingSeconds = loading, Rates = rates });
            return (int)ExitCode.Ok;
        }

        context.Out.WriteLine($"{path}: {parameters / 1e6:0.0} M parameters, {LanguageOptions.Word(model.Precision)}, libtorch {libtorch.Version}, one thread; bfloat16 instructions: {LanguageBench.Instructions()}; loaded in {loading:0.00} s");
        Tables.Print(context.Shell, ["measure", "tokens#", "tokens per CPU second#", "per second#", "peak MiB#"], rates.Select(rate => (IReadOnlyList<string>)
        [
            rate.Name, rate.Tokens.ToString(), rate.PerCpuSecond.ToString("0"), rate.PerSecond.ToString("0"), rate.PeakMebibytes.ToString(),
        ]));
        return (int)ExitCode.Ok;
    }
}
