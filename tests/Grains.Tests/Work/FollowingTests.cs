using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Long work between grains is begun and followed: calls are short, and one whose reply is lost is repeated without harm.</summary>
public sealed class FollowingTests
{
    private static readonly PopulationSpec Spec = Populations.Spec("followed", teams: 3, iterations: 40, checkpoints: 10);

    private static readonly TournamentSpec Play = new(["followed"], Spec.Environment, 2000, 16, 3);

    private static readonly Lazy<Task<(string Bits, string Cells)>> Reference = new(async () =>
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(Spec);
        return (await host.FingerprintAsync(Spec), await CellsAsync(host.Grains));
    });

    [Fact]
    public async Task Work_that_takes_longer_than_a_call_is_asked_for_again()
    {
        using var data = new TestDirectory();
        await using var host = await Hosting.LocalHost.StartAsync(options =>
        {
            options.DataDirectory = data.Path;
            options.Compute.Workers = 2;
            options.Compute.Answer = TimeSpan.FromMilliseconds(1);
        });
        await host.TrainAsync(Spec);
        Assert.Equal(await Reference.Value, (await host.FingerprintAsync(Spec), await CellsAsync(host.Grains)));
    }

    [Fact]
    public async Task Replies_that_are_lost_change_no_bit()
    {
        using var data = new TestDirectory();
        var lost = new LostReplies();
        await using var silos = await TestSilos.StartAsync(data, 2, lost, 1, 2);
        await silos.Coordinator("followed").StartAsync(Spec);
        await silos.FinishedAsync("followed");
        Assert.Equal(await Reference.Value, (await Populations.FingerprintAsync(silos.Grains, Spec), await CellsAsync(silos.Grains)));
        foreach (var method in LostReplies.Methods) Assert.True(lost.Lost.GetValueOrDefault(method) > 0, $"no reply of {method} was lost");
        Assert.DoesNotContain("failed", (await silos.Coordinator("followed").GetStatusAsync()).Warning ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replies_are_given_to_equal_requests_and_failures_told_once()
    {
        var begun = 0;
        var time = new FakeTimeProvider();
        var work = new FollowedWork<int, string>(TimeSpan.FromSeconds(5), keeps: true, time);
        var ends = new TaskCompletionSource<string>();
        Task<string> Begin()
        {
            begun++;
            return ends.Task;
        }

        var asked = work.AskAsync(1, Begin);
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(asked.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(await asked);
        Assert.True(work.IsUnderWay(1));
        Assert.False(work.IsUnderWay(2));
        ends.SetResult("done");
        Assert.Equal("done", await work.AskAsync(1, Begin));
        Assert.Equal("done", await work.AskAsync(1, Begin));
        Assert.Equal(1, begun);
        work.Forget();
        Assert.Equal("done", await work.AskAsync(1, Begin));
        Assert.Equal(2, begun);

        ends = new TaskCompletionSource<string>();
        ends.SetException(new TimeoutException("of the work"));
        Assert.Equal("of the work", (await Assert.ThrowsAsync<TimeoutException>(() => work.AskAsync(2, Begin))).Message);
        ends = new TaskCompletionSource<string>();
        ends.SetResult("again");
        Assert.Equal("again", await work.AskAsync(2, Begin));
    }

    [Fact]
    public async Task A_call_whose_reply_is_lost_again_and_again_is_given_up()
    {
        var asked = 0;
        await Assert.ThrowsAsync<TimeoutException>(() => Following.AskAsync<string>(() => throw new TimeoutException($"{++asked}")));
        Assert.Equal(3, asked);
    }

    private static async Task<string> CellsAsync(IGrainFactory grains)
    {
        var tournament = grains.GetGrain<ITournamentGrain>("followed");
        await tournament.StartAsync(Play);
        await Until.HoldsAsync("the tournament ends", async () =>
        {
            var status = await tournament.GetStatusAsync();
            Assert.Null(status.Error);
            return status.Finished;
        });

        return JsonSerializer.Serialize((await tournament.GetMatrixAsync()).Cells);
    }
}

/// <summary>Loses every seventh reply of the calls that ask for long work, as its caller sees it: no answer in time, although the work was done.</summary>
internal sealed class LostReplies : IOutgoingGrainCallFilter
{
    private readonly ConcurrentDictionary<string, int> _calls = new();

    public static IReadOnlyList<string> Methods { get; } =
    [
        $"{nameof(ITeamLearner)}.{nameof(ITeamLearner.RestoreAsync)}", $"{nameof(ITeamLearner)}.{nameof(ITeamLearner.TrainAsync)}",
        $"{nameof(ITeamEnvironment)}.{nameof(ITeamEnvironment.PlayAsync)}", $"{nameof(ITeamEnvironment)}.{nameof(ITeamEnvironment.EvaluateAsync)}",
        $"{nameof(ISiloService)}.{nameof(ISiloService.PlayAsync)}",
    ];

    public ConcurrentDictionary<string, int> Lost { get; } = new();

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        await context.Invoke();
        var method = $"{context.InterfaceMethod.DeclaringType!.Name}.{context.MethodName}";
        if (!Methods.Contains(method) || _calls.AddOrUpdate(method, 1, (_, calls) => calls + 1) % 7 != 2) return;
        Lost.AddOrUpdate(method, 1, (_, lost) => lost + 1);
        throw new TimeoutException($"a test lost the reply of {method}");
    }
}
