using System.Globalization;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>What a learner knows of the training sessions of a population: the newest one, and up to which they were stopped.</summary>
internal sealed class SessionFence(string learner, string population)
{
    private long _newest = long.MinValue;
    private long _stopped = long.MinValue;

    /// <summary>A request of a session arrives; rounds of earlier ones end.</summary>
    /// <exception cref="StaleSessionException">A later one has begun.</exception>
    public void Enter(long session)
    {
        if (session < _newest)
        {
            throw new StaleSessionException(string.Create(
                CultureInfo.InvariantCulture, $"learner '{learner}': session {session} of '{population}' has been replaced by session {_newest}"));
        }

        _newest = session;
    }

    /// <summary>Rounds of a session and of earlier ones end.</summary>
    public void Stop(long session) => _stopped = Math.Max(_stopped, session);

    /// <summary>Whether a session may play another round.</summary>
    public bool Admits(long session) => session >= _newest && session > _stopped;
}
