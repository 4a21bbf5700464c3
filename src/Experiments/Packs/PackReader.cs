using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;
using Srpo.Core.Settings;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Packs;

/// <summary>A packed run, opened to be read. Whatever is wrong with the file is found before anything of it is used.</summary>
public sealed class PackReader : IDisposable
{
    /// <summary>Most bytes of the header and of the list of entries.</summary>
    private const int MostText = 1 << 28;

    private readonly FileStream _file;
    private readonly ZipArchive _archive;
    private readonly string _path;

    private PackReader(string path, FileStream file, ZipArchive archive) => (_path, _file, _archive) = (path, file, archive);

    /// <summary>What it begins with.</summary>
    public PackHeader Header { get; private set; } = null!;

    /// <summary>What it consists of.</summary>
    public PackManifest Manifest { get; private set; } = null!;

    /// <summary>Opens a file and reads what it consists of.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <exception cref="SrpoException">It is none, is cut short, or of another format.</exception>
    public static PackReader Open(string path)
    {
        UserFile.Require(path, "packed run");
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SrpoException(ErrorKind.Environment, $"the packed run {path} cannot be read: {error.Message}", error);
        }

        try
        {
            var reader = new PackReader(path, file, Archive(path, file));
            reader.ReadLists();
            return reader;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads every entry and holds it against its hash.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SrpoException">One is missing or altered; the message names it.</exception>
    public async Task VerifyAsync(CancellationToken cancellation)
    {
        foreach (var entry in Manifest.Entries)
        {
            var hash = await ReadAsync(entry, async content => await SHA256.HashDataAsync(content, cancellation));
            if (Convert.ToHexStringLower(hash) != entry.Sha256) throw Damaged($"the entry '{entry.Path}' does not have the hash that was noted when it was packed: its bytes were altered");
        }
    }

    /// <summary>Uses the bytes of an entry.</summary>
    /// <param name="entry">One of <see cref="PackManifest.Entries"/>.</param>
    /// <param name="use">Given the bytes, no more than the entry is to have.</param>
    /// <exception cref="SrpoException">The entry is damaged.</exception>
    public async Task<T> ReadAsync<T>(PackEntry entry, Func<Stream, Task<T>> use)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(use);
        try
        {
            await using var content = _archive.GetEntry(entry.Path)!.Open();
            return await use(content);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw Damaged($"the entry '{entry.Path}' cannot be read: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _archive.Dispose();
        _file.Dispose();
    }

    private static ZipArchive Archive(string path, FileStream file)
    {
        var start = new byte[4];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (!start.AsSpan(0, read).SequenceEqual("PK\x03\x04"u8)) throw new SrpoException(ErrorKind.Usage, $"{path} is no packed run; `srpo runs pack ID -o FILE` writes one");
        try
        {
            return new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(path, $"it ends {(LastEntry(file) is { } entry ? $"in or after the entry '{entry}'" : "early")}, without its list of entries: it was cut short", error);
        }
    }

    /// <summary>The name of the last entry that a file cut short begins.</summary>
    private static string? LastEntry(FileStream file)
    {
        const int header = 30, window = 1 << 20, longestName = 1 << 16;
        var part = new byte[window + header + longestName];
        for (var at = Math.Max(0, file.Length - window); ; at = Math.Max(0, at - window))
        {
            file.Position = at;
            var read = file.ReadAtLeast(part, part.Length, throwOnEndOfStream: false);
            for (var end = read; part.AsSpan(0, end).LastIndexOf("PK\x03\x04"u8) is >= 0 and var place; end = place)
            {
                if (place + header > read) continue;
                var length = part[place + 26] | (part[place + 27] << 8);
                if (length > 0 && place + header + length <= read) return GrainKeys.Shown(Encoding.UTF8.GetString(part, place + header, length));
            }

            if (at == 0) return null;
        }
    }

    private static SrpoException Damaged(string path, string why, Exception? cause = null) =>
        new(ErrorKind.Damaged, $"{path} cannot be used: {why}. Nothing was unpacked; copy the file again, or pack the run again.", cause);

    private SrpoException Damaged(string why, Exception? cause = null) => Damaged(_path, why, cause);

    private void ReadLists()
    {
        var header = Text(PackHeader.Path) ?? throw new SrpoException(ErrorKind.Usage, $"{_path} is a zip file but no packed run: it has no entry {PackHeader.Path}");
        if (Parse<FormatNumber>(header, PackHeader.Path)?.Format is not { } format) throw Damaged($"the entry '{PackHeader.Path}' names no format");
        if (format != PackManifest.Format)
        {
            throw new SrpoException(
                ErrorKind.Damaged, $"{_path} cannot be used: it has format {format}, and this program reads format {PackManifest.Format} only; {(format > PackManifest.Format ? "use the version of the program that packed it, or a newer one" : "no program ever wrote that")}. Nothing was unpacked.");
        }

        Header = Parse<PackHeader>(header, PackHeader.Path)!;
        Manifest = Parse<PackManifest>(Text(PackManifest.Path) ?? throw Damaged($"the entry '{PackManifest.Path}' is missing"), PackManifest.Path)!;
        if (Problem() is { } problem) throw Damaged(problem);
    }

    private T? Parse<T>(string text, string path)
    {
        try
        {
            return JsonText.Read<T>(text);
        }
        catch (JsonException error)
        {
            throw Damaged($"the entry '{path}' cannot be understood: {JsonProblem.Of(error)}", error);
        }
    }

    private string? Text(string path)
    {
        try
        {
            // Where the list of a zip file is read.
            if (_archive.GetEntry(path) is not { } entry) return null;
            if (entry.Length > MostText) throw Damaged($"the entry '{path}' is longer than {MostText >> 20} MiB");
            using var content = entry.Open();
            var bytes = new byte[entry.Length];
            content.ReadExactly(bytes);
            return Encoding.UTF8.GetString(bytes);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw Damaged($"the entry '{path}' cannot be read: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>What the list says that cannot be, or does not fit the file; null if nothing.</summary>
    private string? Problem()
    {
        if (Manifest is not { Id: not null, Populations: not null, Tournaments: not null, Needs: not null, Entries: not null }) return $"the entry '{PackManifest.Path}' is incomplete";
        if (!PopulationSpec.IsValidName(Manifest.Id) || Manifest.Id.Contains('.', StringComparison.Ordinal)) return $"'{GrainKeys.Shown(Manifest.Id)}' is not the id of a run";
        foreach (var name in Manifest.Populations.Concat(Manifest.Tournaments))
        {
            if (!PopulationSpec.IsValidName(name) || RunCatalog.IdOf(name) != Manifest.Id) return $"'{GrainKeys.Shown(name)}' is not the name of a population or tournament of '{Manifest.Id}'";
        }

        if (Manifest.Needs.FirstOrDefault(name => !PopulationSpec.IsValidName(name)) is { } need) return $"'{GrainKeys.Shown(need)}', which the run is said to need, is not the name of a population";
        if (Manifest.Needs.Contains(null!)) return $"the entry '{PackManifest.Path}' is incomplete";
        var works = Manifest.Works().ToHashSet(StringComparer.Ordinal);
        var listed = new HashSet<string>(StringComparer.Ordinal) { PackHeader.Path, PackManifest.Path };
        foreach (var entry in Manifest.Entries)
        {
            if (entry is not { Path: not null, Sha256: not null }) return $"the entry '{PackManifest.Path}' is incomplete";
            var shown = GrainKeys.Shown(entry.Path);
            if (!IsInside(entry.Path)) return $"the entry '{shown}' would lie outside of where the run is unpacked";
            if (!listed.Add(entry.Path)) return $"the entry '{shown}' is listed twice";
            if (entry.State is null != (entry.Work is null) || (entry.State is not null && (!works.Contains(entry.Work!) || !entry.Path.StartsWith(PackManifest.States, StringComparison.Ordinal))))
                return $"the entry '{shown}' is of nothing in this run";
            if (entry.State is null && !entry.Path.StartsWith(PackManifest.Files, StringComparison.Ordinal)) return $"the entry '{shown}' is neither a file nor a state";
            if (_archive.GetEntry(entry.Path) is not { } there) return $"the entry '{shown}' is missing";
            if (there.Length != entry.Bytes) return $"the entry '{shown}' has {there.Length} bytes instead of {entry.Bytes}";
        }

        return _archive.Entries.GroupBy(entry => entry.FullName, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1 || !listed.Contains(same.Key)) is { } other
            ? $"the entry '{GrainKeys.Shown(other.Key)}' is there {(other.Count() > 1 ? "more than once" : "and not in its list")}"
            : null;
    }

    /// <summary>Whether a path leads nowhere but below where it begins, on any system.</summary>
    private static bool IsInside(string path) =>
        path.Split('/') is { Length: > 1 } parts && !path.Any(c => c is '\\' or ':' || char.IsControl(c)) && Array.TrueForAll(parts, part => part is not ("" or "." or ".."));

    private sealed record FormatNumber(int? Format);
}
