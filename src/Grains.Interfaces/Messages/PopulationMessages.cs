using System.Text.Json.Serialization;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>Where a population stands. The numbers are part of stored state: never renumber.</summary>
public enum PopulationPhase
{
    /// <summary>Known by name only.</summary>
    Unknown = 0,

    /// <summary>Teams are being trained.</summary>
    Training = 1,

    /// <summary>Training waits for a resume.</summary>
    Paused = 2,

    /// <summary>Every team has finished or is in quarantine.</summary>
    Finished = 3,

    /// <summary>Ended by the user before the end; can be resumed.</summary>
    Stopped = 4,

    /// <summary>Training met an error that needs the user; the status says which.</summary>
    Failed = 5,
}

/// <summary>Where one team stands.</summary>
/// <param name="Team">The team, from 0.</param>
/// <param name="Round">Rounds finished.</param>
/// <param name="CheckpointRound">Rounds finished at the newest complete checkpoint; 0 for none.</param>
/// <param name="LastReturn">Last point of the learning curve, null before the first.</param>
/// <param name="Quarantine">Why the team trains no further although its population does, else null; it stands at its last good checkpoint.</param>
/// <param name="ReadableRound">Rounds finished at the newest checkpoint that all of its agents and adversaries can be read from; null where nobody looked, as a coordinator does not.</param>
[GenerateSerializer, Alias("srpo.TeamStatus"), Immutable]
public sealed record TeamStatus(
    [property: Id(0)] int Team,
    [property: Id(1)] int Round,
    [property: Id(2)] int CheckpointRound,
    [property: Id(3)] double? LastReturn,
    [property: Id(4)] string? Quarantine = null,
    [property: Id(5)] int? ReadableRound = null);

/// <summary>What a coordinator knows of a team's newest checkpoint.</summary>
/// <param name="Round">Rounds finished at it; 0 for none.</param>
/// <param name="Certain">Whether no newer one was stored: false while training goes on or was broken off, and where the coordinator's own record is damaged.</param>
[GenerateSerializer, Alias("srpo.TeamCheckpoint"), Immutable]
public sealed record TeamCheckpoint(
    [property: Id(0)] int Round,
    [property: Id(1)] bool Certain);

/// <summary>What a coordinator says of its population.</summary>
/// <param name="Population">Its name.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Method">The training method.</param>
/// <param name="Environment">Environment and variant.</param>
/// <param name="Rounds">Rounds that every team has to play.</param>
/// <param name="Teams">The teams.</param>
/// <param name="EnvironmentSteps">Environment steps of all teams behind the present state.</param>
/// <param name="EnvironmentStepsTotal">Environment steps of all teams when finished.</param>
/// <param name="TrainingSeconds">Seconds spent training, over all sessions.</param>
/// <param name="EnvironmentStepsPerSecond">Rate of the present session, 0 if not training.</param>
/// <param name="Error">What went wrong, when failed; else null.</param>
/// <param name="Warning">Trouble that was met and survived, for example a damaged checkpoint passed over; else null.</param>
/// <param name="Wish">The phase that the user has asked for while it is not reached yet, <see cref="PopulationPhase.Paused"/> or <see cref="PopulationPhase.Stopped"/>; else null.</param>
/// <param name="ErrorKind">Why it went wrong, when failed; else null.</param>
/// <param name="TokensPerSecond">Tokens that language models generate a second in the present session; 0 where agents are none, and if not training.</param>
[GenerateSerializer, Alias("srpo.PopulationStatus"), Immutable]
public sealed record PopulationStatus(
    [property: Id(0)] string Population,
    [property: Id(1)] PopulationPhase Phase,
    [property: Id(2)] string Method,
    [property: Id(3)] string Environment,
    [property: Id(4)] int Rounds,
    [property: Id(5)] TeamStatus[] Teams,
    [property: Id(6)] long EnvironmentSteps,
    [property: Id(7)] long EnvironmentStepsTotal,
    [property: Id(8)] double TrainingSeconds,
    [property: Id(9)] double EnvironmentStepsPerSecond,
    [property: Id(10)] string? Error,
    [property: Id(11)] string? Warning,
    [property: Id(12)] PopulationPhase? Wish = null,
    [property: Id(13)] ErrorKind? ErrorKind = null,
    [property: Id(14)] double TokensPerSecond = 0)
{
    /// <summary>Where its policies come from, where other programs have trained them; null for populations that are trained here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(15)]
    public IReadOnlyList<ImportedPolicy>? Imported { get; init; }
}

/// <summary>The learning curve of one team.</summary>
/// <param name="Team">The team, from 0.</param>
/// <param name="Points">Points in order of rounds.</param>
[GenerateSerializer, Alias("srpo.TeamCurve"), Immutable]
public sealed record TeamCurve(
    [property: Id(0)] int Team,
    [property: Id(1)] CurvePoint[] Points)
{
    /// <summary>How many points of the curve come before these: 0 where it is told from its start.</summary>
    [Id(2)]
    public int First { get; init; }
}

/// <summary>What a learner says of itself.</summary>
/// <param name="Key">Its key, device/slot or device/slot/silo.</param>
/// <param name="Device">Name of the device and its vector width.</param>
/// <param name="Updates">Team updates since this activation began.</param>
/// <param name="EnvironmentSteps">Environment steps of the rollouts behind them.</param>
/// <param name="UpdateSeconds">Seconds spent in updates.</param>
/// <param name="RolloutSeconds">Seconds spent waiting for rollouts.</param>
/// <param name="Training">Teams in training now, "population/team".</param>
[GenerateSerializer, Alias("srpo.LearnerReport"), Immutable]
public sealed record LearnerReport(
    [property: Id(0)] string Key,
    [property: Id(1)] string Device,
    [property: Id(2)] long Updates,
    [property: Id(3)] long EnvironmentSteps,
    [property: Id(4)] double UpdateSeconds,
    [property: Id(5)] double RolloutSeconds,
    [property: Id(6)] string[] Training);
