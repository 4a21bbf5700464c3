using System.Collections.Concurrent;
using System.Diagnostics;
using Orleans.Diagnostics;
using Srpo.Core.Settings;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Traces of work that several silos do together. One after the other, since a listener hears the whole process.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task A_chunk_of_rounds_is_one_tree_from_the_coordinator_over_the_learner_to_environments_and_actors()
    {
        var spec = Populations.Spec("tree", teams: 4, iterations: 12, checkpoints: 4);
        using var spans = new Spans(SrpoMeter.Name, ActivitySources.ApplicationGrainActivitySourceName);
        var here = await TrainAsync(spec);

        var chunks = spans.Named("srpo.coordinator.train", "tree");
        Assert.True(chunks.Length >= 12, $"{chunks.Length} chunks are traced");
        foreach (var chunk in chunks)
        {
            var trace = spans.Of(chunk.TraceId);
            Assert.Equal([chunk], trace.Values.Where(span => span.ParentSpanId == default));
            Assert.All(trace.Values.Where(span => span != chunk), span => Assert.Contains(span.ParentSpanId, trace.Keys));
            var train = Assert.Single(trace.Values, span => span.OperationName == "srpo.train");
            Assert.Equal(["ITeamLearner/TrainAsync", "ITeamLearner/TrainAsync", "srpo.coordinator.train"], Above(train, trace));
            var below = trace.Values.Where(span => Above(span, trace).Contains("srpo.train") && span.Kind == ActivityKind.Server).Select(span => span.OperationName.Split('/')[1]).ToHashSet();
            Assert.Superset(new HashSet<string> { "PlayAsync", "ApplyAsync" }, below);
        }

        // Learners of the other silo are among them.
        Assert.Contains(spans.All, span => span is { OperationName: "ITeamLearner/TrainAsync", Kind: ActivityKind.Server } && !$"{span.GetTagItem("rpc.orleans.target_id")}".EndsWith(here, StringComparison.Ordinal));

        // Storing a team, and bringing it back, are trees of their own.
        foreach (var name in (string[])["srpo.checkpoint", "srpo.coordinator.restore"])
            Assert.All(spans.Named(name, "tree"), span => Assert.True(span.ParentSpanId == default && spans.Of(span.TraceId).Count > 1));
    }

    [Fact]
    public async Task Without_the_calls_a_learners_part_is_still_below_its_coordinators()
    {
        var spec = Populations.Spec("short", teams: 2, iterations: 4);
        using var spans = new Spans(SrpoMeter.Name);
        await TrainAsync(spec, async silos =>
        {
            var tournament = silos.Grains.GetGrain<ITournamentGrain>("short");
            await tournament.StartAsync(new TournamentSpec(["short"], spec.Environment, 1, 4, 1));
            await Until.HoldsAsync("the tournament ends", async () => (await tournament.GetStatusAsync()).Finished);
        });

        var chunks = spans.Named("srpo.coordinator.train", "short");
        Assert.NotEmpty(chunks);
        foreach (var chunk in chunks) Assert.Equal(["srpo.coordinator.train", "srpo.train"], spans.Of(chunk.TraceId).Values.Select(span => span.OperationName).Order());
        var restored = spans.Named("srpo.restore", "short");
        Assert.NotEmpty(restored);
        Assert.All(restored, span => Assert.Equal("srpo.coordinator.restore", spans.Of(span.TraceId)[span.ParentSpanId].OperationName));
        var played = spans.All.Where(span => Equals(span.GetTagItem("srpo.tournament"), "short")).ToArray();
        Assert.NotEmpty(played);
        Assert.All(played, span => Assert.Contains(spans.Of(span.TraceId).Values, tile => tile.OperationName == "srpo.tournament.tile" && tile.ParentSpanId == span.SpanId));
    }

    [Fact]
    public async Task A_failure_is_noted_in_the_span_that_asked()
    {
        using var spans = new Spans(SrpoMeter.Name);
        using (var activity = SrpoActivities.HaveTrained("failing", 0, 1, 1))
            await Assert.ThrowsAsync<TimeoutException>(() => activity.AwaitAsync(Task.FromException<int>(new TimeoutException("no answer"))));
        var span = Assert.Single(spans.Named("srpo.coordinator.train", "failing"));
        Assert.Equal((ActivityStatusCode.Error, "no answer"), (span.Status, span.StatusDescription));
    }

    /// <summary>Trains on two silos; whoever asks for it is in the middle of a trace of his own.</summary>
    /// <returns>The silo of the coordinator.</returns>
    private static async Task<string> TrainAsync(PopulationSpec spec, Func<TestSilos, Task>? then = null)
    {
        using var data = new TestDirectory();
        await using var silos = await TestSilos.StartAsync(data, 2);
        using var request = new Activity("request").Start();
        await silos.Coordinator(spec.Population).StartAsync(spec);
        await silos.FinishedAsync(spec.Population);
        if (then is not null) await then(silos);
        return GrainKeys.Silo((await silos.SiloOfAsync(silos.Coordinator(spec.Population))).SiloAddress);
    }

    /// <summary>Names of the spans above one, nearest first.</summary>
    private static List<string> Above(Activity span, Dictionary<ActivitySpanId, Activity> trace)
    {
        var names = new List<string>();
        while (trace.TryGetValue(span.ParentSpanId, out var parent))
        {
            names.Add(parent.OperationName);
            span = parent;
        }

        return names;
    }

    /// <summary>The ended spans of some sources.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _ended = new();
        private readonly ActivityListener _listener;

        public Spans(params string[] sources)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => sources.Contains(source.Name),
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IEnumerable<Activity> All => _ended;

        public Activity[] Named(string name, string population) =>
            [.. _ended.Where(span => span.OperationName == name && Equals(span.GetTagItem("srpo.population"), population))];

        public Dictionary<ActivitySpanId, Activity> Of(ActivityTraceId trace) => _ended.Where(span => span.TraceId == trace).ToDictionary(span => span.SpanId);

        public void Dispose() => _listener.Dispose();
    }
}
