using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Srpo.OrleansEmbedded.Tests;

public sealed class PersistentStateTests
{
    [Fact]
    public async Task Written_state_is_there_when_the_grain_comes_back_and_unwritten_state_is_not()
    {
        await using var host = await TestHost.StartAsync();
        var grain = host.Grains.GetGrain<IKeeper>(TestHost.NewKey());
        Assert.False(await grain.HadRecord());
        await grain.Add("written", write: true);
        await grain.Add("forgotten", write: false);
        Assert.Equal("written,forgotten", await grain.All());

        await grain.Deactivate();
        Assert.Equal("written", await grain.All());
        Assert.True(await grain.HadRecord());
    }

    [Fact]
    public async Task Cleared_state_starts_anew()
    {
        await using var host = await TestHost.StartAsync();
        var grain = host.Grains.GetGrain<IKeeper>(TestHost.NewKey());
        await grain.Add("something", write: true);
        await grain.Clear();
        Assert.Equal("", await grain.All());
        await grain.Deactivate();
        Assert.False(await grain.HadRecord());
    }

    [Fact]
    public async Task States_of_different_names_and_stores_are_kept_apart()
    {
        await using var host = await TestHost.StartAsync();
        var grain = host.Grains.GetGrain<IKeeper>(TestHost.NewKey());
        await grain.Add("first", write: true);
        await grain.SetOther(42);
        await grain.Deactivate();
        Assert.Equal("first", await grain.All());
        Assert.Equal(42, await grain.Other());
    }

    [Fact]
    public async Task A_conflict_reaches_the_caller_and_makes_the_grain_read_again()
    {
        await using var host = await TestHost.StartAsync();
        var grain = host.Grains.GetGrain<IKeeper>(TestHost.NewKey());
        await grain.Add("mine", write: true);

        var store = host.Host.Services.GetRequiredKeyedService<IGrainStorage>("Default");
        var foreign = new GrainState<KeeperState>();
        await store.ReadStateAsync("main", grain.GetGrainId(), foreign);
        foreign.State.Words.Add("foreign");
        await store.WriteStateAsync("main", grain.GetGrainId(), foreign);

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Add("lost", write: true));
        Assert.Equal("mine,foreign", await grain.All());
    }

    [Fact]
    public async Task A_store_of_ones_own_is_registered_as_in_Orleans_and_its_errors_are_wrapped()
    {
        await using var host = await TestHost.StartAsync(silo =>
            silo.Services.AddGrainStorage("broken", static (_, name) => new BrokenStorage(name)));
        var exception = await Assert.ThrowsAsync<OrleansException>(() => host.Grains.GetGrain<IBroken>(1).Nothing());
        Assert.Equal("broken is broken", exception.InnerException!.Message);
    }

    [Fact]
    public async Task A_missing_store_is_named()
    {
        await using var host = await TestHost.StartAsync();
        var exception = await Assert.ThrowsAsync<OrleansConfigurationException>(() => host.Grains.GetGrain<IBroken>(2).Nothing());
        Assert.Contains("'broken'", exception.Message, StringComparison.Ordinal);
    }
}

public sealed class KeeperState
{
    public List<string> Words { get; set; } = [];
}

public interface IKeeper : IGrainWithStringKey
{
    Task Add(string word, bool write);

    Task<string> All();

    Task<bool> HadRecord();

    Task Clear();

    Task SetOther(int value);

    Task<int> Other();

    Task Deactivate();
}

public sealed class KeeperGrain(
    [PersistentState("main")] IPersistentState<KeeperState> main,
    TimeProvider time,
    [PersistentState("main", "other")] IPersistentState<int> other) : Grain, IKeeper
{
    private bool _hadRecord;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Assert.NotNull(time);
        _hadRecord = main.RecordExists;
        return Task.CompletedTask;
    }

    public Task Add(string word, bool write)
    {
        main.State.Words.Add(word);
        return write ? main.WriteStateAsync() : Task.CompletedTask;
    }

    public Task<string> All() => Task.FromResult(string.Join(',', main.State.Words));

    public Task<bool> HadRecord() => Task.FromResult(_hadRecord);

    public Task Clear() => main.ClearStateAsync();

    public Task SetOther(int value)
    {
        other.State = value;
        return other.WriteStateAsync();
    }

    public Task<int> Other() => Task.FromResult(other.State);

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public interface IBroken : IGrainWithIntegerKey
{
    Task Nothing();
}

public sealed class BrokenGrain([PersistentState("s", "broken")] IPersistentState<KeeperState> state) : Grain, IBroken
{
    public Task Nothing()
    {
        Assert.NotNull(state);
        return Task.CompletedTask;
    }
}

internal sealed class BrokenStorage(string name) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new InvalidDataException($"{name} is broken");

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();
}
