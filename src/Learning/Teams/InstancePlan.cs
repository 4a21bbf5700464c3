namespace Srpo.Learning;

/// <summary>Who takes which seat of an environment instance.</summary>
public enum Casting
{
    /// <summary>Every lane as <see cref="InstancePlan.Cast"/> says, throughout.</summary>
    Fixed = 0,

    /// <summary>In every lane one seat of the team, drawn at random for the rollout, is played by the second actor.</summary>
    RandomAdversary = 1,

    /// <summary>In every episode the first actor takes a random seat of the team and one random frozen partner the others.</summary>
    RandomPartner = 2,
}

/// <summary>One environment instance of a team's round: who sits where, and its lanes.</summary>
/// <param name="Casting">How seats are given to players.</param>
/// <param name="Actors">Indices in <see cref="TeamPlan.Actors"/> of those who learn from it: its players 0, 1, ...; the frozen policies follow them as players.</param>
/// <param name="Cast">The player in every seat of the environment, as far as it is fixed.</param>
/// <param name="FirstLane">Number of its first lane in the round's random streams.</param>
/// <param name="Lanes">Its number of lanes.</param>
public sealed record InstancePlan(Casting Casting, IReadOnlyList<int> Actors, IReadOnlyList<int> Cast, int FirstLane, int Lanes);
