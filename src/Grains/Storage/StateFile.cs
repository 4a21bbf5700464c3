using System.Globalization;
using System.Text;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>Files of states, and errors of them in words that say what to do.</summary>
internal static class StateFile
{
    /// <summary>What the name of a file that is being written ends with.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a file as a whole.</summary>
    /// <param name="path">The file; its directory is made.</param>
    /// <param name="head">Its first part.</param>
    /// <param name="payload">The rest.</param>
    /// <param name="open">Opens the temporary file: <see cref="AtomicFile.Create"/>.</param>
    /// <exception cref="SrpoGrainException">The file cannot be written; the old one is as it was.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, Func<string, Stream> open)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Replace(path, path + TemporarySuffix, open, head, payload);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Explain(error, path, "written");
        }
    }

    /// <summary>A message that names the path and what to do about it.</summary>
    public static SrpoGrainException Explain(Exception error, string path, string what)
    {
        var (reason, remedy) = error switch
        {
            IOException io when UserFile.IsDiskFull(io) =>
                ("the disk is full", "make room on it and go on"),
            UnauthorizedAccessException =>
                ("access is denied: " + error.Message, "give this user the right to write there, or choose another data directory"),
            PathTooLongException =>
                ("the path is too long", "choose a data directory with a shorter path"),
            _ => (error.Message, "check the disk and the data directory, then go on"),
        };
        return new SrpoGrainException(ErrorKind.Environment, $"state file '{path}' cannot be {what}: {reason}; {remedy}. What was stored before is untouched.", error);
    }
}

/// <summary>
/// The file of a state: directory / grain type / parts of the key / state name. Parts are escaped so that no key can leave
/// the directory, name a device or clash with another key.
/// </summary>
internal static class StatePath
{
    public const string Extension = ".state";

    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL",
        "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    public static string For(string directory, string grainType, string key, string stateName)
    {
        var path = new StringBuilder(Path.GetFullPath(directory)).Append(Path.DirectorySeparatorChar).Append(Escape(grainType));
        foreach (var part in key.Split('/')) path.Append(Path.DirectorySeparatorChar).Append(Escape(part));
        return path.Append(Path.DirectorySeparatorChar).Append(Escape(stateName)).Append(Extension).ToString();
    }

    /// <summary>Removes a directory and those around it that are left empty, up to one that stays.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="root">The one that stays.</param>
    public static void RemoveEmpty(string directory, string root)
    {
        try
        {
            for (var at = directory; at.Length > root.Length && !Directory.EnumerateFileSystemEntries(at).Any(); at = Path.GetDirectoryName(at)!) Directory.Delete(at);
        }
        catch (IOException)
        {
            // Somebody stores there again, or has removed it already.
        }
    }

    /// <summary>
    /// Letters, digits, '-', '_' and '.' stand for themselves except for a '.' at either end; other bytes become %XX. An empty
    /// part becomes a single '%', which no escape yields.
    /// </summary>
    internal static string Escape(string part)
    {
        if (part.Length == 0) return "%";
        var device = Devices.Contains(part.Split('.')[0]);
        var safe = new StringBuilder(part.Length);
        for (var i = 0; i < part.Length; i++)
        {
            var c = part[i];
            var plain = char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c == '.' && i > 0 && i < part.Length - 1);
            if (plain && !(device && i == 0))
            {
                safe.Append(c);
                continue;
            }

            var length = char.IsHighSurrogate(c) && i + 1 < part.Length && char.IsLowSurrogate(part[i + 1]) ? 2 : 1;
            foreach (var b in Encoding.UTF8.GetBytes(part.Substring(i, length))) safe.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            i += length - 1;
        }

        return safe.ToString();
    }
}
