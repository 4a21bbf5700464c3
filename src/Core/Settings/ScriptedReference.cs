using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Orleans;

namespace Srpo.Core.Settings;

/// <summary>A scripted player as messages and stored populations name it: which rules, and whose.</summary>
/// <param name="Name">Its name: letters, digits, '-', '_' and '.', at most 100 characters.</param>
/// <param name="Rules">Number of its rules, at least 1; another number plays otherwise.</param>
/// <param name="Plugin">The plug-in that brings it; null where it is built in.</param>
[GenerateSerializer, Alias("srpo.ScriptedReference"), Immutable]
public sealed record ScriptedReference([property: Id(0)] string Name, [property: Id(1)] int Rules, [property: Id(2)] PluginReference? Plugin)
{
    /// <summary>What texts begin with that name a scripted player: "scripted:uniform".</summary>
    public const string Prefix = "scripted:";

    /// <summary>The player as one names it on a command line.</summary>
    [JsonIgnore]
    public string Typed => Prefix + Name;

    /// <summary>SHA-256 of all that says which rules it plays by, lower-case hexadecimal: what stands where a policy that has learned has the hash of its weights.</summary>
    [JsonIgnore]
    public string Hash => Convert.ToHexStringLower(Digest());

    /// <summary>The same as 32 bytes.</summary>
    public byte[] Digest() =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"srpo-scripted 1\n{Name}\n{Rules}\n{Plugin?.Name}\n{Plugin?.Hash}\n")));

    /// <summary>What is wrong with it; null if it can be used.</summary>
    public string? Problem() =>
        !PopulationSpec.IsValidName(Name) ? "its name is missing or no name"
        : Rules < 1 ? string.Create(CultureInfo.InvariantCulture, $"the number {Rules} of its rules is out of range; use 1 or more")
        : Plugin is not null && (!PopulationSpec.IsValidName(Plugin.Name) || Plugin is not { Version.Length: <= 100, Hash.Length: 64 }) ? "its plug-in lacks name, version or hash"
        : null;

    /// <summary>"scripted player 'uniform'", or "scripted player 'waiter' of the plug-in 'mine' 1.0.0 (sha256 0123456789ab)".</summary>
    public override string ToString() => $"scripted player '{Name}'{(Plugin is null ? "" : $" of the plug-in {Plugin}")}";
}
