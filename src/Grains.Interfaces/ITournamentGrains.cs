using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// Computes a cross-play matrix, tile by tile. Key: the tournament's id. Finished tiles are stored, so that it goes on
/// after a restart. As with coordinators, what a user wishes is stored before it is acknowledged, and every method answers within seconds.
/// </summary>
[Alias("srpo.ITournamentGrain"), Version(2)]
public interface ITournamentGrain : IGrainWithStringKey
{
    /// <summary>Starts playing, or goes on. Repeating the call with an equal spec is harmless.</summary>
    /// <exception cref="SrpoGrainException">The spec is invalid, a population is unknown, or the tournament exists with another spec.</exception>
    /// <exception cref="WorkPendingException">Its policies are still being collected, or it is not stored yet; ask again.</exception>
    [Alias("Start")]
    Task<TournamentStatus> StartAsync(TournamentSpec spec);

    /// <summary>
    /// Notes durably that it is to pause: it stops after the tiles in flight, or without those that take longer than half a second;
    /// what is played is stored. Returns when the wish is stored; <see cref="TournamentStatus.Playing"/> tells when it is carried out.
    /// </summary>
    /// <exception cref="WorkPendingException">The wish is not stored yet; ask again.</exception>
    [Alias("Pause"), AlwaysInterleave]
    Task<TournamentStatus> PauseAsync();

    /// <summary>Removes all that is stored of the tournament and frees its id. Repeating it is harmless.</summary>
    /// <exception cref="SrpoGrainException">It is being played, or is to go on by itself.</exception>
    /// <exception cref="WorkPendingException">It takes longer; ask again.</exception>
    [Alias("Delete")]
    Task DeleteAsync();

    /// <summary>What is played.</summary>
    /// <exception cref="UnknownGrainException">No such tournament.</exception>
    [Alias("GetSpec"), AlwaysInterleave]
    Task<TournamentSpec> GetSpecAsync();

    /// <summary>Begins to stop as <see cref="PauseAsync"/> does, but it remains under way. Called by a host that shuts down.</summary>
    [Alias("Suspend"), AlwaysInterleave]
    Task SuspendAsync();

    /// <summary>
    /// Goes on with a tournament that was neither finished nor paused and that nobody plays, for example because its silo died.
    /// Called again and again by a watcher on the silos; repeating it is harmless.
    /// </summary>
    /// <returns>Whether it is under way; if not, it has taken itself off the directory's list of those.</returns>
    [Alias("EnsureRunning")]
    Task<bool> EnsureRunningAsync();

    /// <summary>Where the tournament stands.</summary>
    /// <exception cref="UnknownGrainException">No such tournament.</exception>
    [Alias("GetStatus"), AlwaysInterleave]
    Task<TournamentStatus> GetStatusAsync();

    /// <summary>The matrix as far as it is played.</summary>
    /// <exception cref="UnknownGrainException">No such tournament.</exception>
    [Alias("GetMatrix"), AlwaysInterleave]
    Task<TournamentMatrix> GetMatrixAsync();

    /// <summary>
    /// Asks for status messages, about two a second, until unsubscribed or for <see cref="Subscriptions.Expiry"/>: whoever stays
    /// subscribes again every <see cref="Subscriptions.Renewal"/>.
    /// </summary>
    [Alias("Subscribe"), AlwaysInterleave]
    Task SubscribeAsync(ITournamentObserver observer);

    /// <summary>Ends a subscription.</summary>
    [Alias("Unsubscribe"), AlwaysInterleave]
    Task UnsubscribeAsync(ITournamentObserver observer);
}

/// <summary>Receives the progress of a tournament.</summary>
[Alias("srpo.ITournamentObserver")]
public interface ITournamentObserver : IGrainObserver
{
    /// <summary>The tournament moved on.</summary>
    [Alias("OnProgress"), OneWay]
    Task OnProgressAsync(TournamentStatus status);
}

/// <summary>Plays single episodes to look at, on the silo of its caller. Stateless: as many activations as there are cores; call key 0.</summary>
[Alias("srpo.IMatchWorkerGrain"), Version(1)]
public interface IMatchWorkerGrain : IGrainWithIntegerKey
{
    /// <summary>Plays one episode and records every step. Its length bounds the time it takes: minutes for the longest.</summary>
    [ResponseTimeout("00:05:00")]
    [Alias("Replay")]
    [return: Immutable]
    Task<ReplayFrame[]> ReplayAsync(ReplayRequest request);
}
