using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Experiments.Data;
using Srpo.Experiments.Packs;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Commands.Runs;

/// <summary>`srpo runs pack`: a run as one file, to go on with it elsewhere.</summary>
internal static class PackRunCommand
{
    public static Command Create(Shell shell)
    {
        var id = RunsCommand.IdArgument();
        var output = new Option<string?>("--output", "-o") { Description = "The file to write, usually ending in .srpo. Without it the bytes go to stdout, which must not be a terminal.", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Replace an existing file." };
        return new Command("pack", "Write a run with its populations, tournaments and results as one file, from which `runs unpack` makes it again elsewhere.") { id, output, force }
            .GoesWith(force, output).Handle(shell, context => RunAsync(context, context.Get(id), context.Get(output), context.Get(force)));
    }

    private static async Task<int> RunAsync(CommandContext context, string typed, string? output, bool force)
    {
        var file = output is null ? null : context.Shell.Resolve(output);
        if (file is not null) UserFile.CheckTarget(file, force);
        else if (context.Shell.OutIsTerminal || context.Shell.OutBytes is null) throw new SrpoException(ErrorKind.Usage, $"a packed run is no text for a terminal; name a file with -o, or send it on: `{CommandHints.Repeat(context.Shell, " > FILE")}`");

        var run = await RestingRun.WithOwnDirectoryAsync(context, RunCatalog.Find(await RunsCommand.ReadAsync(context), typed));
        using var held = RestingRun.Hold(context, run);
        await context.WithStateAsync(async state =>
        {
            await RestingRun.RequireAsync(context, state, run);
            return (int)ExitCode.Ok;
        });

        PackManifest? manifest = null;
        var bytes = await WriteAsync(context, file, force, async target =>
        {
            if (run.Populations.Count + run.Tournaments.Count == 0) manifest = await PackAsync(null, target);
            else await context.WithGrainsAsync(async session =>
            {
                manifest = await PackAsync(session, target);
                return (int)ExitCode.Ok;
            });
        });
        var beside = file is null ? context.Error : context.Beside(file);
        if (context.Json) CommandContext.PrintJson(beside, new { manifest!.Id, File = file, Bytes = bytes, manifest.Populations, manifest.Tournaments, manifest.Needs, Entries = manifest.Entries.Count });
        else beside.WriteLine($"{run.Id}: {RunViews.Contents(manifest!)}: {Texts.Count(bytes)} bytes{(file is null ? "" : " in " + file)}");
        return (int)ExitCode.Ok;

        Task<PackManifest> PackAsync(IGrainSession? session, Stream target) =>
            new RunPacker(run, session, text => context.Error.WriteLine("srpo: " + text), context.Cancellation).PackAsync(target);
    }

    /// <summary>Writes to stdout, or a file that appears as a whole.</summary>
    /// <returns>How many bytes.</returns>
    private static async Task<long> WriteAsync(CommandContext context, string? file, bool force, Func<Stream, Task> write)
    {
        var written = 0L;
        if (file is null) await CountAsync(context.Shell.OutBytes!);
        else await UserFile.WriteAsync(file, CountAsync, force);
        return written;

        async Task CountAsync(Stream target)
        {
            await using var counted = new CountedStream(target);
            await write(counted);
            counted.Flush();
            written = counted.Written;
        }
    }
}
