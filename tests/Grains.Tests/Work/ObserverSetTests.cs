using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Who is told of progress, and for how long.</summary>
public sealed class ObserverSetTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void Subscriptions_end_unless_they_are_renewed()
    {
        var set = new ObserverSet<IPopulationObserver>(_time, NullLogger.Instance);
        var (stays, died) = (new PopulationProbe(), new PopulationProbe());
        set.Add(stays);
        set.Add(died);
        for (var passed = TimeSpan.Zero; passed <= 2 * Subscriptions.Expiry; passed += Subscriptions.Renewal)
        {
            set.Add(stays);
            _time.Advance(Subscriptions.Renewal);
        }

        Notify(set);
        Assert.Single(stays.Statuses.Seen);
        Assert.Empty(died.Statuses.Seen);
        Assert.Equal(1, set.Count);
        Assert.True(2 * Subscriptions.Renewal < Subscriptions.Expiry, "a lost renewal would end a subscription");
    }

    [Fact]
    public void Clients_that_died_keep_nobody_out()
    {
        var set = new ObserverSet<IPopulationObserver>(_time, NullLogger.Instance);
        var stays = new PopulationProbe();
        set.Add(stays);
        for (var i = 0; i < 5000; i++)
        {
            set.Add(new PopulationProbe());
            if (i % 500 == 0) set.Add(stays);
        }

        var comes = new PopulationProbe();
        set.Add(comes);
        Notify(set);
        Assert.Equal(1000, set.Count);
        Assert.Single(stays.Statuses.Seen);
        Assert.Single(comes.Statuses.Seen);
    }

    private static void Notify(ObserverSet<IPopulationObserver> set) => set.Notify(observer => observer.OnProgressAsync(
        new PopulationStatus("p", PopulationPhase.Training, "ippo", "gridworld official", 1, [], 0, 0, 0, 0, null, null)));
}
