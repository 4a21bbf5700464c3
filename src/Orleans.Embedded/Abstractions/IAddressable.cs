namespace Orleans.Runtime;

/// <summary>Anything that can be called through a reference: grains and observers. As in Orleans.</summary>
public interface IAddressable
{
}
