using Srpo.Core.Checkpoints;
using Srpo.Core.Settings;
using Srpo.Learning.Devices;

namespace Srpo.Learning;

/// <summary>
/// What the agents and adversaries of a population are made of: how many parameters they have and what these are called, how they begin, who plays them
/// and who updates them. Two of equal settings are equal: teams whose architectures are equal share updaters. What stands above asks this, and knows
/// nothing of networks or language models.
/// </summary>
public abstract record ActorArchitecture
{
    /// <summary>Length of the flat parameter vector: policy, critic, then what belongs to the critic and is no parameter of a network, see <see cref="ValueNormaliser"/>.</summary>
    public abstract int ParameterCount { get; }

    /// <summary>Length of the policy's part of it.</summary>
    public abstract int PolicyParameters { get; }

    /// <summary>What messages say of its policies where they are adapters on weights that every silo has; null for networks.</summary>
    public virtual AdapterForm? Adapter => null;

    /// <summary>Entries that an exported file says of it besides those of all actors, by name.</summary>
    public abstract IEnumerable<KeyValuePair<string, string>> Metadata { get; }

    /// <summary>The initial state of an actor.</summary>
    /// <param name="spec">Seed and settings.</param>
    /// <param name="team">The team.</param>
    /// <param name="actor">The actor.</param>
    public abstract LearnerState Create(PopulationSpec spec, int team, ActorId actor);

    /// <summary>Plays the rollouts of an environment instance.</summary>
    /// <param name="spec">Environment, settings and seed.</param>
    /// <param name="team">The team.</param>
    /// <param name="instance">Who sits where, and the lanes.</param>
    /// <param name="plan">The team's plan.</param>
    /// <param name="frozen">The frozen policies: opponents, then partners, as many as the plan says; null for none.</param>
    /// <param name="device">Where it computes, by default the device that the spec names.</param>
    /// <exception cref="ArgumentException">There are more or fewer frozen policies, or one does not fit the environment.</exception>
    public abstract IRolloutPlayer CreatePlayer(
        PopulationSpec spec, int team, InstancePlan instance, TeamPlan plan, IReadOnlyList<FrozenPolicy>? frozen = null, ILearnerDevice? device = null);

    /// <summary>Updates teams with these settings.</summary>
    /// <param name="settings">Valid settings.</param>
    /// <param name="plan">The plan of the teams.</param>
    /// <param name="device">Where it computes, by default the device that the settings name.</param>
    public abstract ITeamUpdater CreateUpdater(TrainingSettings settings, TeamPlan plan, ILearnerDevice? device = null);

    /// <summary>A policy that plays and does not learn.</summary>
    /// <param name="parameters">[PolicyParameters] at least; those of a critic may follow and are ignored.</param>
    public abstract FrozenPolicy Freeze(float[] parameters);

    /// <summary>The tensors of a vector as they are exported: the policy's, then the critic's, in order.</summary>
    /// <param name="prefix">What their names begin with.</param>
    /// <param name="values">[ParameterCount].</param>
    public abstract IEnumerable<SafetensorsTensor> Tensors(string prefix, ReadOnlyMemory<float> values);

    /// <summary>
    /// The hash of a policy's weights: SHA-256, lower-case hexadecimal, of the numbers of its tensors as little-endian IEEE 754 singles, one tensor after
    /// the other. In an exported file these bytes come first after the header.
    /// </summary>
    /// <param name="parameters">[PolicyParameters] at least; those of a critic may follow and do not count.</param>
    public abstract string Hash(ReadOnlyMemory<float> parameters);
}

/// <summary>Plays rollouts and evaluation episodes of given actors. Not thread-safe: one per environment instance at a time.</summary>
public interface IRolloutPlayer : IDisposable
{
    /// <summary>Plays one rollout: a function of its arguments, whatever was played before.</summary>
    /// <param name="round">The round, from 1; names the random streams.</param>
    /// <param name="actors">Flat parameters (policy, critic) of the instance's actors.</param>
    /// <param name="lanes"><see cref="Rollout.LaneState"/> of the round before, where rollouts continue episodes; null begins fresh ones.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    /// <exception cref="ArgumentException">Episodes are continued and there is no state of round - 1, or they are not and there is one.</exception>
    /// <exception cref="FormatException">The state is damaged, or of another environment, number of lanes or cast.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Rollout Play(int round, IReadOnlyList<float[]> actors, byte[]? lanes = null, CancellationToken cancellation = default);

    /// <summary>Plays the evaluation episodes of a learning curve's point.</summary>
    /// <param name="round">Rounds behind it; names the random streams.</param>
    /// <param name="actors">Flat parameters (policy, critic) of the actors of <see cref="TeamPlan.Evaluation"/>.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Core.Results.CurvePoint Evaluate(int round, IReadOnlyList<float[]> actors, CancellationToken cancellation = default);

    /// <summary>Draws lane 0 of the training environment as it stands.</summary>
    string Render();
}

/// <summary>Plays matches of frozen policies in one environment (evaluation protocol, paper D.1). Not thread-safe: one per worker thread.</summary>
public interface IMatchPlayer : IDisposable
{
    /// <summary>Plays one run with each of several.</summary>
    /// <param name="seed">Seed of the matches' random streams.</param>
    /// <param name="row">Row of the pairs in the matrix; names the streams together with the column.</param>
    /// <param name="team">The row's run.</param>
    /// <param name="firstColumn">Column of the first partner.</param>
    /// <param name="partners">The columns' runs.</param>
    /// <param name="rules">How pairs are seated, and for how long they play.</param>
    /// <param name="opponents">Frozen policies in the seats after the team's.</param>
    /// <param name="cancellation">Stops between two steps; the player must not be used again after that.</param>
    /// <returns>One outcome per partner.</returns>
    /// <exception cref="ArgumentException">A policy does not fit the environment, there are too few, or the team has too many seats to mix two runs.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Core.Results.MatchResult[] Play(
        ulong seed, int row, FrozenTeam team, int firstColumn, IReadOnlyList<FrozenTeam> partners, MatchRules rules,
        IReadOnlyList<FrozenPolicy>? opponents = null, CancellationToken cancellation = default);

    /// <summary>Plays one episode and records every step; one that may end early is played to its end.</summary>
    /// <param name="seed">Seed of the random streams.</param>
    /// <param name="episode">Number of the episode within the seed.</param>
    /// <param name="players">The policies, one per seat of the environment.</param>
    /// <param name="steps">Number of steps, at most.</param>
    /// <param name="actions">How everybody acts.</param>
    /// <exception cref="ArgumentException">A policy does not fit the environment, or there are too few.</exception>
    IReadOnlyList<MatchFrame> Replay(ulong seed, int episode, IReadOnlyList<FrozenPolicy> players, int steps, ActionChoice actions = ActionChoice.Sampled);
}
