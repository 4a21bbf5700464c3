using Srpo.Conformance.Environments;
using Srpo.Core.Settings;

namespace Srpo.Environments.Tests;

/// <summary>Registered environments with the buffers to play them.</summary>
internal static class Rig
{
    internal static EnvironmentProbe Of(string name, string variant, int lanes) => new(EnvironmentFactory.Create(new EnvironmentSettings(name, variant), lanes));
}
