using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Reporting.Tests.Support;

namespace Srpo.Dashboard.Tests.Support;

/// <summary>
/// A dashboard of two small runs that have ended, and a browser: the experiment "tiny", called "first" and tagged "paper", with the populations ippo and srpo of two teams, and the
/// population "alone". Made once for the tests of a collection, which change none of it.
/// </summary>
public sealed class ShownRuns : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Chromium _chromium = new();
    private DashboardProcess _dashboard = null!;

    internal DashboardProcess Dashboard => _dashboard;

    internal string Root => _directory.Root;

    public async Task InitializeAsync()
    {
        string[] small = ["--seeds", "2", "--iterations", "12", "--set", "lanes=4", "--set", "horizon=20", "--set", "curveInterval=100", "--set", "checkpointInterval=4", "--set", "evaluationSteps=20"];
        var browser = _chromium.InitializeAsync();
        await RunAsync(["run", "overcooked-paper", "--id", "tiny", .. small, "--set", "evaluation.episodes=2", "--set", "evaluation.steps=20"]);
        await RunAsync(["population", "start", "alone", "--method", "ippo", .. small, "--set", "discount=0.9"]);
        await RunAsync("runs", "rename", "tiny", "first");
        await RunAsync("runs", "tag", "tiny", "paper");
        await RunAsync("runs", "note", "tiny", "the one of the figure");
        _dashboard = await DashboardProcess.StartAsync(_directory.Root);
        await browser;
    }

    public async Task DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _dashboard?.Dispose();
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>A visit by the link.</summary>
    internal Task<Visit> VisitAsync(int width = 1400, bool dark = false) => _chromium.OpenAsync(_dashboard.Link, width, dark);

    private async Task RunAsync(params string[] arguments) => (await InProcess.RunAsync(_directory.Root, arguments)).Expect(ExitCode.Ok);
}

/// <summary>Tests that look at <see cref="ShownRuns"/>, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ShownRunsTests : ICollectionFixture<ShownRuns>
{
    public const string Name = "shown runs";
}

/// <summary>A test with a browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = new ProgramFactAttribute("chromium", "chromium").Skip;
}
