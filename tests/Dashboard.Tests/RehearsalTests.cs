using Srpo.Dashboard.Tests.Support;
using Srpo.Experiments.Data;

namespace Srpo.Dashboard.Tests;

/// <summary>The page that is drawn for nobody.</summary>
public sealed class RehearsalTests : IDisposable
{
    private readonly FakeSource _source = new(teams: 2);
    private readonly RunShelf _shelf;

    public RehearsalTests() => _shelf = new RunShelf(_source, TimeProvider.System);

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public async Task The_newest_run_is_drawn_as_a_page_draws_it_and_not_followed()
    {
        _source.Runs = [new StoredRun("sweep", RunKind.Sweep, RunLabels.None, [], []) { Started = DateTimeOffset.MaxValue }, new StoredRun(FakeSource.Population, RunKind.Population, RunLabels.None, [FakeSource.Population], [])];
        for (var team = 0; team < 2; team++) _source.Play(team, 12);
        var page = await Rehearsal.DrawAsync(_shelf, _source, CancellationToken.None);
        foreach (var part in new[] { "<h1>alone</h1>", "data-figure=\"returns\"", "data-figure=\"entropy-of-the-agents\"", "aria-label=\"Teams\"" }) Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.NotEmpty(_source.Asked());

        // Longer than a page that somebody looks at waits before it asks again.
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Empty(_source.Asked());
    }

    [Fact]
    public async Task Where_there_is_nothing_to_draw_or_nobody_answers_nothing_happens()
    {
        Assert.Null(await Rehearsal.DrawAsync(_shelf, _source, CancellationToken.None));
        using var shelf = new RunShelf(_source, TimeProvider.System);
        _source.Runs = [new StoredRun(FakeSource.Population, RunKind.Population, RunLabels.None, [FakeSource.Population], [])];
        Assert.DoesNotContain("<figure", await Rehearsal.DrawAsync(shelf, _source, CancellationToken.None), StringComparison.Ordinal);
        _source.Fail(new InvalidOperationException("gone"));
        Assert.Contains("gone", await Rehearsal.DrawAsync(shelf, _source, CancellationToken.None), StringComparison.Ordinal);
    }
}
