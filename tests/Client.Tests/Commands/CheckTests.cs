using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Conformance.Environments;
using Srpo.Conformance.Methods;
using Srpo.Conformance.Players;

namespace Srpo.Client.Tests.Commands;

public sealed class CheckTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_environment_that_is_built_in_has_no_fault()
    {
        var outcome = (await InProcess.RunAsync(_directory.Root, "check", "environment", "matrix", "stag-hunt")).Expect(ExitCode.Ok);
        Assert.Contains("matrix stag-hunt: ", outcome.Out, StringComparison.Ordinal);
        Assert.Contains(" 0 failed, ", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("not applicable: turns (all seats act at every step)", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("no fault found in ", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_as_json()
    {
        var outcome = (await InProcess.RunAsync(_directory.Root, "check", "method", "e3t", "--json")).Expect(ExitCode.Ok);
        using var json = JsonDocument.Parse(outcome.Out);
        Assert.True(json.RootElement.GetProperty("passed").GetBoolean());
        Assert.Equal(3 * MethodConformance.Checks.Count, json.RootElement.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task A_scripted_player_that_is_built_in_has_no_fault()
    {
        var outcome = (await InProcess.RunAsync(_directory.Root, "check", "player", "scripted:intercept")).Expect(ExitCode.Ok);
        Assert.Contains("scripted:intercept on tag tag-4v2: ", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("not applicable: legal actions (the environment masks no actions)", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("did you mean 'intercept'", (await InProcess.RunAsync(_directory.Root, "check", "player", "intercpt")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_checked_is_refused()
    {
        Assert.Contains("did you mean 'gridworld'", (await InProcess.RunAsync(_directory.Root, "check", "environment", "gridwold")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'srpo'", (await InProcess.RunAsync(_directory.Root, "check", "method", "spro")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        (await InProcess.RunAsync(_directory.Root, "check", "plugin", "nothing.dll")).Expect(ExitCode.NotFound);
        Assert.Contains("no assembly", (await InProcess.RunAsync(_directory.Root, "check", "plugin", Repository.PathOf("README.md"))).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_names_every_check()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/commands/check.md"));
        Assert.All(EnvironmentConformance.Checks.Concat(MethodConformance.Checks).Concat(PlayerConformance.Checks), check => Assert.Contains($"| {check.Name} | {check.Description} |", page, StringComparison.Ordinal));
    }
}
