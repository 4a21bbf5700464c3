using Srpo.Core.Errors;
using Srpo.Core.Text;
using Srpo.Games.Files;

namespace Srpo.Experiments.Equilibria;

/// <summary>Finds game files: those of the project wherever the program is called from, and the user's own by path.</summary>
public static class ShippedGames
{
    /// <summary>Names another directory of games that are known by name.</summary>
    public const string FolderVariable = "SRPO_GAMES";

    private const string Folder = "games";
    private const string Extension = ".json";

    /// <summary>Names and paths of the games in $SRPO_GAMES, beside the program, or in the source tree that the program lies in.</summary>
    public static IReadOnlyList<(string Name, string Path)> Known()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } chosen) return Directory.Exists(chosen) ? In(chosen) : [];
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var folder = Path.Combine(directory.FullName, Folder);
            if (File.Exists(Path.Combine(folder, "volunteers" + Extension))) return In(folder);
        }

        return [];
    }

    /// <summary>Reads the game that NAME or FILE means.</summary>
    /// <param name="nameOrFile">A name, or a path that ends in .json or has a directory.</param>
    /// <param name="directory">Directory against which a relative path is meant.</param>
    /// <exception cref="SrpoException">There is no such game, or the file is wrong; the message names file and field.</exception>
    public static GameFile Load(string nameOrFile, string directory) => Load(nameOrFile, directory, GameFile.Parse);

    /// <summary>The same, read in another way: text and name to game.</summary>
    public static T Load<T>(string nameOrFile, string directory, Func<string, string, T> parse)
    {
        var path = Find(nameOrFile, directory);
        var shown = Path.IsPathRooted(nameOrFile) || path == Path.GetFullPath(nameOrFile, directory) ? nameOrFile : path;
        try
        {
            return parse(File.ReadAllText(path), Path.GetFileNameWithoutExtension(path));
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{shown}: {error.Message}", error);
        }
    }

    private static string Find(string nameOrFile, string directory)
    {
        if (nameOrFile.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || nameOrFile.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            var path = Path.GetFullPath(nameOrFile, directory);
            return File.Exists(path) ? path : throw new SrpoException(ErrorKind.Usage, $"there is no game file {path}");
        }

        var known = Known();
        return known.FirstOrDefault(game => game.Name == nameOrFile).Path
            ?? throw new SrpoException(
                ErrorKind.Usage, NearestName.Unknown("game", nameOrFile, [.. known.Select(game => game.Name)]) + " A file of your own is named by its path, ending in .json.");
    }

    private static IReadOnlyList<(string Name, string Path)> In(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*" + Extension)
            .Order(StringComparer.Ordinal)
            .Select(path => (Path.GetFileNameWithoutExtension(path), path)),
    ];
}
