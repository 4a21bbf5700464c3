namespace Srpo.Grains.Tests;

/// <summary>A directory of real files that goes away with the test.</summary>
internal sealed class TestDirectory : IDisposable
{
    public TestDirectory() => Path = Directory.CreateTempSubdirectory("srpo-grains-").FullName;

    public string Path { get; }

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>All files below, as relative paths, sorted.</summary>
    public string[] Files() =>
        [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Select(file => System.IO.Path.GetRelativePath(Path, file)).Order()];

    /// <summary>Copies a sub-directory that somebody may be writing to, file by file, as a crash would leave it.</summary>
    public void CopyTo(TestDirectory other, string part)
    {
        foreach (var file in Directory.EnumerateFiles(File(part), "*.state", SearchOption.AllDirectories).ToArray())
        {
            var target = other.File(System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            System.IO.File.Copy(file, target, overwrite: true);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
