namespace Srpo.Client.Tests.Support;

/// <summary>Files of two directories held against each other, byte for byte.</summary>
internal static class SameFiles
{
    /// <summary>Asserts that two directories have the same files.</summary>
    public static void Assert(string expected, string actual)
    {
        var names = Names(expected);
        Xunit.Assert.NotEmpty(names);
        Xunit.Assert.Equal(names, Names(actual));
        foreach (var name in names)
            Xunit.Assert.True(File.ReadAllBytes(Path.Combine(expected, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(actual, name))), $"{name} differs");
    }

    /// <summary>Asserts that a run has come to the same weights, matrices and learning curves as another one.</summary>
    /// <param name="expected">Directory of the one.</param>
    /// <param name="actual">Directory of the other.</param>
    public static void AssertRuns(string expected, string actual)
    {
        Assert(Path.Combine(expected, "checkpoints"), Path.Combine(actual, "checkpoints"));
        var tables = Directory.GetFiles(expected, "*.csv").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToArray();
        Xunit.Assert.Contains("learning-curves.csv", tables);
        Xunit.Assert.Contains("cells.csv", tables);
        foreach (var table in tables) Xunit.Assert.Equal(File.ReadAllText(Path.Combine(expected, table)), File.ReadAllText(Path.Combine(actual, table)));
    }

    private static string[] Names(string directory) =>
        [.. Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(directory, path)).Order(StringComparer.Ordinal)];
}
