using Srpo.Core.Results;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

/// <summary>Learning curves of any length: what is written with a record does not grow with them, and nothing of them is lost.</summary>
public sealed class CurvePagesTests : IDisposable
{
    private const int Page = CurvePages.Size;

    private static readonly GrainId Coordinator = GrainId.Create("coordinator", "p");

    private readonly TestDirectory _data = new();
    private readonly FileGrainStorage _storage;
    private readonly CurvePages _pages;

    public CurvePagesTests()
    {
        _storage = new FileGrainStorage("populations", new FileStorageOptions { Directory = _data.Path });
        _pages = new CurvePages(_storage, Coordinator);
    }

    public void Dispose()
    {
        _storage.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task What_is_written_again_and_again_is_bounded_and_every_page_is_written_once()
    {
        var record = Record(teams: 2, points: 0);
        var largest = 0;
        for (var round = 0; round < 20 * Page; round += 64)
        {
            foreach (var team in record.Teams) team.Curve.AddRange(Points(round, 64));
            await _pages.StoreAsync(record);
            largest = Math.Max(largest, new StatePayload().Write(record).Length);
        }

        Assert.True(largest < 3 * 2 * Page * new StatePayload().Write(Points(20 * Page, 1)).Length, $"a record has {largest} bytes");
        Assert.Equal((19, Page), (record.Teams[1].PageEnds.Count, record.Teams[1].Curve.Count));
        Assert.False(record.Teams[1].HasPages);
        Assert.Equal(2 * 19, _data.Files().Length);

        // Written once: the tag of a state counts how often it was.
        var page = new GrainState<CurvePage>();
        await _storage.ReadStateAsync("curve1-0", Coordinator, page);
        Assert.Equal("1", page.ETag);
    }

    [Fact]
    public async Task A_record_that_is_read_again_has_all_points()
    {
        var record = Record(teams: 2, points: 1);
        record.Teams[1].Curve = Points(0, 5 * Page + 3);
        await _pages.StoreAsync(record);
        var read = await AgainAsync(record);
        Assert.Equal((0, 4), (read.Teams[0].PageEnds.Count, read.Teams[1].PageEnds.Count));
        Assert.Throws<InvalidOperationException>(() => read.Curves([]));
        Assert.Null(await _pages.ReadAsync(read));
        Assert.Equal(Enumerable.Range(0, 5 * Page + 3), read.Curves([])[1].Points.Select(point => point.Round));
        foreach (var known in new[] { 1, Page - 1, Page, 4 * Page, 5 * Page + 2, 5 * Page + 3 })
        {
            var piece = read.Curves([1, known])[1];
            Assert.Equal((known, 5 * Page + 3 - known), (piece.First, piece.Points.Length));
            if (piece.Points.Length > 0) Assert.Equal(known, piece.Points[0].Round);
        }

        // Who knows more than there is knows another curve.
        Assert.Equal((0, 5 * Page + 3), (read.Curves([1, 5 * Page + 4])[1].First, read.Curves([1, 5 * Page + 4])[1].Points.Length));
    }

    [Theory]
    [InlineData(0, 0, 0, false)]
    [InlineData(Page - 1, 0, Page, false)]
    [InlineData(Page - 2, 0, Page - 1, true)]
    [InlineData(Page + 9, 1, Page + 10, false)]
    [InlineData(Page + 9, 1, Page + 10, true)]
    [InlineData(4 * Page, 4, 4 * Page + 1, true)]
    public async Task A_team_that_goes_back_gives_up_pages_and_stores_others_in_their_place(int round, int pages, int points, bool isRead)
    {
        var record = Record(teams: 1, points: 5 * Page);
        await _pages.StoreAsync(record);
        Assert.Equal(4, record.Teams[0].PageEnds.Count);
        if (isRead) Assert.Null(await _pages.ReadAsync(record));
        await _pages.CutAsync(record.Teams[0], 0, round);
        Assert.Equal((pages, points - (pages * Page)), (record.Teams[0].PageEnds.Count, record.Teams[0].Curve.Count));
        if (isRead) Assert.Equal(points, record.Teams[0].Points);

        // Played again, with other values: those are kept, and not what was stored before.
        record.Teams[0].Curve.AddRange(Points(points, 6 * Page - points, value: 2));
        await _pages.StoreAsync(record);
        var read = await AgainAsync(record);
        Assert.Null(await _pages.ReadAsync(read));
        var curve = read.Curves([])[0].Points;
        Assert.Equal(Enumerable.Range(0, 6 * Page), curve.Select(point => point.Round));
        Assert.Equal(Enumerable.Range(0, 6 * Page).Select(each => each < points ? 1.0 : 2.0), curve.Select(point => point.MeanReturn));
    }

    [Fact]
    public async Task A_page_that_is_damaged_or_missing_costs_its_points_and_no_more()
    {
        var record = Record(teams: 1, points: 5 * Page);
        await _pages.StoreAsync(record);
        await File.WriteAllBytesAsync(_storage.PathOf("curve0-1", Coordinator), [1, 2, 3]);
        File.Delete(_storage.PathOf("curve0-3", Coordinator));
        var read = await AgainAsync(record);
        var missing = await _pages.ReadAsync(read);
        Assert.Contains("curve0-1", missing, StringComparison.Ordinal);
        Assert.EndsWith("the learning curve is shown without its points", missing, StringComparison.Ordinal);
        Assert.Equal([.. Enumerable.Range(0, Page), .. Enumerable.Range(2 * Page, Page), .. Enumerable.Range(4 * Page, Page)], read.Curves([])[0].Points.Select(point => point.Round));

        // And is written over by the team that goes back and comes there again.
        await _pages.CutAsync(read.Teams[0], 0, Page - 1);
        read.Teams[0].Curve.AddRange(Points(Page, 4 * Page));
        await _pages.StoreAsync(read);
        var whole = await AgainAsync(read);
        Assert.Null(await _pages.ReadAsync(whole));
        Assert.Equal((4, 5 * Page), (whole.Teams[0].PageEnds.Count, whole.Teams[0].Points));
    }

    [Fact]
    public void A_page_is_taken_for_these_points_only()
    {
        var team = new TeamRecord { Curve = Points(0, 3 * Page) };
        var points = team.FullPage!;
        team.CutTo(2);
        team.Curve.AddRange(Points(3, 3 * Page));
        Assert.False(team.TryMoveToPage(0, points));
        Assert.False(team.TryMoveToPage(1, team.FullPage!));
        Assert.True(team.TryMoveToPage(0, team.FullPage!));
        Assert.Equal((1, 2 * Page + 3), (team.PageEnds.Count, team.Curve.Count));
        Assert.Null(new TeamRecord { Curve = Points(0, 2 * Page - 1) }.FullPage);
    }

    [Fact]
    public Task Pages_that_become_full_or_are_given_up_while_they_are_read_are_as_they_are_in_the_end() => Task.Factory.StartNew(
        async () =>
        {
            var record = Record(teams: 1, points: 8 * Page);
            await _pages.StoreAsync(record);
            var reading = _pages.ReadAsync(record);
            await _pages.CutAsync(record.Teams[0], 0, 3 * Page);
            record.Teams[0].Curve.AddRange(Points(3 * Page + 1, 5 * Page, value: 2));
            await _pages.StoreAsync(record);
            Assert.Null(await reading);
            var curve = record.Curves([])[0].Points;
            Assert.Equal(Enumerable.Range(0, 8 * Page + 1), curve.Select(point => point.Round));
            Assert.Equal(Enumerable.Range(0, 8 * Page + 1).Select(round => round <= 3 * Page ? 1.0 : 2.0), curve.Select(point => point.MeanReturn));
        },
        CancellationToken.None,
        TaskCreationOptions.None,

        // One thing at a time, as within a grain.
        new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    [Fact]
    public void Only_records_with_pages_are_kept_from_builds_that_know_none()
    {
        Assert.Equal(2u, StoredState.VersionOf(new TournamentRecord()));
        var record = Record(teams: 1, points: 2 * Page);
        Assert.Equal(2u, StoredState.VersionOf(record));
        record.Teams[0].TryMoveToPage(0, record.Teams[0].FullPage!);
        Assert.Equal(3u, StoredState.VersionOf(record));
    }

    [Fact]
    public async Task A_long_curve_outlives_pauses_and_processes_and_goes_with_its_population()
    {
        var spec = Populations.Spec("long", "ippo", teams: 1, iterations: 3 * Page, checkpoints: 50);
        spec = spec with { Training = spec.Training with { CurveInterval = 1, CurveEpisodes = 1, EvaluationSteps = 4, Horizon = 4, Epochs = 1 } };
        using var data = new TestDirectory();
        await using (var first = await Populations.HostAsync(data))
        {
            await first.Coordinator("long").StartAsync(spec);
            await first.AtRoundAsync("long", 2 * Page + 60);
            await first.Coordinator("long").PausedAsync();
        }

        await using (var second = await Populations.HostAsync(data))
        {
            Assert.Null((await second.RunAsync("long", coordinator => coordinator.ResumeAsync())).Warning);
            Assert.Equal(await Populations.ReferenceAsync(spec), await second.FingerprintAsync(spec));
            var curve = Assert.Single(await second.Coordinator("long").GetCurvesAsync());
            Assert.Equal(Enumerable.Range(0, 3 * Page + 1), curve.Points.Select(point => point.Round));
            using (var stored = new StoredReader(data.Path))
            {
                Assert.Equal(curve.Points.Select(point => (point.Round, point.MeanReturn)), (await stored.GetCurvesAfterAsync("long", []))[0].Points.Select(point => (point.Round, point.MeanReturn)));
                Assert.Equal((3 * Page, 1), ((await stored.GetCurvesAfterAsync("long", [3 * Page]))[0].First, (await stored.GetCurvesAfterAsync("long", [3 * Page]))[0].Points.Length));
                Assert.Equal(curve.Points[^1].MeanReturn, (await stored.GetStatusAsync("long")).Teams[0].LastReturn);
            }

            Assert.Contains(data.Files(), file => file.Contains("curve0-1", StringComparison.Ordinal));
            await second.Coordinator("long").DeleteAsync();
        }

        Assert.DoesNotContain(data.Files(), file => file.Contains("long", StringComparison.Ordinal));
    }

    private static async Task<PopulationRecord> AgainAsync(PopulationRecord record)
    {
        await Task.Yield();
        var payload = new StatePayload();
        return payload.Read<PopulationRecord>(payload.Write(record));
    }

    private static PopulationRecord Record(int teams, int points) => new() { Teams = [.. Enumerable.Range(0, teams).Select(_ => new TeamRecord { Round = points, Curve = Points(0, points) })] };

    private static List<CurvePoint> Points(int first, int count, double value = 1) => [.. Enumerable.Range(first, count).Select(round => new CurvePoint(round, 10L * round, 20L * round, value, [0.1, 0.2], [new UpdateMetrics(round, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)]))];
}
