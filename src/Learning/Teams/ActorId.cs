namespace Srpo.Learning;

/// <summary>Agent or adversary.</summary>
public enum ActorKind
{
    /// <summary>The policy that is kept and evaluated.</summary>
    Agent = 0,

    /// <summary>Plays in the partners' place while an agent trains.</summary>
    Adversary = 1,
}

/// <summary>One actor of a team.</summary>
/// <param name="Kind">Agent or adversary.</param>
/// <param name="Seat">The agent's seat, 0 for one that plays all seats; for an adversary, the seat of the agent that it trains.</param>
public readonly record struct ActorId(ActorKind Kind, int Seat)
{
    /// <inheritdoc/>
    public override string ToString() => Kind == ActorKind.Agent ? $"agent {Seat}" : $"adversary {Seat}";
}
