using Orleans.CodeGeneration;
using Orleans.Concurrency;
using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// Schedules the rounds of all teams of a population, checkpoints them, pauses, resumes and stops. Key: the population's
/// name. Its state is in grain storage, so that it goes on after any restart from the last complete checkpoint of each team.
/// <para>
/// What a user wishes is stored before it is acknowledged, and carried out whatever happens to the silo; <see cref="GetStatusAsync"/>
/// tells how far it is. Every method answers within seconds or throws; whoever had no answer asks again, which is harmless.
/// </para>
/// </summary>
[Alias("srpo.ICoordinatorGrain"), Version(2)]
public interface ICoordinatorGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts training, or goes on with it. Repeating the call with an equal spec is harmless; a population that is paused,
    /// stopped or failed goes on from its checkpoints.
    /// </summary>
    /// <exception cref="SrpoGrainException">The spec is invalid, or the population exists with another spec.</exception>
    /// <exception cref="WorkPendingException">It is not stored yet; ask again.</exception>
    [Alias("Start")]
    Task<PopulationStatus> StartAsync([Immutable] PopulationSpec spec);

    /// <summary>Goes on with a population that is known, after a restart, pause or stop.</summary>
    /// <exception cref="UnknownGrainException">No such population.</exception>
    /// <exception cref="WorkPendingException">It is not stored yet, or a pause before it is not carried out yet; ask again.</exception>
    [Alias("Resume")]
    Task<PopulationStatus> ResumeAsync();

    /// <summary>
    /// Notes durably that training is to pause: rounds in flight are finished, every team is checkpointed. Returns when the wish is
    /// stored; the phase changes when it is carried out.
    /// </summary>
    /// <exception cref="UnknownGrainException">No such population.</exception>
    /// <exception cref="WorkPendingException">The wish is not stored yet; ask again.</exception>
    [Alias("Pause"), AlwaysInterleave]
    Task<PopulationStatus> PauseAsync();

    /// <summary>Like <see cref="PauseAsync"/>, and marks the population as ended by the user.</summary>
    /// <exception cref="UnknownGrainException">No such population.</exception>
    /// <exception cref="WorkPendingException">The wish is not stored yet; ask again.</exception>
    [Alias("Stop"), AlwaysInterleave]
    Task<PopulationStatus> StopAsync();

    /// <summary>
    /// Removes all that is stored of the population, its agents and adversaries, and frees its name. Repeating it, also after it was broken off, is harmless.
    /// </summary>
    /// <exception cref="SrpoGrainException">It is in training, or is to go on by itself.</exception>
    /// <exception cref="CorruptStateException">Neither its record nor its first agent can be read, so that nobody knows which agents it has.</exception>
    /// <exception cref="WorkPendingException">It takes longer; ask again.</exception>
    [Alias("Delete")]
    Task DeleteAsync();

    /// <summary>
    /// Begins to end training in good order, while what is stored remains in training. Called by a host that shuts down, which
    /// sees in what it has under way when it has ended; without training it does nothing.
    /// </summary>
    [Alias("Suspend"), AlwaysInterleave]
    Task SuspendAsync();

    /// <summary>
    /// Goes on with a population that is stored as in training and that nobody trains, for example because the silo of its
    /// coordinator died. Called again and again by a watcher on the silos; repeating it is harmless.
    /// </summary>
    /// <returns>Whether the population is in training; if not, it has taken itself off the directory's list of those.</returns>
    [Alias("EnsureRunning")]
    Task<bool> EnsureRunningAsync();

    /// <summary>Where the population stands.</summary>
    /// <exception cref="UnknownGrainException">No such population.</exception>
    [Alias("GetStatus"), AlwaysInterleave]
    Task<PopulationStatus> GetStatusAsync();

    /// <summary>The spec it was started with.</summary>
    /// <exception cref="UnknownGrainException">No such population.</exception>
    [AlwaysInterleave]
    [Alias("GetSpec")]
    [return: Immutable]
    Task<PopulationSpec> GetSpecAsync();

    /// <summary>The learning curves of all teams, up to the present.</summary>
    /// <exception cref="UnknownGrainException">No such population.</exception>
    [AlwaysInterleave]
    [Alias("GetCurves")]
    [return: Immutable]
    Task<TeamCurve[]> GetCurvesAsync();

    /// <summary>What the learning curves of all teams have beyond what the caller knows, for those who follow them.</summary>
    /// <param name="known">[Teams] Points of every team that the caller has; of teams beyond its end, none.</param>
    /// <returns>One entry per team. A team that went back behind what is known tells its curve from the start.</returns>
    /// <exception cref="UnknownGrainException">No such population.</exception>
    [AlwaysInterleave]
    [Alias("GetCurvesAfter")]
    [return: Immutable]
    Task<TeamCurve[]> GetCurvesAfterAsync([Immutable] int[] known);

    /// <summary>The newest checkpoint of a team, as far as the coordinator knows; actors that are read back from storage hold what they find against it.</summary>
    /// <param name="team">The team.</param>
    /// <exception cref="UnknownGrainException">No such population or team.</exception>
    [Alias("GetCheckpoint"), AlwaysInterleave]
    Task<TeamCheckpoint> GetCheckpointAsync(int team);

    /// <summary>
    /// Asks for status messages, about two a second and at every change of phase, until unsubscribed or for
    /// <see cref="Subscriptions.Expiry"/>: whoever stays subscribes again every <see cref="Subscriptions.Renewal"/>, also since
    /// a subscription ends with the silo.
    /// </summary>
    [Alias("Subscribe"), AlwaysInterleave]
    Task SubscribeAsync(IPopulationObserver observer);

    /// <summary>Ends a subscription.</summary>
    [Alias("Unsubscribe"), AlwaysInterleave]
    Task UnsubscribeAsync(IPopulationObserver observer);
}

/// <summary>Receives the progress of a population.</summary>
[Alias("srpo.IPopulationObserver")]
public interface IPopulationObserver : IGrainObserver
{
    /// <summary>The population moved on.</summary>
    [Alias("OnProgress"), OneWay]
    Task OnProgressAsync(PopulationStatus status);
}

/// <summary>
/// Plays rollouts of given policies. Key: population/team/instance. In SRPO instance i plays agent i with adversary i in
/// the partner's seat; in IPPO and self-play instance 0 plays the agents with each other. Owns nothing durable: its random
/// streams are named by (seed, team, round, lane).
/// </summary>
[Alias("srpo.IEnvironmentGrain"), Version(1)]
public interface IEnvironmentGrain : IGrainWithStringKey
{
    /// <summary>What the instance says of itself.</summary>
    /// <exception cref="UnknownGrainException">No such population, team or instance.</exception>
    [Alias("Query"), AlwaysInterleave]
    Task<EnvironmentReport> QueryAsync();
}

/// <summary>
/// Trains teams: has their rollouts played, updates agents and adversaries, hands out the new versions. Key: device/slot, on a
/// cluster device/slot/silo; it runs on that silo and on no other. Many teams share a learner; the work itself runs on a bounded pool of threads, a team per core.
/// </summary>
[Alias("srpo.ILearnerGrain"), Version(1)]
public interface ILearnerGrain : IGrainWithStringKey
{
    /// <summary>What the learner says of itself.</summary>
    [Alias("Query"), AlwaysInterleave]
    Task<LearnerReport> QueryAsync();
}
