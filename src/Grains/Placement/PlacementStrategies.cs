namespace Srpo.Grains;

/// <summary>The strategy of <see cref="TeamPlacementAttribute"/>.</summary>
[GenerateSerializer, Alias("srpo.TeamPlacement")]
internal sealed class TeamPlacement : PlacementStrategy
{
}

/// <summary>The strategy of <see cref="SiloPlacementAttribute"/>.</summary>
[GenerateSerializer, Alias("srpo.SiloPlacement")]
internal sealed class SiloPlacement : PlacementStrategy
{
}
