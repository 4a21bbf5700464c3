using System.Net.Sockets;
using System.Text;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;

namespace Srpo.Client.Live;

/// <summary>
/// The place of a process' socket: a directory of its own that only this user can enter, beside the lock `.live/ID.lock`, or in the temporary
/// directory where the path would be too long for a socket or the file system has no rights or no sockets. Gone when disposed.
/// </summary>
internal sealed class SocketDirectory : IDisposable
{
    /// <summary>Longest path of a socket on every system, in bytes (sun_path less its end).</summary>
    public const int LongestPath = 103;

    private const string Name = "gateway";

    private readonly string _path;

    private SocketDirectory(string path) => _path = path;

    /// <summary>Path of the socket.</summary>
    public string Socket => Path.Combine(_path, Name);

    /// <summary>Makes the directory for the holder of a lock.</summary>
    /// <exception cref="SrpoException">There is no place that is safe.</exception>
    public static SocketDirectory Create(DataDirectory data, string id)
    {
        var beside = Beside(data, id);
        var problems = new List<string>();
        foreach (var path in new[] { beside, Path.Combine(Path.GetTempPath(), $"srpo-{Guid.NewGuid():n}"[..24]) })
        {
            // Left behind by a process that was killed; the lock says that none is alive.
            if (path == beside) Remove(path);
            if (TryCreate(path) is not { } problem) return new SocketDirectory(path);
            problems.Add(problem);
        }

        throw new SrpoException(
            ErrorKind.Environment, $"there is no safe place for the socket of this process: {string.Join("; ", problems)}. Name a directory of yours with --data DIR or TMPDIR.");
    }

    /// <summary>Removes what a process that was killed left, if it is this user's.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="id">The id whose lock is held now.</param>
    /// <param name="socket">Where the process said that its socket is, or null.</param>
    public static void Clear(DataDirectory data, string id, string? socket)
    {
        Remove(Beside(data, id));
        if (Path.GetDirectoryName(socket) is { } elsewhere && Path.GetFileName(socket) == Name) Remove(elsewhere);
    }

    /// <inheritdoc/>
    public void Dispose() => Remove(_path);

    private static string Beside(DataDirectory data, string id) => Path.Combine(data.Live, id + ".socket");

    private static string? TryCreate(string path)
    {
        var socket = Path.Combine(path, Name);
        if (Encoding.UTF8.GetByteCount(socket) > LongestPath) return $"{path} is too long a path for a socket";
        try
        {
            OwnDirectory.Make(path);
            if (OwnDirectory.Is(path))
            {
                using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                probe.Bind(new UnixDomainSocketEndPoint(socket)); // the file goes when the probe is closed
                return null;
            }

            Remove(path);
            return $"{path} could be entered by others in spite of its mode";
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            Remove(path);
            return $"{path} cannot be used: {error.Message}";
        }
    }

    /// <summary>Removes the directory with the socket in it and nothing else; what is not this user's alone is left as it is.</summary>
    private static void Remove(string path)
    {
        if (!OwnDirectory.Is(path)) return;
        try
        {
            File.Delete(Path.Combine(path, Name));
            Directory.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Whoever makes a directory there finds it and says so.
        }
    }
}
