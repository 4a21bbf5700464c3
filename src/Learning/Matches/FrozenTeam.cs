namespace Srpo.Learning;

/// <summary>The frozen policies of one training run, by seat of the team.</summary>
/// <param name="Seats">A policy for every seat of the team; the same one everywhere where a run shares it.</param>
public sealed record FrozenTeam(IReadOnlyList<FrozenPolicy> Seats)
{
    /// <summary>A run that plays all seats with one policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="seats">Seats of the team.</param>
    public static FrozenTeam Shared(FrozenPolicy policy, int seats) => new([.. Enumerable.Repeat(policy, seats)]);
}
