using Microsoft.Extensions.Logging;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Whom a grain tells of its progress. Observers that cannot be reached are dropped.</summary>
internal sealed class ObserverSet<T>(ILogger logger)
    where T : class, IGrainObserver
{
    private const int Capacity = 1000;

    private readonly List<T> _observers = [];

    /// <summary>Number of observers.</summary>
    public int Count => _observers.Count;

    /// <summary>Adds an observer; repeating it changes nothing.</summary>
    /// <exception cref="SrpoGrainException">There are too many.</exception>
    public void Add(T observer)
    {
        if (observer is null) throw new SrpoGrainException("an observer is missing");
        if (_observers.Contains(observer)) return;
        if (_observers.Count == Capacity) throw new SrpoGrainException($"there are {Capacity} observers already; unsubscribe some");
        _observers.Add(observer);
    }

    /// <summary>Removes an observer; one that is not there is no error.</summary>
    public void Remove(T observer)
    {
        if (observer is not null) _observers.Remove(observer);
    }

    /// <summary>Sends a message to each; returns without waiting for them.</summary>
    public void Notify(Func<T, Task> send)
    {
        for (var i = _observers.Count - 1; i >= 0; i--) _ = SendAsync(_observers[i], send);
    }

    private async Task SendAsync(T observer, Func<T, Task> send)
    {
        try
        {
            await send(observer);
        }
        catch (Exception error)
        {
            // One-way messages fail only when the receiver is gone.
            _observers.Remove(observer);
            logger.LogDebug(error, "An observer could not be reached and is dropped.");
        }
    }
}
