using Srpo.Core.Settings;

namespace Srpo.Learning.Plugins;

/// <summary>A plug-in that is loaded.</summary>
/// <param name="Reference">Name, version and hash.</param>
/// <param name="Typed">Its file as it was named.</param>
/// <param name="File">The same, absolute.</param>
/// <param name="Environments">Names of the environments that it brings.</param>
/// <param name="Methods">Ids of the methods that it brings.</param>
/// <param name="Actors">Names of those of its environments whose actors it makes itself.</param>
public sealed record LoadedPlugin(
    PluginReference Reference, string Typed, string File, IReadOnlyList<string> Environments, IReadOnlyList<string> Methods, IReadOnlyList<string> Actors)
{
    /// <summary>Of an environment in Python the files that it is made of, see <see cref="Srpo.Environments.Python.PythonModule.Sources"/>; null of an assembly.</summary>
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>Names of the scripted players that it brings.</summary>
    public IReadOnlyList<string> Players { get; init; } = [];

    /// <summary>What <c>--plugin</c> takes to load it again, wherever one stands.</summary>
    public string Argument { get; init; } = File;
}
