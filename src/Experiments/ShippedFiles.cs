using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Text;

namespace Srpo.Experiments;

/// <summary>Files of the project that can be asked for by name wherever the program is called from, and the user's own by path.</summary>
/// <param name="What">What they are in messages, singular.</param>
/// <param name="Folder">The folder beside the program, or in the source tree that the program lies in.</param>
/// <param name="Variable">Names another directory of files that are known by name.</param>
/// <param name="Landmark">The name of one that the folder has.</param>
internal sealed record ShippedFiles(string What, string Folder, string Variable, string Landmark)
{
    private const string Extension = ".json";

    /// <summary>The files that are known by name, by name.</summary>
    /// <exception cref="SrpoException">The variable names no directory.</exception>
    public IReadOnlyList<(string Name, string Path)> Known()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen)
            return Directory.Exists(chosen) ? In(chosen) : throw new SrpoException(ErrorKind.Usage, $"${Variable} names '{chosen}', which is no directory; name one with {What}s, or unset it");
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var folder = Path.Combine(directory.FullName, Folder);
            if (File.Exists(Path.Combine(folder, Landmark + Extension))) return In(folder);
        }

        return [];
    }

    /// <summary>The full path of the file that NAME or FILE means.</summary>
    /// <param name="nameOrFile">A name, or a path that ends in .json or has a directory.</param>
    /// <param name="directory">Directory against which a relative path is meant.</param>
    /// <exception cref="SrpoException">There is no such file, or it is none that could be read.</exception>
    public string Find(string nameOrFile, string directory)
    {
        if (nameOrFile.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || nameOrFile.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            if (nameOrFile.Contains('\0', StringComparison.Ordinal)) throw new SrpoException(ErrorKind.Usage, $"the name of the {What} file has a character that no name can have");
            var path = Path.GetFullPath(nameOrFile, directory);
            UserFile.Require(path, What + " file");
            return path;
        }

        var known = Known();
        if (known.Count == 0) throw Missing(nameOrFile);
        return known.FirstOrDefault(file => file.Name == nameOrFile).Path
            ?? throw new SrpoException(
                ErrorKind.Usage, NearestName.Unknown(What, nameOrFile, [.. known.Select(file => file.Name)]) + " A file of your own is named by its path, ending in .json.");
    }

    /// <summary>That nothing is known by name: the installation is not whole, or the variable names a folder without such files.</summary>
    private SrpoException Missing(string name)
    {
        var own = $"A file of your own is named by its path, ending in {Extension}.";
        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen
            ? new SrpoException(ErrorKind.Usage, $"unknown {What} '{name}': ${Variable} names '{chosen}', where there are no {What}s; name a folder with {What}s, or unset it. {own}")
            : new SrpoException(ErrorKind.Environment, $"unknown {What} '{name}': this installation lacks its folder {Folder}/ with the {What}s that are known by name; install the program as a whole, or let ${Variable} name a folder with them. {own}");
    }

    private static IReadOnlyList<(string Name, string Path)> In(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal).Select(path => (Path.GetFileNameWithoutExtension(path), path))];
}
