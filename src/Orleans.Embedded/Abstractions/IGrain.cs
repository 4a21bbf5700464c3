using Orleans.Runtime;

namespace Orleans;

/// <summary>Marker of every grain interface. As in Orleans.</summary>
public interface IGrain : IAddressable
{
}

/// <summary>Marker of grain interfaces whose key is a <see cref="Guid"/>. As in Orleans.</summary>
public interface IGrainWithGuidKey : IGrain
{
}

/// <summary>Marker of grain interfaces whose key is a 64-bit integer. As in Orleans.</summary>
public interface IGrainWithIntegerKey : IGrain
{
}

/// <summary>Marker of grain interfaces whose key is a string. As in Orleans.</summary>
public interface IGrainWithStringKey : IGrain
{
}

/// <summary>Marker of grain interfaces whose key is a <see cref="Guid"/> and a string. As in Orleans.</summary>
public interface IGrainWithGuidCompoundKey : IGrain
{
}

/// <summary>Marker of grain interfaces whose key is a 64-bit integer and a string. As in Orleans.</summary>
public interface IGrainWithIntegerCompoundKey : IGrain
{
}
