using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Srpo.Core.Settings;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

public sealed class ActivityTests
{
    [Fact]
    public async Task Chunks_restores_checkpoints_and_tiles_are_traced_and_rounds_are_not()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SrpoMeter.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var spec = Populations.Spec("traced", teams: 2, iterations: 12, checkpoints: 4);
        await host.TrainAsync(spec);
        PolicyReference[] team = [new("traced/0/0", 12), new("traced/0/1", 12)];
        await host.Services.GetRequiredService<TilePlayer>().PlayAsync(
            new MatchTile("traced", Guid.NewGuid(), new TournamentSpec(["traced"], spec.Environment, 1, 4, 1), Learning.Seating.Ordered, 987_654, 0, team, [team]));

        // Other tests of this process are traced as well.
        var ours = ended.Where(activity => Equals(activity.GetTagItem("srpo.population"), "traced") || Equals(activity.GetTagItem("srpo.row"), 987_654))
            .CountBy(activity => activity.OperationName).ToDictionary();
        Assert.Equal((6, 6), (ours["srpo.coordinator.train"], ours["srpo.train"]));
        Assert.Equal((2, 2), (ours["srpo.coordinator.restore"], ours["srpo.restore"]));
        Assert.Equal(6, ours["srpo.checkpoint"]);
        Assert.Equal(1, ours["srpo.tournament.tile"]);
        Assert.Equal(6, ours.Count);
    }

    [Fact]
    public void The_scope_of_a_team_says_the_round_at_the_time_of_the_message()
    {
        var round = 1;
        var scope = new TeamScope("p", 2, () => round);
        round = 7;
        Assert.Equal([new("Population", "p"), new("Team", 2), new("Round", 7)], scope.ToArray());
        Assert.Equal("p/2 round 7", scope.ToString());
    }
}
