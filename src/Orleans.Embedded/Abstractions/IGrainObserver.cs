using Orleans.Runtime;

namespace Orleans;

/// <summary>
/// Marker of interfaces for callbacks into ordinary objects, which grains call through a reference made by
/// <see cref="IGrainFactory.CreateObjectReference{T}"/>. As in Orleans, methods may return <see langword="void"/>.
/// </summary>
public interface IGrainObserver : IAddressable
{
}
