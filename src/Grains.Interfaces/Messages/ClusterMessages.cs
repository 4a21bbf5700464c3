using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>What a silo can take.</summary>
/// <param name="Silo">Its address.</param>
/// <param name="Cores">Its worker threads; teams and tiles are dealt out in proportion to them.</param>
/// <param name="Gpus">Its GPU slots.</param>
/// <param name="Teams">Teams, of all populations, that are in training there now.</param>
/// <param name="Stopping">Whether it is about to stop and takes nothing new.</param>
[GenerateSerializer, Alias("srpo.SiloCapacity"), Immutable]
public sealed record SiloCapacity(
    [property: Id(0)] SiloAddress Silo,
    [property: Id(1)] int Cores,
    [property: Id(2)] int Gpus,
    [property: Id(3)] int Teams,
    [property: Id(4)] bool Stopping)
{
    /// <summary>Whether it has libtorch.</summary>
    [Id(5)]
    public bool HasTorch { get; init; }

    /// <summary>The plug-ins that it has loaded; null for a build that knows none.</summary>
    [Id(6)]
    public PluginReference[]? Plugins { get; init; }

    /// <summary>Its name; null for a build that does not say it.</summary>
    [Id(7)]
    public string? Name { get; init; }
}

/// <summary>What a silo says of itself. Rates are means over the last ten seconds.</summary>
/// <param name="Silo">Its address, as in the keys of its learners.</param>
/// <param name="Status">"active", "stopping", or "no answer"; without an answer all figures are 0.</param>
/// <param name="Name">Its name.</param>
/// <param name="Cores">Its worker threads.</param>
/// <param name="Gpus">Its GPU slots.</param>
/// <param name="CpuLoad">Share of the machine's processor time that its process uses, 0 to 1.</param>
/// <param name="MemoryBytes">Memory of its process.</param>
/// <param name="MemoryTotalBytes">Memory that the process may use.</param>
/// <param name="JobsRunning">Rollouts, updates and tiles on its workers now.</param>
/// <param name="JobsWaiting">Jobs that wait for a worker now.</param>
/// <param name="RoundsPerSecond">Rounds of teams, per second.</param>
/// <param name="EnvironmentStepsPerSecond">Environment steps of training and tournaments, per second.</param>
/// <param name="Teams">Teams in training there now, "population/team", sorted.</param>
/// <param name="Grains">Activations by kind of grain, sorted by kind.</param>
[GenerateSerializer, Alias("srpo.SiloReport"), Immutable]
public sealed record SiloReport(
    [property: Id(0)] string Silo,
    [property: Id(1)] string Status,
    [property: Id(2)] string Name,
    [property: Id(3)] int Cores,
    [property: Id(4)] int Gpus,
    [property: Id(5)] double CpuLoad,
    [property: Id(6)] long MemoryBytes,
    [property: Id(7)] long MemoryTotalBytes,
    [property: Id(8)] int JobsRunning,
    [property: Id(9)] int JobsWaiting,
    [property: Id(10)] double RoundsPerSecond,
    [property: Id(11)] double EnvironmentStepsPerSecond,
    [property: Id(12)] string[] Teams,
    [property: Id(13)] GrainCount[] Grains)
{
    /// <summary>Which of its storages does not answer, since when and why; null where all do.</summary>
    [Id(14)]
    public string? StorageProblem { get; init; }

    /// <summary>The plug-ins that it has loaded; null for a build that knows none, and without an answer.</summary>
    [Id(15)]
    public PluginReference[]? Plugins { get; init; }
}

/// <summary>How many grains of a kind are active.</summary>
/// <param name="Kind">The kind, as in commands: "agent", "environment", "learner", ...</param>
/// <param name="Count">How many.</param>
[GenerateSerializer, Alias("srpo.GrainCount"), Immutable]
public sealed record GrainCount([property: Id(0)] string Kind, [property: Id(1)] int Count);
