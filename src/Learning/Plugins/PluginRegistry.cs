using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Methods;

namespace Srpo.Learning.Plugins;

/// <summary>Gathers what one plug-in brings, and refuses names that are taken; nothing is known to anybody before <see cref="Commit"/>.</summary>
/// <param name="plugin">What the plug-in is called in messages.</param>
internal sealed class PluginRegistry(string plugin) : IPluginRegistry
{
    private const string Remedy = "give it another name";

    private readonly List<EnvironmentRegistration> _environments = [];
    private readonly List<Method> _methods = [];
    private readonly List<IArchitectureSource> _actors = [];
    private readonly List<ScriptedPlayer> _players = [];

    /// <summary>Names of the environments.</summary>
    public IReadOnlyList<string> Environments => [.. _environments.Select(environment => environment.Name)];

    /// <summary>Ids of the methods.</summary>
    public IReadOnlyList<string> Methods => [.. _methods.Select(method => method.Id)];

    /// <summary>Environments whose actors it makes.</summary>
    public IReadOnlyList<string> Actors => [.. _actors.Select(source => source.Environment)];

    /// <summary>Names of the scripted players.</summary>
    public IReadOnlyList<string> Players => [.. _players.Select(player => player.Name)];

    /// <inheritdoc/>
    public void Add(EnvironmentRegistration environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        RequireWord("an environment", environment.Name);
        if (environment.Variants is not { Count: > 0 }) throw Refused($"the environment '{environment.Name}' has no {environment.VariantKind} of its own; give it one at least, which is the default");
        var known = EnvironmentFactory.Registrations.Concat(_environments).ToArray();
        foreach (var name in environment.OtherNames.Prepend(environment.Name))
        {
            if (known.FirstOrDefault(other => other.Name == name || other.OtherNames.Contains(name)) is { } taken)
                throw Refused($"an environment '{name}' {Whose(_environments.Contains(taken), LoadedPlugins.OfEnvironment(taken.Name))}; {Remedy}");
        }

        var presets = known.SelectMany(other => other.Presets).Select(preset => preset.Name).ToList();
        foreach (var preset in environment.Presets)
        {
            RequireWord("a preset", preset.Name);
            if (presets.Contains(preset.Name)) throw Refused($"there is a preset '{preset.Name}' already; {Remedy}");
            if (preset.Training.Validate().Where(problem => problem.Field != "method").Select(problem => problem.ToString()).FirstOrDefault() is { } wrong)
                throw Refused($"its preset '{preset.Name}' cannot be used: {wrong}");
            presets.Add(preset.Name);
        }

        _environments.Add(environment);
    }

    /// <inheritdoc/>
    public void Add(Method method)
    {
        ArgumentNullException.ThrowIfNull(method);
        RequireWord("a method", method.Id);
        if (MethodRegistry.All.Concat(_methods).FirstOrDefault(other => other.Id == method.Id) is { } taken)
            throw Refused($"a method '{method.Id}' {Whose(_methods.Contains(taken), LoadedPlugins.OfMethod(method.Id))}; {Remedy}");
        var paths = AllSettings.Paths.Concat(_methods.SelectMany(other => other.OwnSettings).Select(setting => setting.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var setting in method.OwnSettings)
        {
            if (!setting.Path.StartsWith(method.Id + ".", StringComparison.Ordinal) || setting.Path.Split('.').Any(part => !PopulationSpec.IsValidName(part)))
                throw Refused($"the setting '{setting.Path}' of the method '{method.Id}' has no name of its own; call it {method.Id}.SOMETHING");
            if (!(setting.Low <= setting.Default && setting.Default <= setting.High))
                throw Refused($"the default of the setting '{setting.Path}' is not in its range; set it between {nameof(OwnSetting.Low)} and {nameof(OwnSetting.High)}");
            if (!paths.Add(setting.Path)) throw Refused($"there is a setting '{setting.Path}' already; {Remedy}");
        }

        _methods.Add(method);
    }

    /// <inheritdoc/>
    public void Add(IArchitectureSource actors)
    {
        ArgumentNullException.ThrowIfNull(actors);
        if (_environments.All(environment => environment.Name != actors.Environment))
            throw Refused($"it makes actors for '{actors.Environment}', which is no environment of its own; add the environment before");
        if (_actors.Exists(other => other.Environment == actors.Environment)) throw Refused($"it has two makers of actors for '{actors.Environment}'; add one");
        _actors.Add(actors);
    }

    /// <inheritdoc/>
    public void Add(ScriptedPlayer player)
    {
        ArgumentNullException.ThrowIfNull(player);
        RequireWord("a scripted player", player.Name);
        if (ScriptedPlayers.All.Concat(_players).FirstOrDefault(other => other.Name == player.Name) is { } taken)
            throw Refused($"a scripted player '{player.Name}' {Whose(_players.Contains(taken), LoadedPlugins.OfPlayer(taken.Name))}; {Remedy}");
        if (player.Rules < 1) throw Refused($"the rules of its scripted player '{player.Name}' have the number {player.Rules}; use 1 or more");
        _players.Add(player);
    }

    /// <summary>Makes known all that was gathered.</summary>
    public void Commit()
    {
        foreach (var environment in _environments) EnvironmentFactory.Register(environment);
        foreach (var method in _methods) MethodRegistry.Register(method);
        foreach (var source in _actors) ArchitectureRegistry.Register(source);
        foreach (var player in _players) ScriptedPlayers.Register(player);
    }

    private static string Whose(bool own, LoadedPlugin? other) => own ? "is registered twice" : other is null ? "is built in" : $"is of the plug-in {other.Reference}, which is loaded already";

    private void RequireWord(string what, string name)
    {
        if (!PopulationSpec.IsValidName(name)) throw Refused($"'{name}' is no name for {what}; use 1 to 100 letters, digits, '-', '_' or '.', not beginning with '.'");
    }

    private PluginException Refused(string reason) => new(ErrorKind.Usage, $"the plug-in {plugin} cannot be used: {reason}");
}
