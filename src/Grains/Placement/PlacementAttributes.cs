using Orleans.Placement;

namespace Srpo.Grains;

/// <summary>
/// Puts a member of a team where a learner says that its team is; without such a hint, all members of a team on one silo,
/// which follows from the team's name.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TeamPlacementAttribute() : PlacementAttribute(new TeamPlacement());

/// <summary>Puts a grain on the silo that its key names and on no other; where it names none, on the silo of the caller.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SiloPlacementAttribute() : PlacementAttribute(new SiloPlacement());
