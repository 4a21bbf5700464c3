using System.Text.Json;
using System.Text.Json.Serialization;
using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// <see cref="PopulationSpec"/> on the wire: as JSON, because Core knows nothing of grains and specs are small and rare.
/// </summary>
[RegisterConverter]
public sealed class PopulationSpecConverter : IConverter<PopulationSpec, PopulationSpecSurrogate>
{
    /// <summary>Numbers that are none travel as well: whoever receives them says which setting has one.</summary>
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <inheritdoc/>
    public PopulationSpec ConvertFromSurrogate(in PopulationSpecSurrogate surrogate) =>
        JsonSerializer.Deserialize<PopulationSpec>(surrogate.Json, Json)!;

    /// <inheritdoc/>
    public PopulationSpecSurrogate ConvertToSurrogate(in PopulationSpec value) => new() { Json = JsonSerializer.Serialize(value, Json) };
}

/// <summary>Wire form of <see cref="PopulationSpec"/>.</summary>
[GenerateSerializer, Alias("srpo.PopulationSpec"), Immutable]
public struct PopulationSpecSurrogate
{
    /// <summary>The spec as JSON.</summary>
    [Id(0)]
    public string Json;
}

/// <summary><see cref="EnvironmentSettings"/> on the wire.</summary>
[RegisterConverter]
public sealed class EnvironmentSettingsConverter : IConverter<EnvironmentSettings, EnvironmentSettingsSurrogate>
{
    /// <inheritdoc/>
    public EnvironmentSettings ConvertFromSurrogate(in EnvironmentSettingsSurrogate surrogate) =>
        new(surrogate.Name, surrogate.Variant, surrogate.Definition);

    /// <inheritdoc/>
    public EnvironmentSettingsSurrogate ConvertToSurrogate(in EnvironmentSettings value) =>
        new() { Name = value.Name, Variant = value.Variant, Definition = value.Definition };
}

/// <summary>Wire form of <see cref="EnvironmentSettings"/>.</summary>
[GenerateSerializer, Alias("srpo.EnvironmentSettings"), Immutable]
public struct EnvironmentSettingsSurrogate
{
    /// <summary>The environment's name.</summary>
    [Id(0)]
    public string Name;

    /// <summary>Its layout or game.</summary>
    [Id(1)]
    public string Variant;

    /// <summary>Its full definition, or null for the built-in one.</summary>
    [Id(2)]
    public string? Definition;
}

/// <summary><see cref="PolicyReference"/> on the wire.</summary>
[RegisterConverter]
public sealed class PolicyReferenceConverter : IConverter<PolicyReference, PolicyReferenceSurrogate>
{
    /// <inheritdoc/>
    public PolicyReference ConvertFromSurrogate(in PolicyReferenceSurrogate surrogate) => new(surrogate.Agent, surrogate.Round);

    /// <inheritdoc/>
    public PolicyReferenceSurrogate ConvertToSurrogate(in PolicyReference value) => new() { Agent = value.Agent, Round = value.Round };
}

/// <summary>Wire form of <see cref="PolicyReference"/>.</summary>
[GenerateSerializer, Alias("srpo.PolicyReference"), Immutable]
public struct PolicyReferenceSurrogate
{
    /// <summary>The agent's key.</summary>
    [Id(0)]
    public string Agent;

    /// <summary>The round.</summary>
    [Id(1)]
    public int Round;
}
