using System.CommandLine;
using System.Diagnostics;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Core.Text;
using Srpo.Language.Models;
using Srpo.Reporting.Text;

namespace Srpo.Client.Commands;

/// <summary>`srpo language make`: a model of a real shape with random weights.</summary>
internal static class LanguageMakeCommand
{
    private static readonly Dictionary<string, TensorType> Types = new(StringComparer.Ordinal) { ["bf16"] = TensorType.BF16, ["f16"] = TensorType.F16, ["f32"] = TensorType.F32 };

    private static readonly Argument<string> Folder = new("FOLDER") { Description = "The folder to make; it must not exist." };

    private static readonly Option<string?> Like = new("--like") { Description = $"The shape: {string.Join(", ", ModelShapes.Names)}.", HelpName = "SHAPE" };

    private static readonly Option<string?> Config = new("--config") { Description = "Take the shape from a model's config.json.", HelpName = "FILE" };

    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of the weights.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private static readonly Option<string> Type = new("--dtype") { Description = $"What the numbers are stored in: {string.Join(", ", Types.Keys)}.", HelpName = "TYPE", DefaultValueFactory = _ => "bf16" };

    public static Command Create(Shell shell) =>
        new Command("make", "Make a model of a real shape with random weights, to measure with: config.json, generation_config.json and model.safetensors.") { Folder, Like, Config, Seed, Type }
            .OneOf(Like, Config).OnThisMachine().Handle(shell, context => Task.FromResult(Run(context)));

    private static int Run(CommandContext context)
    {
        var path = context.Shell.Resolve(context.Get(Folder));
        if (!Types.TryGetValue(context.Get(Type)!, out var type)) throw new SrpoException(ErrorKind.Usage, "--dtype: " + NearestName.Unknown("type", context.Get(Type)!, [.. Types.Keys]));
        var (config, shape) = Shape(context);
        ModelFolder.CheckNew(path);
        var (parameters, bytes) = (config.ParameterCount, config.ParameterCount * type.Size());
        Room(path, bytes);
        if (!context.Json) context.Error.WriteLine($"{shape}: {Texts.Count(parameters)} parameters, {Numbers.Bytes(bytes)} in {type}");
        var time = Stopwatch.StartNew();
        ModelFolder.Write(path, config, null, type, writer => new RandomWeights(config, context.Get(Seed)).Write(writer, cancellation: context.Cancellation));
        if (context.Json) context.PrintJson(new { Folder = path, Shape = shape, Parameters = parameters, Type = type.ToString(), Bytes = bytes, Seed = context.Get(Seed), Seconds = time.Elapsed.TotalSeconds });
        else context.Out.WriteLine($"{path}: {config.Architecture} with random weights, seed {context.Get(Seed)}, made in {Texts.Duration(time.Elapsed)}; it has no tokenizer");
        return (int)ExitCode.Ok;
    }

    private static (ModelConfig Config, string Name) Shape(CommandContext context)
    {
        if (context.Get(Like) is { } like) return (ModelShapes.Get(like), like);
        if (context.Get(Config) is { } file) return (ModelConfigFile.Read(context.Shell.Resolve(file)), file);
        throw new SrpoException(ErrorKind.Usage, $"say which shape: --like with one of {string.Join(", ", ModelShapes.Names)}, or --config with a model's config.json");
    }

    /// <summary>Refuses what the disk does not hold.</summary>
    private static void Room(string path, long bytes)
    {
        var disk = new DriveInfo(Path.GetDirectoryName(path) ?? "/");

        // What has no size is no disk; whether it can be written is found out by writing.
        if (disk.TotalSize == 0 || bytes <= disk.AvailableFreeSpace) return;
        throw new SrpoException(ErrorKind.Environment, $"{Numbers.Bytes(bytes)} are needed for {path}, and {Numbers.Bytes(disk.AvailableFreeSpace)} are free; make room, choose another place, or a smaller shape or --dtype");
    }
}
