using System.Text.Json;
using System.Text.Json.Nodes;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Packs;

/// <summary>
/// Unpacks a run into a data directory or, populations and tournaments, into a cluster. Its directory appears last and as a whole: whatever breaks it off, the same command
/// can be repeated, or `srpo runs delete` removes what has arrived.
/// </summary>
/// <param name="pack">The file, verified.</param>
/// <param name="data">The directory that is to keep the run. The caller holds the right to work on it.</param>
/// <param name="notice">Told of what people should know, a line each.</param>
/// <param name="cancellation">Gives up.</param>
public sealed class RunUnpacker(PackReader pack, DataDirectory data, Action<string> notice, CancellationToken cancellation)
{
    /// <summary>Files that say where results are, and what they are to say here.</summary>
    private static readonly (string File, bool Own)[] Places = [("run.json", false), ("sweep-run.json", true), ("crossplay-run.json", true)];

    private string Id => pack.Manifest.Id;

    private string Staging => Path.Combine(data.Root, $".unpack-{Id}");

    /// <summary>Checks that nothing of the run's name is stored here, and says what is missing that it needs.</summary>
    /// <param name="state">What is stored.</param>
    /// <exception cref="SrpoException">The name is in use; nothing was written.</exception>
    public async Task RequireFreeAsync(IStateReader state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var known = await state.GetPopulationsAsync();
        var taken = known.Concat(await state.GetTournamentsAsync()).FirstOrDefault(name => RunCatalog.IdOf(name) == Id) ?? (Path.Exists(data.Run(Id)) ? Id : null);
        if (taken is not null) throw InUse($"'{taken}' is stored here already; delete it first (`srpo runs delete {Id}`), or unpack with another data directory (--data DIR)");
        if (RunLabels.FindId(data, Id) is { } called) throw InUse($"the run '{called}' is called '{Id}' here; rename it first (`srpo runs rename {called} NAME`)");
        foreach (var need in pack.Manifest.Needs.Except(known)) notice($"{Id} needs the population {need}, which is not here; unpack it too, to go on with {Id}");
    }

    /// <summary>Writes everything.</summary>
    /// <param name="session">The way to the grains; null for a run without populations and tournaments.</param>
    /// <exception cref="SrpoException">Something cannot be written.</exception>
    public async Task UnpackAsync(IGrainSession? session)
    {
        try
        {
            var hasFiles = await StageAsync();
            foreach (var work in pack.Manifest.Works()) await BringAsync(session!.Grains, work);
            if (hasFiles) Directory.Move(Staging, data.Run(Id));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SrpoException(ErrorKind.Environment, $"{Id} cannot be unpacked into {data.Root}: {UserFile.WhyUnwritable(error)}. Make room, or change its permissions, and repeat the command.", error);
        }
        finally
        {
            if (Directory.Exists(Staging)) Directory.Delete(Staging, recursive: true);
        }
    }

    /// <summary>Writes the files of the run's directory beside where it is to be.</summary>
    private async Task<bool> StageAsync()
    {
        if (Directory.Exists(Staging)) Directory.Delete(Staging, recursive: true); // of a process that was killed
        PackEntry[] files = [.. pack.Manifest.Entries.Where(entry => entry.State is null)];
        foreach (var entry in files)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = Path.GetFullPath(Path.Combine(Staging, entry.Path[PackManifest.Files.Length..]));
            if (!path.StartsWith(Staging + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw new SrpoException(ErrorKind.Damaged, $"the entry '{entry.Path}' would lie outside of the run's directory");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await pack.ReadAsync(entry, async content =>
            {
                await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
                await content.CopyToAsync(file, cancellation);
                return true;
            });
        }

        foreach (var (name, own) in Places) Settle(Path.Combine(Staging, name), own ? data.Run(Id) : null);
        if (NameOf(Path.Combine(Staging, RunLabels.FileName)) is { } label && (RunLabels.FindId(data, label) ?? (Directory.Exists(data.Run(label)) ? label : null)) is { } holder)
            throw InUse($"it is called '{label}', as the run '{holder}' is here; rename one of them first (`srpo runs rename {holder} NAME`)");
        return files.Length > 0;
    }

    /// <summary>Results that were in a directory of their own lie in the run's directory from here on.</summary>
    private static void Settle(string path, string? results)
    {
        if (!File.Exists(path)) return;
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path)) is not JsonObject run) return;
            run["out"] = results;
            File.WriteAllText(path, JsonText.Write(run) + "\n");
        }
        catch (JsonException)
        {
            // Damaged where it was packed, and so it is here.
        }
    }

    private static string? NameOf(string labels)
    {
        try
        {
            return File.Exists(labels) ? JsonText.ReadFile<RunLabels>(labels)?.Name : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task BringAsync(IGrainFactory grains, string work)
    {
        PackEntry[] states = [.. pack.Manifest.Entries.Where(entry => entry.Work == work)];
        await new StateSender(grains, work, notice, cancellation).SendAsync(states.Length, async send =>
        {
            foreach (var state in states)
            {
                await pack.ReadAsync(state, async content =>
                {
                    await send(state.State!, state.Bytes, content);
                    return true;
                });
            }
        });
    }

    private SrpoException InUse(string why) => new(ErrorKind.InUse, $"{Id} is not unpacked: {why}. Nothing was written.");
}
