using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Settings;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Plugins;

namespace Srpo.Client.Commands;

/// <summary>`srpo export`: an agent's or adversary's parameters as a safetensors file, an imported graph as the ONNX file that it is, or those of a whole population as a directory of them.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> Agent = new("AGENT")
    {
        Description = "Key of the agent: POPULATION/TEAM/SEAT; or POPULATION for all its agents and adversaries; with --tensorboard a run or a population.",
    };

    private static readonly Argument<string?> File = new("FILE")
    {
        Description = "The file to write, usually ending in .safetensors (.onnx for an agent that was imported from such a file); for a population, a directory. Not with --tensorboard.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> TensorBoard = new("--tensorboard") { Description = "Write the learning curves as event files for TensorBoard instead, into this directory.", HelpName = "DIR" };

    private static readonly Option<bool> Adversary = new("--adversary") { Description = "Export the adversary that trains this agent instead." };

    private static readonly Option<bool> Force = new("--force") { Description = "Replace existing files." };

    public static Command Create(Shell shell) =>
        new Command("export", "Write policy, critic and Adam's moments of an agent as a safetensors file, which numpy and PyTorch read, or learning curves for TensorBoard.")
        {
            Agent, File, Adversary, TensorBoard, Force, CommandExtensions.AllowOlder,
        }.OneOf(Adversary, TensorBoard).OneOf(CommandExtensions.AllowOlder, TensorBoard).Handle(shell, RunAsync);

    private static Task<int> RunAsync(CommandContext context)
    {
        var key = context.Get(Agent);
        if (context.Get(TensorBoard) is { } events)
        {
            return context.Find(File) is { } file
                ? throw new SrpoException(ErrorKind.Usage, $"'{file}' is one thing too many: --tensorboard names the directory; leave it out")
                : EventsAsync(context, key, context.Shell.Resolve(events));
        }

        var path = context.Shell.Resolve(context.Find(File) ?? throw new SrpoException(ErrorKind.Usage, "FILE is missing; name the file to write, or give --tensorboard DIR for learning curves"));
        if (PopulationSpec.IsValidName(key)) return PopulationAsync(context, key, path);
        GrainKeys.ParseMember(key);
        UserFile.CheckTarget(path, context.Get(Force));
        return context.WithStateAsync(async state =>
        {
            var export = await state.ExportActorAsync(context.Get(Adversary) ? ActorKind.Adversary : ActorKind.Agent, key);
            if (export.Extension is { } extension && path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
                throw new SrpoException(ErrorKind.Usage, $"{export.Key} is a graph, which is exported as the file that it came in, not as tensors; name a file that ends with {extension}");
            UserFile.Write(path, export.Content, context.Get(Force));
            if (context.Json) CommandContext.PrintJson(context.Beside(path), new { export.Key, export.Version, export.Weights, export.Older, File = path, Bytes = export.Content.Length });
            else context.Beside(path).WriteLine($"{export.Key}: {Texts.Weights(export.Version, export.Weights)}: {Texts.Count(export.Content.Length)} bytes in {path}");
            return (int)ExitCode.Ok;
        });
    }

    /// <summary>The curves of a run's populations, or of one population that belongs to none.</summary>
    private static Task<int> EventsAsync(CommandContext context, string name, string directory)
    {
        if (FileStatus.Of(directory).Kind is var kind and not (FileKind.Missing or FileKind.Directory))
            throw new SrpoException(ErrorKind.Usage, $"--tensorboard: {directory} is {UserFile.Word(kind)}; name a directory");
        return context.WithGrainsToReadAsync(async session =>
        {
            var known = await new GrainReader(session.Grains).GetPopulationsAsync();
            var run = known.Contains(name) ? null : RunManifest.Load(context.Data, RunLabels.Resolve(context.Data, name));
            OutputDirectory.RequireWritable(directory);
            var written = await EventExporter.ExportAsync(
                session, run is null ? [(name, name)] : run.Experiment.Populations.Select(population => (population.Label, run.PopulationName(population.Label))), run?.Started, directory, context.Get(Force));
            if (context.Json) context.PrintJson(new { Name = name, Directory = directory, Files = written });
            else context.Out.WriteLine($"{name}: {Texts.Count(written.Count)} learning curve{(written.Count == 1 ? "" : "s")} in {directory}; `tensorboard --logdir {context.Shell.Shown(directory)}` shows them");
            return (int)ExitCode.Ok;
        });
    }

    private static Task<int> PopulationAsync(CommandContext context, string population, string directory)
    {
        if (context.Get(Adversary)) throw new SrpoException(ErrorKind.Usage, "--adversary goes with the key of one agent; a population is exported with its adversaries");
        if (FileStatus.Of(directory).Kind is var kind and not (FileKind.Missing or FileKind.Directory))
            throw new SrpoException(ErrorKind.Usage, $"{directory} is {UserFile.Word(kind)}; a population is exported into a directory");
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any() && !context.Get(Force))
            throw new SrpoException(ErrorKind.InUse, $"{directory} is not empty; --force replaces files in it");
        return context.WithStateAsync(async state =>
        {
            var spec = (await state.GetSpecAsync(population)).RequirePlugins();
            DataDirectory.EnsureWritable(directory, $"the directory {directory}", option: null);
            var written = await CheckpointExporter.ExportPopulationAsync(state, spec, directory, context.Cancellation);
            int[] rounds = [.. written.Files.Select(file => file.Round).Distinct().Order()];
            if (context.Json) context.PrintJson(new { written.Population, Directory = directory, Files = written.Files.Count, Actors = written.Files });
            else context.Out.WriteLine($"{population}: round {string.Join(", ", rounds)}: {Texts.Count(written.Files.Count)} files in {directory}, with {CheckpointExporter.Manifest}");
            return (int)ExitCode.Ok;
        });
    }
}
