using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;

namespace Srpo.Experiments.Data;

/// <summary>What a user calls a run and notes about it: `labels.json` in the run's directory, beside its results and apart from what is computed.</summary>
/// <param name="Name">A name that may be typed instead of its id, or null.</param>
/// <param name="Tags">Tags, sorted.</param>
/// <param name="Note">A note, or null.</param>
public sealed record RunLabels(string? Name, IReadOnlyList<string> Tags, string? Note)
{
    /// <summary>The name of their file.</summary>
    internal const string FileName = "labels.json";

    /// <summary>Longest note, in characters.</summary>
    public const int LongestNote = 10_000;

    /// <summary>Those of a run that nobody has labelled.</summary>
    public static RunLabels None { get; } = new(null, [], null);

    /// <summary>Reads the labels of a run.</summary>
    /// <param name="data">The directory that keeps it.</param>
    /// <param name="id">Its id.</param>
    /// <exception cref="SrpoException">The file is damaged.</exception>
    public static RunLabels Load(DataDirectory data, string id)
    {
        var path = PathOf(data, id);
        if (!Path.Exists(path)) return None;
        try
        {
            return JsonText.ReadFile<RunLabels>(path) is { } labels ? labels with { Tags = labels.Tags ?? [] } : None;
        }
        catch (JsonException error)
        {
            throw new SrpoException(ErrorKind.Damaged, $"{path} cannot be read: {JsonProblem.Of(error)}. It holds a name, tags and a note and nothing else; remove it, and label the run again.", error);
        }
    }

    /// <summary>Changes the labels of a run; two who do so at the same time lose nothing of each other's.</summary>
    /// <param name="data">The directory that keeps it.</param>
    /// <param name="id">Its id.</param>
    /// <param name="change">From what they are to what they are to be.</param>
    /// <returns>What they are now.</returns>
    /// <exception cref="SrpoException">Somebody else is changing labels and does not end.</exception>
    public static RunLabels Change(DataDirectory data, string id, Func<RunLabels, RunLabels> change)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(change);
        using var held = Hold(data);
        var labels = change(Load(data, id));
        Directory.CreateDirectory(data.Run(id));
        AtomicFile.Write(PathOf(data, id), JsonText.Write(labels) + "\n");
        return labels;
    }

    /// <summary>The id of the run that is called so; null if none is.</summary>
    /// <param name="data">The directory that keeps runs.</param>
    /// <param name="name">The name.</param>
    public static string? FindId(DataDirectory data, string name) => Directory.Exists(data.Root)
        ? Directory.EnumerateDirectories(data.Root).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).FirstOrDefault(id => id[0] != '.' && NameOf(data, id) == name)
        : null;

    /// <summary>The id that a user means who types an id or a name; what he typed where no run is called so.</summary>
    /// <param name="data">The directory that keeps runs.</param>
    /// <param name="typed">What he typed.</param>
    /// <exception cref="SrpoException">It can be neither.</exception>
    public static string Resolve(DataDirectory data, string typed) =>
        Directory.Exists(data.Run(RunIds.Check(typed))) ? typed : FindId(data, typed) ?? typed;

    /// <summary>Whether a directory holds labels.</summary>
    internal static bool Exist(DataDirectory data, string id) => Path.Exists(PathOf(data, id));

    private static string PathOf(DataDirectory data, string id) => Path.Combine(data.Run(id), FileName);

    /// <summary>Damaged labels name nothing; whoever asks for those of this very run is told.</summary>
    private static string? NameOf(DataDirectory data, string id)
    {
        try
        {
            return Load(data, id).Name;
        }
        catch (SrpoException)
        {
            return null;
        }
    }

    private static FileLock Hold(DataDirectory data)
    {
        const int attempts = 100;
        Directory.CreateDirectory(data.Live);
        var path = Path.Combine(data.Live, ".labels.lock");
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            if (FileLock.TryTake(path) is { } held) return held;
            Thread.Sleep(20);
        }

        throw new SrpoException(ErrorKind.InUse, $"another process is changing labels in {data.Root} and does not end; repeat the command");
    }
}
