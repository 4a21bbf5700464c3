using System.Collections.Immutable;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Tests;

public sealed class MessageRuleTests
{
    [Theory]
    [InlineData(nameof(IRules.TakesList), "System.Collections.Generic.List<System.Int32>", "'values'")]
    [InlineData(nameof(IRules.GivesArray), "System.Single[]", "the result")]
    [InlineData(nameof(IRules.TakesMutableInImmutable), "MutableMessage", "'message'")]
    [InlineData(nameof(IRules.TakesObject), "System.Object", "'anything'")]
    public async Task Types_that_Orleans_would_copy_are_refused_with_place_and_remedy(string method, string type, string place)
    {
        await using var host = await TestHost.StartAsync();
        var exception = await Assert.ThrowsAsync<OrleansConfigurationException>(() => Call(host.Grains.GetGrain<IRules>(1), method));
        Assert.Contains($"IRules.{method}", exception.Message, StringComparison.Ordinal);
        Assert.Contains(type, exception.Message, StringComparison.Ordinal);
        Assert.Contains(place, exception.Message, StringComparison.Ordinal);
        Assert.Contains("[Immutable]", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(IRules.TakesUnnumbered), "Forgotten has no [Id]")]
    [InlineData(nameof(IRules.TakesTwice), "the same number 0")]
    [InlineData(nameof(IRules.TakesUnserialisable), "has no serialiser")]
    [InlineData(nameof(IRules.TakesNested), "Forgotten has no [Id]")]
    public async Task Types_that_Orleans_could_not_send_are_refused(string method, string complaint)
    {
        await using var host = await TestHost.StartAsync();
        var exception = await Assert.ThrowsAsync<OrleansConfigurationException>(() => Call(host.Grains.GetGrain<IRules>(1), method));
        Assert.Contains($"IRules.{method}", exception.Message, StringComparison.Ordinal);
        Assert.Contains(complaint, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Types_that_both_runtimes_treat_alike_are_accepted()
    {
        await using var host = await TestHost.StartAsync();
        var grain = host.Grains.GetGrain<IRules>(1);
        await grain.TakesMuch(1, "a", Guid.Empty, TimeSpan.Zero, DayOfWeek.Friday, (1, "b"), ImmutableArray.Create(1.5f), default);
        Assert.Equal(2, (await grain.GivesRecord(new PositionalMessage(1, "x") { Extra = 2 })).Extra);
        Assert.Equal(3, await grain.TakesMarkedArray([1, 2, 3]));
        Assert.Equal(5, await grain.TakesWrapped(new List<int> { 5 }.AsImmutable()));
        Assert.Equal(7, await grain.TakesConverted(new Converted(7)));
        Assert.Equal(9, await grain.TakesGeneric(new Box<int>(9)));
    }

    [Fact]
    public void The_check_runs_once_for_each_method()
    {
        var plan = new Calls.MethodPlan(typeof(IRules), typeof(IRules).GetMethod(nameof(IRules.TakesList))!);
        var first = Assert.Throws<OrleansConfigurationException>(plan.EnsureUsable);
        Assert.Same(first, Assert.Throws<OrleansConfigurationException>(plan.EnsureUsable));
    }

    [Fact]
    public async Task Interfaces_with_methods_that_Orleans_does_not_allow_are_refused_when_a_reference_is_made()
    {
        await using var host = await TestHost.StartAsync();
        var exception = Assert.Throws<NotSupportedException>(() => host.Grains.GetGrain<ISynchronous>(1));
        Assert.Contains("ISynchronous.Now", exception.Message, StringComparison.Ordinal);
    }

    private static Task Call(IRules grain, string method) => method switch
    {
        nameof(IRules.TakesList) => grain.TakesList([1]),
        nameof(IRules.GivesArray) => grain.GivesArray(),
        nameof(IRules.TakesMutableInImmutable) => grain.TakesMutableInImmutable([]),
        nameof(IRules.TakesObject) => grain.TakesObject(1),
        nameof(IRules.TakesUnnumbered) => grain.TakesUnnumbered(new UnnumberedMessage()),
        nameof(IRules.TakesTwice) => grain.TakesTwice(new TwiceMessage()),
        nameof(IRules.TakesUnserialisable) => grain.TakesUnserialisable(new UnserialisableMessage(1)),
        nameof(IRules.TakesNested) => grain.TakesNested(new OuterMessage(new UnnumberedMessage())),
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };
}

public interface IRules : IGrainWithIntegerKey
{
    Task TakesList(List<int> values);

    Task<float[]> GivesArray();

    Task TakesMutableInImmutable(ImmutableArray<MutableMessage> message);

    Task TakesObject(object anything);

    Task TakesUnnumbered(UnnumberedMessage message);

    Task TakesTwice(TwiceMessage message);

    Task TakesUnserialisable(UnserialisableMessage message);

    Task TakesNested(OuterMessage message);

    Task TakesMuch(int? a, string? b, Guid c, TimeSpan d, DayOfWeek e, (int, string) f, ImmutableArray<float> g, CancellationToken token);

    Task<PositionalMessage> GivesRecord(PositionalMessage message);

    Task<int> TakesMarkedArray([Immutable] int[] values);

    Task<int> TakesWrapped(Immutable<List<int>> values);

    Task<int> TakesConverted(Converted value);

    Task<int> TakesGeneric(Box<int> box);
}

public sealed class RulesGrain : Grain, IRules
{
    public Task TakesList(List<int> values) => Task.CompletedTask;

    public Task<float[]> GivesArray() => Task.FromResult(new float[1]);

    public Task TakesMutableInImmutable(ImmutableArray<MutableMessage> message) => Task.CompletedTask;

    public Task TakesObject(object anything) => Task.CompletedTask;

    public Task TakesUnnumbered(UnnumberedMessage message) => Task.CompletedTask;

    public Task TakesTwice(TwiceMessage message) => Task.CompletedTask;

    public Task TakesUnserialisable(UnserialisableMessage message) => Task.CompletedTask;

    public Task TakesNested(OuterMessage message) => Task.CompletedTask;

    public Task TakesMuch(int? a, string? b, Guid c, TimeSpan d, DayOfWeek e, (int, string) f, ImmutableArray<float> g, CancellationToken token) =>
        Task.CompletedTask;

    public Task<PositionalMessage> GivesRecord(PositionalMessage message) => Task.FromResult(message);

    public Task<int> TakesMarkedArray(int[] values) => Task.FromResult(values.Length);

    public Task<int> TakesWrapped(Immutable<List<int>> values) => Task.FromResult(values.Value[0]);

    public Task<int> TakesConverted(Converted value) => Task.FromResult(value.Number);

    public Task<int> TakesGeneric(Box<int> box) => Task.FromResult(box.Value);
}

public interface ISynchronous : IGrainWithIntegerKey
{
    int Now();
}

public sealed class SynchronousGrain : Grain, ISynchronous
{
    public int Now() => 1;
}

[GenerateSerializer]
public sealed class MutableMessage
{
    [Id(0)]
    public int Value { get; set; }
}

[GenerateSerializer, Immutable]
public sealed class UnnumberedMessage
{
    [Id(0)]
    public int Numbered { get; init; }

    public int Forgotten { get; init; }
}

[GenerateSerializer, Immutable]
public sealed class TwiceMessage
{
    [Id(0)]
    public int One { get; init; }

    [Id(0)]
    public int Other { get; init; }
}

[Immutable]
public sealed record UnserialisableMessage(int Number);

[GenerateSerializer, Immutable]
public sealed record OuterMessage(UnnumberedMessage Inner);

[GenerateSerializer, Immutable]
public sealed record PositionalMessage(int Number, string Text)
{
    [Id(0)]
    public int Extra { get; init; }

    public int Twice => Number * 2;
}

[GenerateSerializer, Immutable]
public sealed record Box<T>(T Value);

[Immutable]
public sealed class Converted(int number)
{
    public int Number { get; } = number;
}

[GenerateSerializer]
public struct ConvertedSurrogate
{
    [Id(0)]
    public int Number;
}

[RegisterConverter]
public sealed class ConvertedConverter : IConverter<Converted, ConvertedSurrogate>
{
    public Converted ConvertFromSurrogate(in ConvertedSurrogate surrogate) => new(surrogate.Number);

    public ConvertedSurrogate ConvertToSurrogate(in Converted value) => new() { Number = value.Number };
}
