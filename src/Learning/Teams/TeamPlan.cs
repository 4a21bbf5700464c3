using Srpo.Core.Settings;

namespace Srpo.Learning;

/// <summary>Agent or adversary.</summary>
public enum ActorKind
{
    /// <summary>The policy that is kept and evaluated.</summary>
    Agent = 0,

    /// <summary>Plays in the partner's place while an agent trains.</summary>
    Adversary = 1,
}

/// <summary>One actor of a team.</summary>
/// <param name="Kind">Agent or adversary.</param>
/// <param name="Seat">The agent's seat; for an adversary, the seat of the agent that it trains.</param>
public readonly record struct ActorId(ActorKind Kind, int Seat)
{
    /// <inheritdoc/>
    public override string ToString() => Kind == ActorKind.Agent ? $"agent {Seat}" : $"adversary {Seat}";
}

/// <summary>One environment instance of a team's round: who sits where.</summary>
/// <param name="Players">Index of the actor in <see cref="TeamPlan.Actors"/> for every seat.</param>
/// <param name="FirstLane">Number of its first lane in the round's random streams.</param>
/// <param name="Lanes">Its number of lanes.</param>
public sealed record InstancePlan(IReadOnlyList<int> Players, int FirstLane, int Lanes);

/// <summary>
/// Which actors a team has and which rollouts a round of it needs (spec "algorithm", IPPO and SRPO for two seats).
/// </summary>
public sealed class TeamPlan
{
    private TeamPlan(IReadOnlyList<ActorId> actors, IReadOnlyList<InstancePlan> instances, IReadOnlyList<int> evaluation)
    {
        Actors = actors;
        Instances = instances;
        Evaluation = evaluation;
    }

    /// <summary>The actors: agents by seat, then adversaries by seat.</summary>
    public IReadOnlyList<ActorId> Actors { get; }

    /// <summary>The rollouts of a round.</summary>
    public IReadOnlyList<InstancePlan> Instances { get; }

    /// <summary>Who sits where when the team is evaluated: index into <see cref="Actors"/> for every seat.</summary>
    public IReadOnlyList<int> Evaluation { get; }

    /// <summary>The plan of a team of two seats.</summary>
    public static TeamPlan For(TrainingSettings settings) => settings.Method switch
    {
        Method.SelfPlay => new([new(ActorKind.Agent, 0)], [new([0, 0], 0, settings.Lanes)], [0, 0]),
        Method.Ippo => new([new(ActorKind.Agent, 0), new(ActorKind.Agent, 1)], [new([0, 1], 0, settings.Lanes)], [0, 1]),
        _ => ForAdversaries(settings),
    };

    /// <summary>Agent 0 with adversary 0 in seat 1; adversary 1 in seat 0 with agent 1.</summary>
    private static TeamPlan ForAdversaries(TrainingSettings settings)
    {
        var lanes = settings.SplitLanes ? settings.Lanes / 2 : settings.Lanes;
        return new(
            [new(ActorKind.Agent, 0), new(ActorKind.Agent, 1), new(ActorKind.Adversary, 0), new(ActorKind.Adversary, 1)],
            [new([0, 2], 0, lanes), new([3, 1], lanes, lanes)],
            [0, 1]);
    }
}
