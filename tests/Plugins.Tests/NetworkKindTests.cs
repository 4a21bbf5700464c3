using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Plugins.Tests;

/// <summary>A plug-in that makes the actors of its environment itself.</summary>
public sealed class NetworkKindTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Actors_of_a_plugin_train_play_and_are_exported()
    {
        // The environment is the one that the template begins with.
        var environment = "using System;\nusing System.Linq;\nusing System.Collections.Generic;\n" + File.ReadAllText(Repository.PathOf("templates", "srpo-environment", "Corridor.cs"));
        Samples.CompileAll(_directory["OwnNetworks.dll"], [File.ReadAllText(Repository.PathOf("tests", "Plugins.Tests", "OwnNetworks.txt")), environment]);
        string[] small = ["--plugin", "OwnNetworks.dll", "--set", "environment=my-environment", "--layout", "short", "--set", "lanes=2", "--set", "horizon=10", "--set", "evaluationSteps=10", "--seeds", "1", "--iterations", "2"];
        var refused = (await RunAsync(["population", "start", "two", .. small, "--set", "network.hidden=[8,8]"])).Expect(ExitCode.Usage);
        Assert.Contains("quiet networks have one layer", refused.Error, StringComparison.Ordinal);
        foreach (var method in new[] { "ippo", "srpo" }) (await RunAsync(["population", "start", method, .. small, "--set", "network.hidden=[8]", "--method", method])).Expect(ExitCode.Ok);
        (await RunAsync("crossplay", "ippo", "srpo", "--episodes", "2", "--steps", "5", "--id", "x")).Expect(ExitCode.Ok);
        Assert.Contains("1...2", (await RunAsync("replay", "srpo/0", "--steps", "1", "--no-wait")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        (await RunAsync("export", "srpo/0/1", "agent.safetensors")).Expect(ExitCode.Ok);
        Assert.Contains("quiet", File.ReadAllText(_directory["agent.safetensors"]), StringComparison.Ordinal);
    }

    private Task<Outcome> RunAsync(params string[] arguments) => InProcess.RunAsync(_directory.Root, arguments);
}
