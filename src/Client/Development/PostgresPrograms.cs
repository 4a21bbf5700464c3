using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Client.Development;

/// <summary>The programs of a PostgreSQL server that is installed.</summary>
internal static class PostgresPrograms
{
    /// <summary>Where Debian puts them, a folder for each version; not on PATH.</summary>
    public const string DebianFolder = "/usr/lib/postgresql";

    /// <summary>Finds them: those of the version that the data is of, else those on PATH, else the newest.</summary>
    /// <param name="path">PATH.</param>
    /// <param name="debian">Where there is a folder for each version.</param>
    /// <param name="version">The version that the data is of, as PostgreSQL writes it; null where there is none yet.</param>
    /// <returns>The folder with initdb and postgres.</returns>
    /// <exception cref="SrpoException">There are none.</exception>
    public static string Find(string? path, string debian, string? version)
    {
        var versions = Directory.Exists(debian)
            ? Directory.GetDirectories(debian).OrderByDescending(folder => Number(Path.GetFileName(folder))).Select(folder => Path.Combine(folder, "bin")).ToArray()
            : [];
        string[] places = [.. version is null ? [] : new[] { Path.Combine(debian, version, "bin") }, .. ProgramPath.Folders(path), .. versions];
        return Array.Find(places, place => File.Exists(Path.Combine(place, "initdb")) && File.Exists(Path.Combine(place, "postgres"))) ?? throw new SrpoException(
            ErrorKind.Environment,
            $"the programs of a PostgreSQL server (initdb, postgres) are neither on PATH nor in {debian}; install them (Debian and Ubuntu: apt-get install postgresql), or use Azurite with --storage azurite");
    }

    private static double Number(string version) => double.TryParse(version, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
