namespace Srpo.Core.Settings;

/// <summary>Agent or adversary.</summary>
public enum ActorKind
{
    /// <summary>The policy that is kept and evaluated.</summary>
    Agent = 0,

    /// <summary>Plays in the partners' place while an agent trains.</summary>
    Adversary = 1,
}
