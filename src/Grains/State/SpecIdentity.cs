using System.Security.Cryptography;
using System.Text.Json;
using Srpo.Core.Settings;

namespace Srpo.Grains;

/// <summary>Tells specs apart in stored state.</summary>
internal static class SpecIdentity
{
    /// <summary>SHA-256 of everything that decides the bits of a team's training, as hexadecimal text.</summary>
    public static string Of(PopulationSpec spec)
    {
        // How many teams there are and how often they are stored changes nothing in any of them.
        var essential = spec with { Teams = 1, CheckpointInterval = 1 };
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(essential)));
    }

    /// <summary>Whether two specs are the same in every respect.</summary>
    public static bool Same(PopulationSpec one, PopulationSpec other) =>
        ReferenceEquals(one, other) || one.Equals(other);
}
