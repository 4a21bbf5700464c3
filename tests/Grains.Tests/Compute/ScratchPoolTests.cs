using Microsoft.Extensions.Options;
using Srpo.Grains.Compute;

namespace Srpo.Grains.Tests;

public sealed class ScratchPoolTests : IDisposable
{
    private int _made;
    private int _gone;
    private ComputePool? _workers;

    public void Dispose() => _workers?.Dispose();

    [Fact]
    public void Objects_are_used_again()
    {
        using var pool = Pool(perKey: 2);
        var first = pool.Use("a", scratch => scratch);
        Assert.Same(first, pool.Use("a", scratch => scratch));
        Assert.NotSame(first, pool.Use("b", scratch => scratch));
        Assert.Equal(2, _made);
    }

    [Fact]
    public void No_two_users_share_one_and_only_so_many_wait()
    {
        using var pool = Pool(perKey: 2);
        pool.Use("a", one => pool.Use("a", two => pool.Use("a", three =>
        {
            Assert.Equal(3, new[] { one, two, three }.Distinct().Count());
            return 0;
        })));
        Assert.Equal((3, 1, 2), (_made, _gone, pool.Idle));
    }

    [Fact]
    public void Keys_not_used_for_long_are_forgotten()
    {
        using var pool = Pool(perKey: 1);
        foreach (var key in new[] { "a", "b", "c", "a", "d", "e" }) pool.Use(key, scratch => 0);

        // Four keys are kept; "b" was the oldest.
        Assert.Equal((5, 1, 4), (_made, _gone, pool.Idle));
        pool.Use("a", scratch => 0);
        Assert.Equal(5, _made);
        pool.Use("b", scratch => 0);
        Assert.Equal(6, _made);
    }

    [Fact]
    public void An_object_in_use_at_a_failure_is_not_used_again()
    {
        using var pool = Pool(perKey: 1);
        Assert.Throws<FormatException>(() => pool.Use<int>("a", _ => throw new FormatException()));
        Assert.Equal((1, 1, 0), (_made, _gone, pool.Idle));
    }

    [Fact]
    public void Closing_disposes_what_waits_and_what_comes_back()
    {
        var pool = Pool(perKey: 1);
        pool.Use("b", scratch => 0);
        pool.Use("a", scratch =>
        {
            pool.Dispose();
            Assert.Equal(1, _gone);
            return 0;
        });
        Assert.Equal((2, 0), (_gone, pool.Idle));
    }

    /// <summary>As many objects of a key wait as there are workers.</summary>
    private ScratchPool<string, Scratch> Pool(int perKey) => new(
        _workers = new ComputePool(Options.Create(new ComputeOptions { Workers = perKey })),
        _ =>
        {
            _made++;
            return new Scratch(() => _gone++);
        });

    private sealed class Scratch(Action gone) : IDisposable
    {
        public void Dispose() => gone();
    }
}
