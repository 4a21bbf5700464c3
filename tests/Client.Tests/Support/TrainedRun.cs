using Srpo.Client.Cli;

namespace Srpo.Client.Tests.Support;

/// <summary>
/// A small run "r" that has ended: populations r.ippo and r.srpo of two teams, with checkpoints of the rounds 4, 8 and 12, of which the last is in
/// slot 0. It is trained once for the tests of a class; each takes a copy, and may damage it.
/// </summary>
public sealed class TrainedRun : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public async Task InitializeAsync() => (await InProcess.RunAsync(
        _directory.Root, "run", "overcooked-paper", "--id", "r", "--seeds", "2", "--iterations", "12", "--set", "lanes=4", "--set", "horizon=20", "--set", "curveInterval=200",
        "--set", "checkpointInterval=4", "--set", "evaluation.episodes=2", "--set", "evaluation.steps=10")).Expect(ExitCode.Ok);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    /// <summary>A directory of its own with the run in it, as if it had been trained there.</summary>
    internal TemporaryDirectory Copy()
    {
        var copy = new TemporaryDirectory();
        foreach (var file in Directory.EnumerateFiles(_directory.Root, "*", SearchOption.AllDirectories))
        {
            var path = copy[Path.GetRelativePath(_directory.Root, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }

        return copy;
    }
}
