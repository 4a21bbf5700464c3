using Srpo.Core.Errors;
using Srpo.Core.Text;

namespace Srpo.Experiments;

/// <summary>An experiment file that can be asked for by name.</summary>
public sealed record ExperimentFile(string Name, string Path);

/// <summary>Finds experiment files: those of the project wherever the program is called from, and the user's own by path.</summary>
public static class ExperimentFiles
{
    /// <summary>Names another directory of experiments that are known by name.</summary>
    public const string FolderVariable = "SRPO_EXPERIMENTS";

    private const string Folder = "experiments";
    private const string Extension = ".json";

    /// <summary>Experiments that are known by name: in $SRPO_EXPERIMENTS, beside the program, or in the source tree that the program lies in.</summary>
    public static IReadOnlyList<ExperimentFile> Known()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } chosen) return Directory.Exists(chosen) ? In(chosen) : [];
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var folder = Path.Combine(directory.FullName, Folder);
            if (File.Exists(Path.Combine(folder, "overcooked" + Extension)))
                return In(folder);
        }

        return [];
    }

    private static IReadOnlyList<ExperimentFile> In(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*" + Extension)
            .Order(StringComparer.Ordinal)
            .Select(path => new ExperimentFile(Path.GetFileNameWithoutExtension(path), path)),
    ];

    /// <summary>The file that NAME or FILE means.</summary>
    /// <param name="nameOrFile">A name, or a path that ends in .json or has a directory.</param>
    /// <param name="directory">Directory against which a relative path is meant.</param>
    /// <exception cref="SrpoException">There is no such experiment.</exception>
    public static ExperimentFile Find(string nameOrFile, string directory)
    {
        if (nameOrFile.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || nameOrFile.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            var path = Path.GetFullPath(nameOrFile, directory);
            if (File.Exists(path)) return new ExperimentFile(Path.GetFileNameWithoutExtension(path), nameOrFile == path ? path : nameOrFile);
            throw new SrpoException(ErrorKind.Usage, $"there is no experiment file {path}");
        }

        var known = Known();
        return known.FirstOrDefault(file => file.Name == nameOrFile)
            ?? throw new SrpoException(
                ErrorKind.Usage, NearestName.Unknown("experiment", nameOrFile, [.. known.Select(file => file.Name)]) + " A file of your own is named by its path, ending in .json.");
    }
}
