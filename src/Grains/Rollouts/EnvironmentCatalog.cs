using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Plugins;

namespace Srpo.Grains;

/// <summary>
/// What grains need to know of environments without playing them: sizes, names, what actors are made of. Looked up once per
/// environment and silo; the least recently used are forgotten. Thread-safe.
/// </summary>
internal sealed class EnvironmentCatalog
{
    private const int Capacity = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<EnvironmentSettings, EnvironmentInfo> _known = [];
    private readonly LinkedList<EnvironmentSettings> _recent = new();

    /// <summary>Sizes and names of an environment.</summary>
    /// <exception cref="SrpoGrainException">There is no such environment, or its definition is wrong.</exception>
    public EnvironmentInfo Info(EnvironmentSettings settings)
    {
        if (settings is null || settings.Name is null || settings.Variant is null)
            throw new SrpoGrainException("no environment is given; name one and its variant, for example gridworld, official");
        GrainChecks.Environment(settings);
        lock (_lock)
        {
            if (_known.TryGetValue(settings, out var known))
            {
                _recent.Remove(settings);
                _recent.AddFirst(settings);
                return known;
            }
        }

        var info = Describe(settings);
        lock (_lock)
        {
            if (!_known.TryAdd(settings, info)) return info;
            _recent.AddFirst(settings);
            if (_known.Count <= Capacity) return info;
            _known.Remove(_recent.Last!.Value);
            _recent.RemoveLast();
            return info;
        }
    }

    /// <summary>What the actors of a population are made of.</summary>
    /// <exception cref="SrpoGrainException">The environment cannot be used with these settings.</exception>
    public ActorArchitecture Architecture(PopulationSpec spec)
    {
        RequirePlugins(spec);
        try
        {
            return ArchitectureRegistry.Of(spec);
        }
        catch (Exception error) when (error is ArgumentException or SettingsException)
        {
            throw new SrpoGrainException(SrpoException.MessageOf(error), error);
        }
    }

    /// <summary>Who learns in a team of a population, and what it plays.</summary>
    /// <exception cref="SrpoGrainException">The spec does not fit its environment.</exception>
    public TeamPlan Plan(PopulationSpec spec)
    {
        RequirePlugins(spec);
        try
        {
            return TeamPlan.For(spec, Info(spec.Environment));
        }
        catch (SettingsException error)
        {
            throw new SrpoGrainException(SrpoException.MessageOf(error), error);
        }
    }

    /// <summary>Environment steps of a team's round; 0 where they cannot be known for want of a plug-in, so that where a population stands can be asked all the same.</summary>
    /// <exception cref="SrpoGrainException">The spec does not fit its environment.</exception>
    public long StepsOfRound(PopulationSpec spec) => LoadedPlugins.Missing(spec.Plugins) is null ? Plan(spec).StepsPerRound : 0;

    /// <summary>Every problem of a spec, its environment included; none if it can be trained.</summary>
    public IReadOnlyList<string> Problems(PopulationSpec? spec)
    {
        if (spec is null) return ["no spec is given"];
        if (spec.Training?.Network?.Hidden is null || spec.Training.Adversary is null || spec.Training.Method is null || spec.Training.Device is null)
            return ["training: the settings are incomplete; give method, device, network and adversary"];
        if (spec.Opponents is null || spec.Partners is null || spec.Snapshots is null) return ["opponents, partners, snapshots: give lists, empty ones where there are none"];
        if (LoadedPlugins.Problem(spec) is { } plugin) return [plugin];
        var problems = spec.Validate().Select(problem => problem.ToString()).ToList();
        try
        {
            var info = Info(spec.Environment);
            if (problems.Count == 0) problems.AddRange(TeamPlan.Problems(spec, info).Select(problem => problem.ToString()));
            if (problems.Count == 0) problems.AddRange(ArchitectureRegistry.Problems(spec).Select(problem => problem.ToString()));
            if (problems.Count == 0) Architecture(spec);
        }
        catch (SrpoGrainException error)
        {
            problems.Add("environment: " + SrpoException.MessageOf(error));
        }

        return problems;
    }

    /// <summary>Says what to do where the environment, or the method, is not known for want of a plug-in.</summary>
    private static void RequirePlugins(PopulationSpec spec)
    {
        if (LoadedPlugins.Missing(spec.Plugins) is { } missing) throw new SrpoGrainException(ErrorKind.NotFound, $"population '{spec.Population}': {missing}");
    }

    private static EnvironmentInfo Describe(EnvironmentSettings settings)
    {
        try
        {
            return EnvironmentFactory.Info(settings);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new SrpoGrainException($"environment '{settings.Name}', '{settings.Variant}': {SrpoException.MessageOf(error)}", error);
        }
    }
}
