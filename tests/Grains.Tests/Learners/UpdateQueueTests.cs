using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Compute;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Grains.Tests.Learners;

/// <summary>How updates of teams come together, on a device that says so and records what it was given.</summary>
public sealed class UpdateQueueTests : IDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _time = new();
    private readonly ComputePool _pool = new(Options.Create(new ComputeOptions { Workers = 1 }));
    private readonly ScratchPool<UpdaterKey, ITeamUpdater> _updaters;
    private readonly List<int[]> _batches = [];
    private readonly UpdateQueue _queue;
    private readonly UpdaterKey _key;

    public UpdateQueueTests()
    {
        LearnerDevices.UseTorch(new Backend());
        var spec = new PopulationSpec { Population = "p", Environment = new("gridworld", "official"), Training = new() { Method = "ippo", Device = "torch" }, Teams = 1, Seed = 1 };
        var info = EnvironmentFactory.Create(spec.Environment, 1).Info;
        _key = new UpdaterKey(spec.Training, ArchitectureRegistry.Of(spec), info.Seats, TeamPlan.For(spec, info));
        _updaters = new ScratchPool<UpdaterKey, ITeamUpdater>(_pool, _ => new Recorder(_batches));
        _queue = new UpdateQueue(_updaters, _time);
    }

    public void Dispose()
    {
        _updaters.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public async Task Teams_go_together_as_soon_as_all_that_take_part_wait()
    {
        using var first = _queue.Join(_key);
        using var second = _queue.Join(_key);
        var one = _queue.UpdateAsync(_key, Round(0), default);
        Assert.False(one.IsCompleted);
        var other = _queue.UpdateAsync(_key, Round(1), default);
        Assert.Equal(0, (await one).States[0].Version);
        Assert.Equal(1, (await other).States[0].Version);
        Assert.Equal([0, 1], Assert.Single(_batches));
    }

    [Fact]
    public async Task The_first_waits_no_longer_than_the_device_says()
    {
        using var first = _queue.Join(_key);
        using var second = _queue.Join(_key);
        var one = _queue.UpdateAsync(_key, Round(0), default);
        _time.Advance(Wait - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_batches);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await one;
        var other = _queue.UpdateAsync(_key, Round(1), default);
        _time.Advance(Wait);
        await other;
        Assert.Equal([[0], [1]], _batches);
    }

    [Fact]
    public async Task Nobody_waits_for_a_team_that_has_left()
    {
        using var first = _queue.Join(_key);
        var second = _queue.Join(_key);
        var one = _queue.UpdateAsync(_key, Round(0), default);
        second.Dispose();
        await one;
        await _queue.UpdateAsync(_key, Round(2), default);
        Assert.Equal([[0], [2]], _batches);
    }

    [Fact]
    public async Task No_more_go_together_than_the_device_takes()
    {
        var parts = Enumerable.Range(0, 5).Select(_ => _queue.Join(_key)).ToArray();
        var updates = Enumerable.Range(0, 5).Select(team => _queue.UpdateAsync(_key, Round(team), default)).ToArray();
        await Task.WhenAll(updates[..3]);
        _time.Advance(Wait);
        await Task.WhenAll(updates);
        Assert.Equal([[0, 1, 2], [3, 4]], _batches);
        foreach (var part in parts) part.Dispose();
    }

    [Fact]
    public async Task A_team_that_is_called_off_is_left_out_and_an_error_is_everybodys()
    {
        using var first = _queue.Join(_key);
        using var second = _queue.Join(_key);
        using var off = new CancellationTokenSource();
        var gone = _queue.UpdateAsync(_key, Round(0), off.Token);
        off.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        await _queue.UpdateAsync(_key, Round(1), default);
        Assert.Equal([1], Assert.Single(_batches));

        var (one, other) = (_queue.UpdateAsync(_key, Round(Recorder.Bad), default), _queue.UpdateAsync(_key, Round(1), default));
        await Assert.ThrowsAsync<InvalidOperationException>(() => one);
        await Assert.ThrowsAsync<InvalidOperationException>(() => other);
    }

    private static TeamRound Round(int team) => new(1, team, 1, [], []);

    private sealed class Recorder(List<int[]> batches) : ITeamUpdater
    {
        public const int Bad = 99;

        public TeamUpdate[] Update(IReadOnlyList<TeamRound> rounds, CancellationToken cancellation)
        {
            if (rounds.Any(round => round.Team == Bad)) throw new InvalidOperationException("bad");
            batches.Add([.. rounds.Select(round => round.Team)]);
            return [.. rounds.Select(round => new TeamUpdate([new LearnerState(round.Team, [], [], [], 0)], []))];
        }

        public void Dispose()
        {
        }
    }

    private sealed class Backend : IDeviceBackend
    {
        public int Gpus => 0;

        public bool IsThere => false;

        public ILearnerDevice Create(string name, DeviceName parts) => new Device();
    }

    private sealed class Device : ILearnerDevice
    {
        public string Name => "torch";

        public string Description => "";

        public UpdateGathering Gathering => new(3, Wait);

        public int Capacity(int workers) => workers;

        public ITeamUpdater CreateUpdater(TrainingSettings settings, TeamPlan plan, ActorShape shape) => throw new NotSupportedException();

        public IPolicyNetwork CreatePolicy(NetworkShape shape) => throw new NotSupportedException();

        public ICriticNetwork CreateCritic(ActorShape shape) => throw new NotSupportedException();
    }
}
