using System.Security.Cryptography;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Packs;

/// <summary>Packs a run: the files of its directory, and all that grains have stored of its populations and tournaments.</summary>
/// <param name="run">The run. Nobody works on it meanwhile.</param>
/// <param name="session">The way to the grains; null for a run without populations and tournaments.</param>
/// <param name="notice">Told of what people should know, a line each.</param>
/// <param name="cancellation">Gives up.</param>
public sealed class RunPacker(StoredRun run, IGrainSession? session, Action<string> notice, CancellationToken cancellation)
{
    /// <summary>States that come first: the slots of the record, which say whether anybody worked on it meanwhile.</summary>
    private const int Records = 2;

    /// <summary>Writes it.</summary>
    /// <param name="target">Where it goes.</param>
    /// <returns>What was packed.</returns>
    /// <exception cref="SrpoException">Something cannot be read, or somebody worked on it meanwhile; what was written is then of no use.</exception>
    public async Task<PackManifest> PackAsync(Stream target)
    {
        var needs = await NeedsAsync();
        using var pack = new PackWriter(target, new PackHeader(PackManifest.Format, run.Id, ProgramInfo.Version, DateTimeOffset.UtcNow));
        var manifest = new PackManifest { Id = run.Id, Populations = run.Populations, Tournaments = run.Tournaments, Needs = needs, Entries = [] };
        foreach (var (path, file) in Files())
        {
            cancellation.ThrowIfCancellationRequested();
            await using var content = Open(file);
            await pack.AddAsync(path, content, cancellation);
        }

        foreach (var work in manifest.Works()) await AddAsync(pack, work);
        foreach (var need in needs) notice($"{run.Id} also needs the population {need}, which is of another run and is not packed; pack that too (`srpo runs pack {RunCatalog.IdOf(need)}`)");
        return pack.Finish(manifest);
    }

    private static FileStream Open(string file)
    {
        UserFile.Require(file, "file");
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SrpoException(ErrorKind.Environment, $"{file} cannot be read, and the run is not packed: {error.Message}", error);
        }
    }

    /// <summary>The files of its directory, and its results where they are in another one: they go on as one directory.</summary>
    private SortedDictionary<string, string> Files()
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (run.Out is { } results && Directory.Exists(results))
        {
            foreach (var entry in OutputDirectory.Results(results)) Add(results, entry);
        }

        if (run.Directory is { } directory) Add(directory, directory);
        return files;

        void Add(string root, string path)
        {
            if (path != root && new FileInfo(path).LinkTarget is not null) notice($"{path} is a link and is not packed");
            else if (!Directory.Exists(path)) files[Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/')] = path;
            else foreach (var below in Directory.EnumerateFileSystemEntries(path)) Add(root, below);
        }
    }

    private async Task AddAsync(PackWriter pack, string work)
    {
        var grain = session!.Grains.GetGrain<ITransferGrain>(work);
        var records = new Dictionary<int, string>();
        for (var number = 0; ;)
        {
            var piece = await ReadAsync(grain, number, 0);
            if (piece.Damage is { } damage) notice($"{damage}; what was stored before it is packed");
            if (piece is { State: null, Number: < 0 }) break;
            number = piece.Number;
            if (piece.State is null) continue;
            var entry = pack.Begin(work, piece.State);
            while (true)
            {
                entry.Write(piece.Bytes);
                if (piece.IsLast) break;
                var next = await ReadAsync(grain, number, piece.Offset + piece.Bytes.Length);
                piece = next.Length == piece.Length && next.State == piece.State ? next : throw Changed(work);
            }

            var packed = pack.End(entry);
            if (number < Records) records[number] = packed.Sha256;
            number++;
        }

        for (var number = 0; number < Records; number++)
        {
            if (await HashAsync(grain, number) != records.GetValueOrDefault(number)) throw Changed(work);
        }
    }

    private SrpoException Changed(string work) =>
        new(ErrorKind.InUse, $"{run.Id} was worked on while it was packed: {work.Replace("/", " ", StringComparison.Ordinal)} has changed; pause it, and pack it again");

    private async Task<string?> HashAsync(ITransferGrain grain, int number)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long offset = 0; ;)
        {
            var piece = await ReadAsync(grain, number, offset);
            if (piece.State is null || piece.Number != number) return null;
            hash.AppendData(piece.Bytes);
            if (piece.IsLast) return Convert.ToHexStringLower(hash.GetHashAndReset());
            offset += piece.Bytes.Length;
        }
    }

    private Task<StatePiece> ReadAsync(ITransferGrain grain, int number, long offset)
    {
        cancellation.ThrowIfCancellationRequested();
        return grain.ReadAsync(number, offset);
    }

    /// <summary>Populations of other runs that this one goes on with.</summary>
    private async Task<IReadOnlyList<string>> NeedsAsync()
    {
        var agents = new List<string>();
        var populations = new List<string>();
        foreach (var name in run.Populations)
        {
            var spec = await session!.Grains.GetGrain<ICoordinatorGrain>(name).GetSpecAsync();
            agents.AddRange(spec.Opponents.Concat(spec.Partners).Select(reference => reference.Agent));
        }

        foreach (var name in run.Tournaments)
        {
            var spec = await session!.Grains.GetGrain<ITournamentGrain>(name).GetSpecAsync();
            populations.AddRange(spec.Populations);
            agents.AddRange((spec.Opponents ?? []).Select(reference => reference.Agent));
        }

        return [.. populations.Concat(agents.Select(agent => agent.Split('/')[0])).Where(name => RunCatalog.IdOf(name) != run.Id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
