using Orleans.Metadata;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// Clients send their calls of an interface through all gateways in turn, so that one that is repeated does not end at the same
/// silent gateway. Without it, all calls of a grain go through one gateway, for an order that none of our contracts needs.
/// </summary>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class AnyGatewayAttribute : Attribute, IGrainInterfacePropertiesProviderAttribute
{
    /// <inheritdoc/>
    public void Populate(IServiceProvider services, Type interfaceType, Dictionary<string, string> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        properties[WellKnownGrainTypeProperties.Unordered] = "true";
    }
}
