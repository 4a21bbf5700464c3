using System.Globalization;
using System.Text.Json;
using Srpo.Core.Errors;

namespace Srpo.Environments.Python;

/// <summary>What a Python process says of a module, and of the environment that it has made.</summary>
/// <param name="Version">Version of the protocol.</param>
/// <param name="Executable">The interpreter itself, where Python knows it: what was started may be a script that looks for it.</param>
/// <param name="File">The module's file, absolute.</param>
/// <param name="Modules">The files of all modules that its import has loaded, absolute, by the modules' names.</param>
/// <param name="Installed">The folders below which Python and what is installed for it lie.</param>
/// <param name="Agents">The agents by seat; null where no environment was made.</param>
/// <param name="Masks">Whether agents are told which actions are legal.</param>
/// <param name="EpisodeLength">Steps after which an episode is cut off at the latest; null where the environment does not say.</param>
/// <param name="SharedReward">Whether all agents receive the same reward.</param>
/// <param name="ActionNames">Names of the actions, or null.</param>
/// <param name="ObservationNames">What the numbers of an observation mean, or null.</param>
internal sealed record PythonDescription(
    int Version, string? Executable, string File, Dictionary<string, string> Modules, string[] Installed, PythonAgent[]? Agents, bool Masks, int? EpisodeLength, bool SharedReward, string[]? ActionNames, string[]? ObservationNames)
{
    /// <summary>Version of the protocol that this program speaks.</summary>
    public const int Protocol = 1;

    private const int MaxEpisode = 1 << 24, MaxObservation = 1 << 20;

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Reads a description.</summary>
    /// <exception cref="JsonException">It is none of this version.</exception>
    public static PythonDescription Parse(ReadOnlySpan<byte> json)
    {
        var read = JsonSerializer.Deserialize<PythonDescription>(json, Options);
        if (read is not { Version: Protocol }) throw new JsonException(string.Create(CultureInfo.InvariantCulture, $"its protocol has version {read?.Version}, and this program speaks version {Protocol}"));
        return read is { File: not null, Modules: not null, Installed: not null } && read.Agents?.Any(agent => agent is not { Name: not null, Low: not null, High: not null }) != true ? read : throw new JsonException("it lacks a part");
    }

    /// <summary>Sizes and names, once everything was found to be possible.</summary>
    /// <param name="environment">Name of the environment.</param>
    /// <param name="variant">What its arguments are called.</param>
    /// <exception cref="PythonEnvironmentException">It cannot be played; the message says what is in the way, and the remedy.</exception>
    public EnvironmentInfo ToInfo(string environment, string variant)
    {
        var agents = Agents ?? [];
        if (agents.Length is < 2 or > byte.MaxValue) throw Refused($"it has {agents.Length} agents; 2 to 255 are possible: give it as many possible_agents");
        foreach (var agent in agents)
        {
            if (agent.Actions is not { } actions) throw Refused($"the actions of {agent.Name} are {agent.ActionSpace}; only Discrete can be played: have the factory number the combinations");
            if (actions is < 2 or > byte.MaxValue) throw Refused($"{agent.Name} has {actions} actions; 2 to 255 are possible");
            if (agent.Length is not { } length) throw Refused($"what {agent.Name} observes is {agent.ObservationSpace}; only Box and Discrete can be played, and a Dict with 'observation' and 'action_mask': have the factory flatten it");
            if (length is < 1 or > MaxObservation) throw Refused($"{agent.Name} observes {length} numbers; 1 to {MaxObservation} are possible");
            if (actions != agents[0].Actions) throw Refused($"{agent.Name} has {actions} actions and {agents[0].Name} {agents[0].Actions}; all agents must have equally many: have the factory pad them (SuperSuit's pad_action_space_v0)");
            if (length != agents[0].Length) throw Refused($"{agent.Name} observes {length} numbers and {agents[0].Name} {agents[0].Length}; all agents must observe equally many: have the factory pad them (SuperSuit's pad_observations_v0)");
        }

        if (EpisodeLength is not { } steps) throw Refused($"it does not say how long an episode is; give the environment an attribute max_cycles, or metadata one");
        if (steps is < 1 or > MaxEpisode) throw Refused($"an episode has {steps} steps; 1 to {MaxEpisode} are possible");
        var (count, observed) = (agents[0].Actions!.Value, agents[0].Length!.Value);
        if (ActionNames is { } names && (names.Length != count || names.Any(string.IsNullOrWhiteSpace) || names.Distinct(StringComparer.Ordinal).Count() != count))
            throw Refused($"its action_names are {string.Join(", ", names)}; give {count} different ones, or none");
        if (ObservationNames is { } meanings && (meanings.Length != observed || meanings.Any(string.IsNullOrWhiteSpace))) throw Refused($"it has {meanings.Length} observation_names; give {observed}, or none");
        return new EnvironmentInfo(
            environment, variant, agents.Length, count, steps, ObservationStates: 0, [observed, observed, 0, 0],
            ActionNames ?? [.. Enumerable.Range(0, count).Select(action => action.ToString(CultureInfo.InvariantCulture))])
        { MasksActions = Masks, EndsEarly = true, SharedReward = SharedReward };

        PythonEnvironmentException Refused(FormattableString why) => new(ErrorKind.Usage, $"{environment} cannot be played: {why.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>What the numbers of a seat's observation mean, as far as its space says it.</summary>
    /// <param name="seat">The seat.</param>
    public IReadOnlyList<ObservationSlot> Slots(int seat)
    {
        var agent = Agents![seat];
        return [.. Enumerable.Range(0, agent.Length!.Value).Select(i => new ObservationSlot(
            i, ObservationNames?[i] ?? string.Create(CultureInfo.InvariantCulture, $"number {i} of what {agent.Name} observes"), Bound(agent.Low, i) ?? float.NegativeInfinity, Bound(agent.High, i) ?? float.PositiveInfinity))];
    }

    /// <summary>The files that make up an environment, relative to the folder that its module is imported from, with '/': those of the module's own package, and of what else lies in that folder.</summary>
    /// <param name="package">Name of the module, or of the package that it is part of.</param>
    /// <param name="root">The folder.</param>
    public string[] Sources(string package, string root) =>
    [
        .. Modules.Where(module => IsBelow(module.Value, root) && (module.Key.Split('.')[0] == package || !Installed.Any(prefix => IsBelow(module.Value, prefix))))
            .Select(module => Path.GetRelativePath(root, module.Value).Replace('\\', '/')).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether two processes have made the same.</summary>
    public bool SameAs(PythonDescription other) => JsonSerializer.Serialize(this with { Modules = [] }, Options) == JsonSerializer.Serialize(other with { Modules = [] }, Options);

    private static bool IsBelow(string file, string folder) => file.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static float? Bound(float?[] bounds, int index) => bounds.Length == 1 ? bounds[0] : index < bounds.Length ? bounds[index] : null;
}

/// <summary>An agent of a Python environment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Actions">Number of its actions; null where they are no Discrete.</param>
/// <param name="ActionSpace">The space of its actions, as Python writes it.</param>
/// <param name="ObservationSpace">The space of its observations, as Python writes it.</param>
/// <param name="Length">Numbers of an observation; null where they are neither Box nor Discrete.</param>
/// <param name="Low">Least value of every number, or of all; null where there is none.</param>
/// <param name="High">Largest value of every number, or of all; null where there is none.</param>
internal sealed record PythonAgent(string Name, int? Actions, string? ActionSpace, string? ObservationSpace, int? Length, float?[] Low, float?[] High);
