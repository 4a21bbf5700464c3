using System.Net;

namespace Orleans.Runtime;

/// <summary>
/// The name of a grain process. Here there is one process and nothing listens: the end point is loopback, port 0.
/// </summary>
[GenerateSerializer, Immutable]
public sealed class SiloAddress : IEquatable<SiloAddress>, IComparable<SiloAddress>
{
    private SiloAddress(IPEndPoint endpoint, int generation)
    {
        Endpoint = endpoint;
        Generation = generation;
    }

    /// <summary>An address that names nothing.</summary>
    public static SiloAddress Zero { get; } = New(new IPEndPoint(IPAddress.Any, 0), 0);

    /// <summary>Address and port.</summary>
    [Id(0)]
    public IPEndPoint Endpoint { get; }

    /// <summary>Tells restarts of one end point apart.</summary>
    [Id(1)]
    public int Generation { get; }

    /// <summary>Makes an address.</summary>
    /// <param name="ep">Address and port.</param>
    /// <param name="gen">The generation.</param>
    /// <returns>The address.</returns>
    public static SiloAddress New(IPEndPoint ep, int gen) => new(ep, gen);

    /// <summary>Makes an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="port">The port.</param>
    /// <param name="generation">The generation.</param>
    /// <returns>The address.</returns>
    public static SiloAddress New(IPAddress address, int port, int generation) => new(new IPEndPoint(address, port), generation);

    /// <inheritdoc/>
    public bool Equals(SiloAddress? other) =>
        other is not null && Generation == other.Generation && Endpoint.Equals(other.Endpoint);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SiloAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Endpoint, Generation);

    /// <inheritdoc/>
    public int CompareTo(SiloAddress? other) =>
        other is null ? 1 : string.CompareOrdinal(ToParsableString(), other.ToParsableString());

    /// <summary>The address as text in the form that Orleans uses.</summary>
    /// <returns>address:port@generation.</returns>
    public string ToParsableString() => FormattableString.Invariant($"{Endpoint}@{Generation}");

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"S{Endpoint}:{Generation}");
}
