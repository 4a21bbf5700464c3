using System.Collections.Immutable;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Environments.Gridworld;
using Srpo.Environments.Hanabi;
using Srpo.Environments.Tag;

namespace Srpo.Environments;

/// <summary>The scripted players that there are, by name: those that are built in, and those of plug-ins. Thread-safe.</summary>
public static class ScriptedPlayers
{
    private static ImmutableArray<ScriptedPlayer> _all =
        [new("uniform", "Takes every legal action equally often.", null, _ => Uniform), .. GridworldPlayers.All, .. TagPlayers.All, .. HanabiPlayers.All];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ScriptedPlayer> All => _all;

    /// <summary>Takes a player that a plug-in brings. One whose name is known already is not taken again.</summary>
    /// <param name="player">The player.</param>
    public static void Register(ScriptedPlayer player)
    {
        ArgumentNullException.ThrowIfNull(player);
        ImmutableInterlocked.Update(ref _all, known => known.Any(other => other.Name == player.Name) ? known : known.Add(player));
    }

    /// <summary>A player; null where there is none of that name.</summary>
    /// <param name="name">Its name.</param>
    public static ScriptedPlayer? Find(string name) => _all.FirstOrDefault(player => player.Name == name);

    /// <summary>Those that can play in an environment; those that are for any come last.</summary>
    /// <param name="info">The environment.</param>
    public static IReadOnlyList<ScriptedPlayer> For(EnvironmentInfo info) => [.. _all.Where(player => player.Misfit(info) is null).OrderBy(player => player.Environment is null)];

    /// <summary>The player that a text names.</summary>
    /// <param name="typed">"scripted:NAME".</param>
    /// <param name="info">Where it is to play: those that can are listed where there is none of that name.</param>
    /// <exception cref="SrpoException">There is no such player, or it cannot play there.</exception>
    public static ScriptedPlayer Named(string typed, EnvironmentInfo info)
    {
        ArgumentNullException.ThrowIfNull(typed);
        var name = IsNamed(typed) ? typed[ScriptedReference.Prefix.Length..] : typed;
        string[] known = [.. For(info).Select(player => player.Name)];
        if (Find(name) is not { } player) throw new SrpoException(ErrorKind.Usage, $"{typed}: {NearestName.Unknown("scripted player", name, known)}");
        return player.Misfit(info) is not { } misfit
            ? player
            : throw new SrpoException(ErrorKind.Usage, $"{typed} cannot play in {info.Name} {info.Variant}: {misfit}; use one of {string.Join(", ", known)}");
    }

    /// <summary>Whether a text names a scripted player, well or badly.</summary>
    /// <param name="text">A file or a name.</param>
    public static bool IsNamed(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(ScriptedReference.Prefix, StringComparison.OrdinalIgnoreCase);
    }

    private static void Uniform(ScriptedTurn turn)
    {
        var share = 1f / turn.Legal.Count((byte)1);
        for (var action = 0; action < turn.Legal.Length; action++) turn.Probabilities[action] = turn.May(action) ? share : 0;
    }
}
