using Srpo.Core.Errors;

namespace Srpo.Experiments;

/// <summary>An experiment file that can be asked for by name.</summary>
public sealed record ExperimentFile(string Name, string Path);

/// <summary>Finds experiment files: those of the project wherever the program is called from, and the user's own by path.</summary>
public static class ExperimentFiles
{
    /// <summary>Names another directory of experiments that are known by name.</summary>
    public const string FolderVariable = "SRPO_EXPERIMENTS";

    private static readonly ShippedFiles Files = new("experiment", "experiments", FolderVariable, "overcooked");

    /// <summary>Experiments that are known by name: in $SRPO_EXPERIMENTS, beside the program, or in the source tree that the program lies in.</summary>
    public static IReadOnlyList<ExperimentFile> Known() => [.. Files.Known().Select(file => new ExperimentFile(file.Name, file.Path))];

    /// <summary>The file that NAME or FILE means.</summary>
    /// <param name="nameOrFile">A name, or a path that ends in .json or has a directory.</param>
    /// <param name="directory">Directory against which a relative path is meant.</param>
    /// <exception cref="SrpoException">There is no such experiment.</exception>
    public static ExperimentFile Find(string nameOrFile, string directory)
    {
        // A path is shown as it was given.
        var path = Files.Find(nameOrFile, directory);
        return new ExperimentFile(Path.GetFileNameWithoutExtension(path), path == Path.GetFullPath(nameOrFile, directory) ? nameOrFile : path);
    }
}
