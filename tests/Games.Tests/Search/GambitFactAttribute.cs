namespace Srpo.Games.Tests.Search;

/// <summary>A test that needs Gambit's program gambit-logit on PATH (Debian package `gambit`) and is skipped without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GambitFactAttribute : FactAttribute
{
    public GambitFactAttribute()
    {
        if (Program is null) Skip = "needs gambit-logit on PATH (Debian package gambit); its recorded answers are compared in any case";
    }

    /// <summary>Path of the program; null if there is none.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, "gambit-logit"))
        .FirstOrDefault(File.Exists);
}
