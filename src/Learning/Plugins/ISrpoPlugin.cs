using Srpo.Environments;
using Srpo.Learning.Methods;

namespace Srpo.Learning.Plugins;

/// <summary>
/// Environments, methods and scripted players that somebody else has written. An assembly names its one plug-in with <see cref="SrpoPluginAttribute"/>; the type has a
/// public constructor without parameters.
/// </summary>
public interface ISrpoPlugin
{
    /// <summary>Its name, which runs are stored with: letters, digits, '-', '_' and '.', at most 100 characters. Never changed.</summary>
    string Name { get; }

    /// <summary>Says what it brings. Called once in a process, before anything is asked for by name; all of it is taken, or nothing.</summary>
    /// <param name="registry">Takes it.</param>
    void Register(IPluginRegistry registry);
}

/// <summary>Takes what a plug-in brings. From then on commands, reports and pages know it by its name, as what is built in.</summary>
public interface IPluginRegistry
{
    /// <summary>Takes an environment, with its layouts, presets, drawing, keys and guide.</summary>
    /// <param name="environment">The environment.</param>
    /// <exception cref="PluginException">Its name, another of its names or a preset's is taken.</exception>
    void Add(EnvironmentRegistration environment);

    /// <summary>Takes a method, with its settings.</summary>
    /// <param name="method">The method.</param>
    /// <exception cref="PluginException">Its id or a setting's path is taken.</exception>
    void Add(Method method);

    /// <summary>Takes who makes the actors of an environment, where these are no networks of the built-in kind.</summary>
    /// <param name="actors">Their source; its environment must be one that the same plug-in brings, and is added before.</param>
    /// <exception cref="PluginException">The environment is another's, or has such a source already.</exception>
    void Add(IArchitectureSource actors);

    /// <summary>Takes a player that follows rules written by hand.</summary>
    /// <param name="player">The player. The environment that it is for may be built in, its own, or that of another plug-in, which may be loaded later.</param>
    /// <exception cref="PluginException">Its name is taken.</exception>
    void Add(ScriptedPlayer player);
}

/// <summary>Names the plug-in of an assembly: <c>[assembly: SrpoPlugin(typeof(MyPlugin))]</c>.</summary>
/// <param name="plugin">A type with a public constructor without parameters that implements <see cref="ISrpoPlugin"/>.</param>
/// <param name="api">Left out: the compiler writes down the version of the interface that the plug-in is built against.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class SrpoPluginAttribute(Type plugin, int api = SrpoPluginAttribute.CurrentApi) : Attribute
{
    /// <summary>
    /// Version of what plug-ins are built against: of this interface, and of <see cref="IVectorEnvironment"/>, <see cref="EnvironmentRegistration"/>,
    /// <see cref="Method"/>, <see cref="ScriptedPlayer"/> and what these are made of. Counts up when a plug-in that was built before would no longer work.
    /// </summary>
    public const int CurrentApi = 1;

    /// <summary>The type of the plug-in.</summary>
    public Type Plugin => plugin;

    /// <summary>The version of the interface that it was built against.</summary>
    public int Api => api;
}
