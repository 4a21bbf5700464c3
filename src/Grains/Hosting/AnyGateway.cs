using Orleans.Metadata;

namespace Srpo.Grains.Hosting;

/// <summary>
/// Lets clients send their calls of our grains through all gateways in turn, so that one that is repeated does not end at the same
/// silent gateway. Without it, all calls of a grain go through one gateway, for an order that none of our contracts needs.
/// Clients learn of it from the silos.
/// </summary>
internal sealed class AnyGateway : IGrainPropertiesProvider
{
    /// <inheritdoc/>
    public void Populate(Type grainClass, GrainType grainType, Dictionary<string, string> properties)
    {
        if (grainClass.Assembly == typeof(AnyGateway).Assembly) properties[WellKnownGrainTypeProperties.Unordered] = "true";
    }
}
