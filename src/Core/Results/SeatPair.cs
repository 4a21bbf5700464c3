using System.Text.Json.Serialization;

namespace Srpo.Core.Results;

/// <summary>One number for each of two seats, for instance the private costs of an episode; with more seats, see where it is used.</summary>
/// <param name="Seat0">The number of seat 0.</param>
/// <param name="Seat1">The number of seat 1.</param>
public readonly record struct SeatPair(double Seat0, double Seat1)
{
    /// <summary>Seat 0 plus seat 1.</summary>
    [JsonIgnore]
    public double Total => Seat0 + Seat1;

    /// <summary>|seat 0 - seat 1|; of private costs this is the free-riding degree.</summary>
    [JsonIgnore]
    public double Gap => Math.Abs(Seat0 - Seat1);
}
