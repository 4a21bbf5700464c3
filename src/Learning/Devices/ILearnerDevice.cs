using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;

namespace Srpo.Learning.Devices;

/// <summary>
/// Where networks run: the policies of those who play, and the updates of those who learn. Thread-safe itself; what it creates belongs to
/// one thread at a time and holds scratch memory. Equal input gives equal bits on the same device.
/// </summary>
public interface ILearnerDevice
{
    /// <summary>What it is called in settings and in the keys of learners.</summary>
    string Name { get; }

    /// <summary>What it runs on, for reports.</summary>
    string Description { get; }

    /// <summary>Most teams whose updates it does well to have in work at the same time.</summary>
    /// <param name="workers">Threads that the process has for such work.</param>
    int Capacity(int workers);

    /// <summary>The same where it depends on more than threads.</summary>
    /// <param name="room">What the process has; it need not be this one.</param>
    /// <returns>0 where the process has no such device.</returns>
    int Capacity(DeviceRoom room) => Capacity(room.Workers);

    /// <summary>How teams that wait for an update at the same time are taken together.</summary>
    UpdateGathering Gathering => UpdateGathering.None;

    /// <summary>Loads what it needs. Does nothing where it is there already.</summary>
    /// <exception cref="Core.Errors.SrpoException">It cannot be had here; the message says why and what helps.</exception>
    void Require()
    {
    }

    /// <summary>Updates teams with these settings.</summary>
    /// <param name="settings">Valid settings.</param>
    /// <param name="plan">The plan of the teams.</param>
    /// <param name="shape">Shape of their actors.</param>
    ITeamUpdater CreateUpdater(TrainingSettings settings, TeamPlan plan, ActorShape shape);

    /// <summary>Evaluates policies of a shape.</summary>
    IPolicyNetwork CreatePolicy(NetworkShape shape);

    /// <summary>Evaluates critics of a shape.</summary>
    ICriticNetwork CreateCritic(ActorShape shape);
}

/// <summary>What a process has for devices.</summary>
/// <param name="Workers">Threads.</param>
/// <param name="Gpus">GPUs that can be used.</param>
/// <param name="HasTorch">Whether libtorch is there.</param>
public readonly record struct DeviceRoom(int Workers, int Gpus, bool HasTorch);

/// <summary>How teams that wait for an update at the same time are taken together.</summary>
/// <param name="Teams">Most teams of one update; 1 where taking them together gains nothing.</param>
/// <param name="Wait">How long the first of them waits for others at most.</param>
public readonly record struct UpdateGathering(int Teams, TimeSpan Wait)
{
    /// <summary>Every team by itself, at once.</summary>
    public static UpdateGathering None { get; } = new(1, TimeSpan.Zero);
}

/// <summary>Updates teams from what they played. Not thread-safe.</summary>
public interface ITeamUpdater : IDisposable
{
    /// <summary>One update of every actor of every team. How many teams come together changes speed, and no bit of a result but on GPUs.</summary>
    /// <param name="rounds">Teams of one plan, in any order.</param>
    /// <param name="cancellation">Ends it early; the updater must not be used again after that.</param>
    /// <returns>What became of each team, in the same order.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    TeamUpdate[] Update(IReadOnlyList<TeamRound> rounds, CancellationToken cancellation = default);
}

/// <summary>What a team's update is made from.</summary>
/// <param name="Seed">The population's seed.</param>
/// <param name="Team">The team.</param>
/// <param name="Round">The round, from 1; names the random streams.</param>
/// <param name="States">The actors' states in the order of <see cref="TeamPlan.Actors"/>; not changed.</param>
/// <param name="Rollouts">What was played, in the order of <see cref="TeamPlan.Instances"/>.</param>
public sealed record TeamRound(ulong Seed, int Team, int Round, IReadOnlyList<LearnerState> States, IReadOnlyList<Rollout> Rollouts);

/// <summary>What an update made of a team.</summary>
/// <param name="States">The actors' next states.</param>
/// <param name="Metrics">What to report of each.</param>
public sealed record TeamUpdate(LearnerState[] States, UpdateMetrics[] Metrics);

/// <summary>A policy network that plays. Not thread-safe.</summary>
public interface IPolicyNetwork : IDisposable
{
    /// <summary>Takes parameters for all evaluations that follow.</summary>
    /// <param name="parameters">[Shape.ParameterCount]; more may follow and are ignored.</param>
    void Load(ReadOnlySpan<float> parameters);

    /// <summary>Evaluates a batch of lanes.</summary>
    void Evaluate(in PolicyBatch batch);
}

/// <summary>A critic. Not thread-safe.</summary>
public interface ICriticNetwork : IDisposable
{
    /// <summary>Takes parameters for all evaluations that follow.</summary>
    /// <param name="parameters">[ActorShape.ParameterCount] policy, then critic.</param>
    void Load(ReadOnlySpan<float> parameters);

    /// <summary>Values of a batch of observations.</summary>
    void Evaluate(in CriticBatch batch);
}

/// <summary>A batch of observations whose values are asked for.</summary>
public readonly ref struct CriticBatch
{
    /// <summary>[rows x ActorShape.CriticInputs].</summary>
    public required ReadOnlySpan<float> Observations { get; init; }

    /// <summary>[rows x ActorShape.CriticState] what the network carries from step to step, read and replaced; empty for networks that carry nothing.</summary>
    public Span<float> State { get; init; }

    /// <summary>[rows] is set; where values are normalised, to what the network says, which is not put back to scale.</summary>
    public required Span<float> Values { get; init; }
}

/// <summary>A batch of lanes that a policy is evaluated for.</summary>
public readonly ref struct PolicyBatch
{
    /// <summary>Number of lanes, at least 1.</summary>
    public required int Rows { get; init; }

    /// <summary>[rows x inputs].</summary>
    public required ReadOnlySpan<float> Observations { get; init; }

    /// <summary>[rows x actions] 1 for legal actions, at least one in a row, 0 for others; empty where all are legal.</summary>
    public ReadOnlySpan<byte> Legal { get; init; }

    /// <summary>[rows] the seats; empty where the policy does not ask (<see cref="ObservingPolicy.KnowsTurns"/>).</summary>
    public ReadOnlySpan<int> Seats { get; init; }

    /// <summary>[rows] random numbers of each seat, lane and step; empty where the policy does not ask.</summary>
    public Span<RandomStream> Draws { get; init; }

    /// <summary>[rows x state length] what the network carries from step to step, read and replaced; empty for networks that carry nothing.</summary>
    public Span<float> State { get; init; }

    /// <summary>[rows x actions] receives log-probabilities, 0 for illegal actions; empty where nobody asks.</summary>
    public Span<float> LogProbabilities { get; init; }

    /// <summary>[rows x actions] receives probabilities, exactly 0 for illegal actions.</summary>
    public required Span<float> Probabilities { get; init; }
}
