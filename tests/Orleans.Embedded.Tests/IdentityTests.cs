using System.Text;
using Orleans;
using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Tests;

public sealed class IdentityTests
{
    [Theory]
    [InlineData("", 0x02CC5D05u)]
    [InlineData("a", 0x550D7456u)]
    [InlineData("abc", 0x32D153FFu)]
    [InlineData("Nobody inspects the spammish repetition", 0xE2293B2Fu)]
    public void The_hash_has_its_published_values(string text, uint expected) =>
        Assert.Equal(expected, StableHash.ComputeHash(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task Keys_of_each_kind_come_back_as_they_were_given()
    {
        await using var host = await TestHost.StartAsync();
        var guid = Guid.NewGuid();
        Assert.Equal("a/b+c", await host.Grains.GetGrain<IByText>("a/b+c").Key());
        Assert.Equal(-5, await host.Grains.GetGrain<IByNumber>(-5).Key());
        Assert.Equal(guid, await host.Grains.GetGrain<IByGuid>(guid).Key());
        Assert.Equal("7 and more", await host.Grains.GetGrain<IByNumberAndText>(7, "more").Key());
        Assert.Equal($"{guid} and more", await host.Grains.GetGrain<IByGuidAndText>(guid, "more").Key());
    }

    [Fact]
    public async Task Identities_have_the_form_that_Orleans_gives_them()
    {
        await using var host = await TestHost.StartAsync();
        Assert.Equal("bytext/key", host.Grains.GetGrain<IByText>("key").GetGrainId().ToString());
        Assert.Equal("bynumber/FF", host.Grains.GetGrain<IByNumber>(255).GetGrainId().ToString());
        Assert.Equal("renamed/1", host.Grains.GetGrain<INamed>(1, "Srpo.OrleansEmbedded.Tests.OtherNamed").GetGrainId().ToString());
        Assert.Equal(GrainId.Parse("bytext/key"), host.Grains.GetGrain<IByText>("key").GetGrainId());
    }

    [Fact]
    public async Task References_to_one_grain_are_equal_whatever_their_interface()
    {
        await using var host = await TestHost.StartAsync();
        var reference = host.Grains.GetGrain<IByText>("key");
        Assert.Equal(reference, host.Grains.GetGrain<IByText>("key"));
        Assert.NotEqual(reference, host.Grains.GetGrain<IByText>("other"));
        var other = reference.Cast<IAlsoByText>();
        Assert.Equal((object)reference, other);
        Assert.Equal("also key", await other.Also());
        Assert.Equal("key", await host.Grains.GetGrain(reference.GetGrainId()).AsReference<IByText>().Key());
        Assert.Equal("key", await ((IByText)host.Grains.GetGrain(typeof(IByText), "key")).Key());
    }

    [Fact]
    public async Task With_several_classes_the_name_without_the_I_or_a_prefix_decides()
    {
        await using var host = await TestHost.StartAsync();
        Assert.Equal("Named", await host.Grains.GetGrain<INamed>(1).ClassName());
        Assert.Equal("OtherNamed", await host.Grains.GetGrain<INamed>(1, "Srpo.OrleansEmbedded.Tests.Other").ClassName());
        var exception = Assert.Throws<ArgumentException>(() => host.Grains.GetGrain<IAmbiguous>(1));
        Assert.Contains("OneAmbiguousGrain", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => host.Grains.GetGrain<IUnimplemented>(1));
    }
}

public interface IByText : IGrainWithStringKey
{
    Task<string> Key();
}

public interface IAlsoByText : IGrainWithStringKey
{
    Task<string> Also();
}

public interface IByNumber : IGrainWithIntegerKey
{
    Task<long> Key();
}

public interface IByGuid : IGrainWithGuidKey
{
    Task<Guid> Key();
}

public interface IByNumberAndText : IGrainWithIntegerCompoundKey
{
    Task<string> Key();
}

public interface IByGuidAndText : IGrainWithGuidCompoundKey
{
    Task<string> Key();
}

public interface INamed : IGrainWithIntegerKey
{
    Task<string> ClassName();
}

public interface IAmbiguous : IGrainWithIntegerKey
{
    Task Nothing();
}

public interface IUnimplemented : IGrainWithIntegerKey
{
    Task Nothing();
}

public sealed class ByTextGrain : Grain, IByText, IAlsoByText
{
    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<string> Also() => Task.FromResult($"also {this.GetPrimaryKeyString()}");
}

public sealed class ByNumberGrain : Grain, IByNumber
{
    public Task<long> Key() => Task.FromResult(this.GetPrimaryKeyLong());
}

/// <summary>A grain without the base class.</summary>
public sealed class ByGuidGrain(IGrainContext context) : IGrainBase, IByGuid
{
    public IGrainContext GrainContext { get; } = context;

    public Task<Guid> Key() => Task.FromResult(this.GetPrimaryKey());
}

public sealed class ByNumberAndTextGrain : Grain, IByNumberAndText
{
    public Task<string> Key() => Task.FromResult($"{this.GetPrimaryKeyLong(out var more)} and {more}");
}

public sealed class ByGuidAndTextGrain : Grain, IByGuidAndText
{
    public Task<string> Key() => Task.FromResult($"{this.GetPrimaryKey(out var more)} and {more}");
}

public sealed class Named : Grain, INamed
{
    public Task<string> ClassName() => Task.FromResult(GetType().Name);
}

[GrainType("renamed")]
public sealed class OtherNamed : Grain, INamed
{
    public Task<string> ClassName() => Task.FromResult(GetType().Name);
}

public sealed class OneAmbiguousGrain : Grain, IAmbiguous
{
    public Task Nothing() => Task.CompletedTask;
}

public sealed class TwoAmbiguousGrain : Grain, IAmbiguous
{
    public Task Nothing() => Task.CompletedTask;
}
