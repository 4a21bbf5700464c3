using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Language.Models;

/// <summary>Writes a folder that is there as a whole or not at all, and never over another.</summary>
internal static class NewFolder
{
    /// <summary>Checks that a folder can be made.</summary>
    /// <param name="path">The folder, absolute.</param>
    /// <param name="what">What it will hold, for messages.</param>
    /// <exception cref="SrpoException">There is something at its place, or no folder for it to lie in.</exception>
    public static void Check(string path, string what)
    {
        if (FileStatus.Of(path, followLinks: false).Kind is var kind and not FileKind.Missing)
            throw new SrpoException(ErrorKind.InUse, $"{path} exists, it is {UserFile.Word(kind)}; name a folder that does not, or move it away");
        if (FileStatus.Of(Parent(path)).Kind != FileKind.Directory)
            throw new SrpoException(ErrorKind.Usage, $"the {what} cannot be written to {path}: {Parent(path)} is no directory; make it first, or choose another place");
    }

    /// <summary>Writes a folder.</summary>
    /// <param name="path">The folder, absolute.</param>
    /// <param name="what">What it will hold, for messages.</param>
    /// <param name="write">Writes into a folder that is given its name afterwards.</param>
    /// <exception cref="SrpoException">As <see cref="Check"/>, or it cannot be written.</exception>
    public static void Write(string path, string what, Action<string> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.TrimEndingDirectorySeparator(path);
        Check(path, what);
        var temporary = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            Directory.CreateDirectory(temporary);
            write(temporary);
            Directory.Move(temporary, path);
        }
        catch (Exception error)
        {
            Discard(temporary);
            if (error is not (IOException or UnauthorizedAccessException)) throw;

            // Somebody may have made it meanwhile.
            Check(path, what);
            throw new SrpoException(ErrorKind.Environment, $"the {what} cannot be written to {path}: {UserFile.WhyUnwritable(error)}. Choose another place, make room, or change its permissions; nothing was left behind.", error);
        }
    }

    private static string Parent(string path) => Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) ?? "/";

    private static void Discard(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report.
        }
    }
}
