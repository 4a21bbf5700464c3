using Microsoft.Extensions.Logging;
using Orleans.Utilities;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>
/// Whom a grain tells of its progress: subscriptions that end unless they are renewed. When there are too many, whoever has not
/// renewed for longest makes room, so that clients that died keep nobody out.
/// </summary>
/// <param name="time">Decides when a subscription has expired.</param>
/// <param name="logger">Where observers that cannot be reached are noted.</param>
internal sealed class ObserverSet<T>(TimeProvider time, ILogger logger)
    where T : class, IGrainObserver
{
    private const int Capacity = 1000;

    private readonly ObserverManager<T> _observers = new(Subscriptions.Expiry, logger) { GetDateTime = () => time.GetUtcNow().UtcDateTime };

    /// <summary>In the order of their last renewals.</summary>
    private readonly OrderedDictionary<T, bool> _renewed = [];

    /// <summary>Number of observers.</summary>
    public int Count => _observers.Count;

    /// <summary>Adds an observer, or renews it.</summary>
    /// <exception cref="SrpoGrainException">There is none.</exception>
    public void Add(T observer)
    {
        if (observer is null) throw new SrpoGrainException("an observer is missing");
        _renewed.Remove(observer);
        if (_renewed.Count == Capacity) Remove(_renewed.GetAt(0).Key);
        _renewed.Add(observer, true);
        _observers.Subscribe(observer, observer);
    }

    /// <summary>Removes an observer; one that is not there is no error.</summary>
    public void Remove(T observer)
    {
        if (observer is null) return;
        _renewed.Remove(observer);
        _observers.Unsubscribe(observer);
    }

    /// <summary>Sends a message to each; returns without waiting for them. Those that have expired or cannot be reached are dropped.</summary>
    public void Notify(Func<T, Task> send)
    {
        _ = _observers.Notify(send);
        if (_renewed.Count == _observers.Count) return;
        var left = _observers.Observers; // a copy
        foreach (var gone in _renewed.Keys.Where(observer => !left.ContainsKey(observer)).ToArray()) _renewed.Remove(gone);
    }
}
