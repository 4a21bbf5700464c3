namespace Srpo.Client.Development;

/// <summary>The source tree that this program was built in, where it still lies in it.</summary>
internal static class SourceTree
{
    private const string LauncherName = "srpo";

    /// <summary>Its folder; null where the program is installed elsewhere.</summary>
    public static string? Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The launcher, which builds what is not up to date.</summary>
    public static string? Launcher => Root is null ? null : Path.Combine(Root, LauncherName);

    /// <summary>The tree that a folder is in.</summary>
    public static string? Find(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, LauncherName)) && File.Exists(Path.Combine(at.FullName, "src", "Silo", "Srpo.Silo.csproj"))) return at.FullName;
        }

        return null;
    }
}
