using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Experiments.Data;

namespace Srpo.Plugins.Tests;

/// <summary>What was begun with a plug-in, in processes that begin without one.</summary>
public sealed class FoundAgainTests : IDisposable
{
    private static readonly string[] Small =
    [
        "--preset", "kitchen", "--seeds", "1", "--iterations", "2", "--set", "lanes=2", "--set", "horizon=10", "--set", "minibatches=1", "--set", "curveInterval=20", "--set", "curveEpisodes=1",
    ];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_plugin_is_found_again_where_it_was_or_what_needs_it_is_refused_with_its_name()
    {
        File.Copy(Samples.Kitchen, _directory["Kitchen.dll"]);
        (await RunAsync(["population", "start", "one", "--plugin", "Kitchen.dll", .. Small])).Expect(ExitCode.Ok);

        // Found by itself, while its file is as it was.
        (await RunAsync("replay", "one/0", "--steps", "2", "--no-wait")).Expect(ExitCode.Ok);

        // Built anew: another program.
        await using (var changed = File.Open(_directory["Kitchen.dll"], FileMode.Append)) changed.WriteByte(0);
        var replay = (await RunAsync("replay", "one/0", "--steps", "2", "--no-wait")).Expect(ExitCode.NotFound);
        Assert.Contains("the population 'one': it needs the plug-in 'kitchen' 0.1.0 (sha256 ", replay.Error, StringComparison.Ordinal);
        Assert.Contains("Kitchen.dll has changed since); load it with --plugin FILE", replay.Error, StringComparison.Ordinal);
        var resumed = await RunAsync("population", "resume", "one", "--plugin", "Kitchen.dll");
        Assert.NotEqual(ExitCode.Ok, resumed.ExitCode);
        Assert.Contains("another build", resumed.Error, StringComparison.Ordinal);
        var again = await RunAsync(["population", "start", "one", "--plugin", "Kitchen.dll", .. Small]);
        Assert.NotEqual(ExitCode.Ok, again.ExitCode);
        Assert.Contains("plugins.kitchen", again.Error, StringComparison.Ordinal);

        File.Delete(_directory["Kitchen.dll"]);
        var crossplay = (await RunAsync("crossplay", "one")).Expect(ExitCode.NotFound);
        Assert.Contains("Kitchen.dll is not there any more)", crossplay.Error, StringComparison.Ordinal);
        (await RunAsync("runs", "list")).Expect(ExitCode.Ok);
        Assert.Contains("it needs the plug-in 'kitchen'", (await RunAsync("population", "status", "one")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);

        // Named by hand, wherever it is now.
        File.Copy(Samples.Kitchen, _directory["moved.dll"]);
        (await RunAsync("replay", "one/0", "--steps", "2", "--no-wait", "--plugin", "moved.dll")).Expect(ExitCode.Ok);
    }

    [Fact]
    public async Task A_run_is_reported_and_resumed_without_naming_its_plugins_again()
    {
        _directory.Write("small.json", $$"""
            {
              "plugins": ["{{Samples.Kitchen.Replace('\\', '/')}}", "{{Samples.Tsallis.Replace('\\', '/')}}"], "preset": "kitchen", "seeds": 1,
              "training": { "iterations": 2, "lanes": 2, "horizon": 10, "minibatches": 1, "curveInterval": 20, "curveEpisodes": 1 },
              "populations": { "a": { "method": "ippo" }, "b": { "method": "tsallis-srpo" } },
              "evaluation": { "episodes": 1, "steps": 10 }
            }
            """);
        (await RunAsync("run", "small.json", "--id", "r")).Expect(ExitCode.Ok);
        File.Delete(_directory["runs/.plugins.json"]);
        (await RunAsync("report", "r")).Expect(ExitCode.Ok);
        (await RunAsync("resume", "r")).Expect(ExitCode.Ok);
    }

    /// <summary>A directory of somebody else may name plug-ins, and bring them.</summary>
    [Fact]
    public async Task What_a_directory_remembers_is_not_loaded_by_a_user_who_never_named_it()
    {
        File.Copy(Samples.Kitchen, _directory["Kitchen.dll"]);
        (await RunAsync(["population", "start", "one", "--plugin", "Kitchen.dll", .. Small])).Expect(ExitCode.Ok);
        var other = new Dictionary<string, string> { [TrustedPlugins.FolderVariable] = _directory["other"] };
        var refused = (await RunAsync(other, "replay", "one/0", "--steps", "2", "--no-wait")).Expect(ExitCode.NotFound);
        Assert.Contains("Kitchen.dll is not loaded unasked, as you have never named it); load it with --plugin FILE", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["other"]));

        // Named once, it is the user's own.
        (await RunAsync(other, "replay", "one/0", "--steps", "2", "--no-wait", "--plugin", "Kitchen.dll")).Expect(ExitCode.Ok);
        (await RunAsync(other, "replay", "one/0", "--steps", "2", "--no-wait")).Expect(ExitCode.Ok);

        // The same file elsewhere lies beside others, of which nobody knows anything.
        Directory.CreateDirectory(_directory["brought"]);
        File.Copy(_directory["Kitchen.dll"], _directory["brought/Kitchen.dll"]);
        var remembered = File.ReadAllText(_directory["runs/.plugins.json"]);
        _directory.Write("runs/.plugins.json", remembered.Replace(_directory["Kitchen.dll"], _directory["brought/Kitchen.dll"], StringComparison.Ordinal));
        Assert.Contains("brought/Kitchen.dll is not loaded unasked", (await RunAsync(other, "replay", "one/0", "--steps", "2", "--no-wait")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        _directory.Write("runs/.plugins.json", remembered);

        // A whole path alone is looked for, and what is no plug-in at all is passed over.
        _directory.Write("runs/.plugins.json", File.ReadAllText(_directory["runs/.plugins.json"]).Replace(_directory["Kitchen.dll"], "Kitchen.dll", StringComparison.Ordinal));
        Assert.Contains("names no file by its whole path", (await RunAsync(other, "replay", "one/0", "--steps", "2", "--no-wait")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
    }

    private async Task<Outcome> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = SrpoProcess.Start(_directory.Root, environment, arguments);
        return await process.EndAsync();
    }

    private Task<Outcome> RunAsync(params string[] arguments) => SrpoProcess.RunAsync(_directory.Root, arguments);
}
