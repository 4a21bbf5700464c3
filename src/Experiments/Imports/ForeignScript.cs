using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;
using Srpo.Learning.Plugins;

namespace Srpo.Experiments.Imports;

/// <summary>A scripted player, which is taken as a policy of another program is.</summary>
/// <param name="Player">Which one.</param>
/// <param name="Asked">How its observations are written.</param>
/// <param name="Bound">The player where it is to play.</param>
/// <param name="Description">What it does.</param>
public sealed record ForeignScript(ScriptedReference Player, ScriptMap Asked, ObservingPolicy Bound, string Description) : ForeignPolicy(Player.Typed, Player.Hash, Asked, [])
{
    /// <inheritdoc/>
    public override ObservingPolicy Playing => Bound;

    /// <inheritdoc/>
    public override string Weights => Sha256;

    /// <inheritdoc/>
    public override long ParameterCount => 0;

    /// <inheritdoc/>
    public override NetworkSettings Network => new() { OneHot = Map.OneHot };

    /// <summary>Finds a player, and begins to play.</summary>
    /// <param name="typed">"scripted:NAME".</param>
    /// <param name="environment">What it is to play.</param>
    /// <exception cref="SrpoException">There is none of that name, it cannot play there, or fails.</exception>
    public static ForeignScript Load(string typed, EnvironmentSettings environment)
    {
        var player = ScriptedPlayers.Named(typed, EnvironmentFactory.Info(environment));
        var reference = LoadedPlugins.ReferenceOf(player);
        var bound = ScriptedPolicy.Of(reference).In(environment);
        using var tried = bound.CreateNetwork(Learning.Devices.Cpu.CpuDevice.Default);
        return new(reference, new ScriptMap(player.Encoding), bound, player.Description);
    }

    /// <inheritdoc/>
    public override ImportedPolicy Source(string imported) => new(File, Sha256, "", imported) { Scripted = Player };
}

/// <summary>What a scripted player says of itself in place of a map.</summary>
/// <param name="Encoding">How its observations are written.</param>
public sealed record ScriptMap(ObservationEncoding Encoding) : PolicyMap(Encoding, null, "");
