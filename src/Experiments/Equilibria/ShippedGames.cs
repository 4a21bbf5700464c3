using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Games.Files;

namespace Srpo.Experiments.Equilibria;

/// <summary>Finds game files: those of the project wherever the program is called from, and the user's own by path.</summary>
public static class ShippedGames
{
    /// <summary>Names another directory of games that are known by name.</summary>
    public const string FolderVariable = "SRPO_GAMES";

    private static readonly ShippedFiles Files = new("game", "games", FolderVariable, "volunteers");

    /// <summary>Names of the games that are known by name.</summary>
    /// <exception cref="SrpoException">$SRPO_GAMES names no directory.</exception>
    public static IEnumerable<string> Known() => Files.Known().Select(file => file.Name);

    /// <summary>Reads the game that NAME or FILE means.</summary>
    /// <param name="nameOrFile">A name, or a path that ends in .json or has a directory.</param>
    /// <param name="directory">Directory against which a relative path is meant.</param>
    /// <exception cref="SrpoException">There is no such game, or the file is wrong; the message names file and field.</exception>
    public static GameFile Load(string nameOrFile, string directory) => Load(nameOrFile, directory, GameFile.Parse);

    /// <summary>The same, read in another way: text and name to game.</summary>
    public static T Load<T>(string nameOrFile, string directory, Func<string, string, T> parse)
    {
        var path = Files.Find(nameOrFile, directory);
        var shown = Path.IsPathRooted(nameOrFile) || path == Path.GetFullPath(nameOrFile, directory) ? nameOrFile : path;
        try
        {
            return parse(UserFile.ReadText(path, "game file", shown), Path.GetFileNameWithoutExtension(path));
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{shown}: {error.Message}", error);
        }
    }
}
