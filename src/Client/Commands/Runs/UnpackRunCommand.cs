using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Experiments.Packs;

namespace Srpo.Client.Commands.Runs;

/// <summary>`srpo runs unpack`: a run from the file that `runs pack` wrote.</summary>
internal static class UnpackRunCommand
{
    private const string StandardInput = "-";

    public static Command Create(Shell shell)
    {
        var file = new Argument<string>("FILE") { Description = "The packed run; - for what comes through stdin." };
        return new Command("unpack", "Make a run again from a packed one, with its populations, tournaments and results. It is paused; `srpo resume` goes on with it, with the same bits.") { file }
            .Handle(shell, context => RunAsync(context, context.Get(file)));
    }

    private static async Task<int> RunAsync(CommandContext context, string typed)
    {
        context.Data.EnsureWritable();
        var spooled = typed == StandardInput ? await SpoolAsync(context) : null;
        try
        {
            using var pack = PackReader.Open(spooled ?? context.Shell.Resolve(typed));
            await pack.VerifyAsync(context.Cancellation);
            return await UnpackAsync(context, pack);
        }
        finally
        {
            if (spooled is not null) File.Delete(spooled);
        }
    }

    private static async Task<int> UnpackAsync(CommandContext context, PackReader pack)
    {
        var manifest = pack.Manifest;
        using var held = RunLock.Take(context.Data, manifest.Id);
        var unpacker = new RunUnpacker(pack, context.Data, text => context.Error.WriteLine("srpo: " + text), context.Cancellation);
        await context.ReadStoredAsync(async state =>
        {
            await unpacker.RequireFreeAsync(state);
            return true;
        });
        if (manifest.Populations.Count + manifest.Tournaments.Count == 0) await unpacker.UnpackAsync(session: null);
        else await context.WithGrainsAsync(async session =>
        {
            await unpacker.UnpackAsync(session);
            return (int)ExitCode.Ok;
        });

        var next = manifest.Entries.Any(entry => entry.Path == PackManifest.Files + "run.json") ? $"resume {manifest.Id}" : $"runs show {manifest.Id}";
        if (context.Json) context.PrintJson(new { manifest.Id, pack.Header.Program, pack.Header.Packed, manifest.Populations, manifest.Tournaments, manifest.Needs, Entries = manifest.Entries.Count });
        else context.Out.WriteLine($"{manifest.Id}: {RunViews.Contents(manifest)}; go on with `{CommandHints.For(context.Shell, next)}`");
        return (int)ExitCode.Ok;
    }

    /// <summary>What comes through a pipe is read to its end and checked before anything of it is used.</summary>
    private static async Task<string> SpoolAsync(CommandContext context)
    {
        if (context.Shell.InIsTerminal || context.Shell.InBytes is null) throw new SrpoException(ErrorKind.Usage, "nothing comes through stdin; name a file, or send a packed run: `srpo runs pack ID | srpo runs unpack -`");
        var path = Path.Combine(context.Data.Live, $"unpack-{Guid.NewGuid():N}.part");
        try
        {
            await using var content = context.Shell.InBytes();
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await content.CopyToAsync(file, context.Cancellation);
            return path;
        }
        catch (Exception error)
        {
            File.Delete(path);
            if (error is not (IOException or UnauthorizedAccessException)) throw;
            throw new SrpoException(ErrorKind.Environment, $"what comes through stdin cannot be kept in {context.Data.Live}: {UserFile.WhyUnwritable(error)}", error);
        }
    }
}
