using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;

namespace Srpo.Dashboard;

/// <summary>Whose runs and populations the pages show: a data directory with whoever works on it, or a cluster. Thread-safe.</summary>
public interface IDashboardSource
{
    /// <summary>What it is, for people, for instance <c>data directory runs</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Changes whenever what is not in training could have changed, for instance since another process began to work on the data directory. While it is the same, nobody needs
    /// to ask again for what has ended.
    /// </summary>
    string Era { get; }

    /// <summary>All runs, sorted by id.</summary>
    /// <param name="cancellation">Gives up.</param>
    Task<IReadOnlyList<StoredRun>> RunsAsync(CancellationToken cancellation);

    /// <summary>Ids of the runs that somebody works on now.</summary>
    /// <param name="cancellation">Gives up.</param>
    Task<IReadOnlyList<string>> AliveAsync(CancellationToken cancellation);

    /// <summary>What a run trains, where it is one of an experiment; else null.</summary>
    /// <param name="id">Its id.</param>
    /// <exception cref="Core.Errors.SrpoException">Its file is damaged.</exception>
    RunManifest? Manifest(string id);

    /// <summary>The report of a run, absolute; null where there is none.</summary>
    /// <param name="run">The run.</param>
    string? Report(StoredRun run);

    /// <summary>Asks those who know: grains that are alive, or what they have stored.</summary>
    /// <param name="ask">The question.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<T> AskAsync<T>(Func<IStateReader, Task<T>> ask, CancellationToken cancellation);

    /// <summary>The silos; none where nobody works.</summary>
    /// <param name="cancellation">Gives up.</param>
    Task<SiloReport[]> SilosAsync(CancellationToken cancellation);

    /// <summary>Plays an episode.</summary>
    /// <param name="request">Who plays what.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<ReplayFrame[]> ReplayAsync(ReplayRequest request, CancellationToken cancellation);

    /// <summary>Starts the training of a new population.</summary>
    /// <param name="population">Its name.</param>
    /// <param name="settings">What is trained, <c>KEY=VALUE</c> each, as after <c>srpo population start NAME --set</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Core.Errors.SrpoException">It cannot be; the message says why.</exception>
    Task StartAsync(string population, IReadOnlyList<string> settings, CancellationToken cancellation);

    /// <summary>Goes on with a population that was paused, stopped or killed; with all of its run where it belongs to one.</summary>
    /// <param name="population">Its name.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Core.Errors.SrpoException">It cannot be; the message says why.</exception>
    Task ResumeAsync(string population, CancellationToken cancellation);

    /// <summary>Notes durably that a population is to pause, or to stop.</summary>
    /// <param name="population">Its name.</param>
    /// <param name="stop">Whether it is marked as ended by the user.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Core.Errors.SrpoException">It cannot be; the message says why.</exception>
    Task PauseAsync(string population, bool stop, CancellationToken cancellation);
}
