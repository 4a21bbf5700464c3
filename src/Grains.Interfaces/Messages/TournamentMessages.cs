using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// A cross-play tournament: every run of every population with every run, no learning. Runs of two seats with policies of
/// their own sit as row and column say; where policies are shared, or there are more seats, all ways to mix two runs are played.
/// </summary>
/// <param name="Populations">Names of the populations, in the order of the matrix' blocks.</param>
/// <param name="Environment">The environment to play, which may be another than that of training.</param>
/// <param name="Episodes">Episodes per pair, at least 1.</param>
/// <param name="Steps">Steps from a reset that count as one episode.</param>
/// <param name="Seed">Seed of the matches' random streams.</param>
/// <param name="Opponents">Frozen policies in the seats after the team's; none where the team is alone.</param>
/// <param name="AllowOlder">Whether runs play whose newest checkpoint cannot be read, as they were before. A permission: it is no part of what is played.</param>
[GenerateSerializer, Alias("srpo.TournamentSpec"), Immutable]
public sealed record TournamentSpec(
    [property: Id(0)] string[] Populations,
    [property: Id(1)] EnvironmentSettings Environment,
    [property: Id(2)] int Episodes,
    [property: Id(3)] int Steps,
    [property: Id(4)] ulong Seed,
    [property: Id(5)] PolicyReference[]? Opponents = null,
    [property: Id(6)] bool AllowOlder = false)
{
    /// <summary>Most runs of all populations together: more would make a matrix that nobody can read or store.</summary>
    public const int MaxRuns = 2000;

    /// <summary>How everybody acts.</summary>
    [Id(7)]
    public ActionChoice Actions { get; init; }

    /// <summary>Whether the same is played.</summary>
    public bool Equals(TournamentSpec? other) =>
        other is not null && Environment == other.Environment && (Episodes, Steps, Seed, Actions) == (other.Episodes, other.Steps, other.Seed, other.Actions)
        && Populations.AsSpan().SequenceEqual(other.Populations) && Opponents.AsSpan().SequenceEqual(other.Opponents);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Environment, Episodes, Steps, Seed, Populations?.Length, Opponents?.Length);
}

/// <summary>Where a tournament stands.</summary>
/// <param name="Tournament">Its id.</param>
/// <param name="Environment">Environment and variant.</param>
/// <param name="Players">Number of runs: the matrix is Players x Players.</param>
/// <param name="PairsDone">Cells played.</param>
/// <param name="PairsTotal">Cells to play.</param>
/// <param name="EnvironmentSteps">Environment steps played.</param>
/// <param name="Seconds">Seconds spent playing, over all sessions.</param>
/// <param name="Finished">Whether every cell is played.</param>
/// <param name="Error">What went wrong, else null.</param>
/// <param name="Warning">Runs that play from an earlier checkpoint than the last round, and why it waits if it does; else null.</param>
/// <param name="Playing">Whether it is being played now.</param>
/// <param name="ErrorKind">Why it went wrong, else null.</param>
[GenerateSerializer, Alias("srpo.TournamentStatus"), Immutable]
public sealed record TournamentStatus(
    [property: Id(0)] string Tournament,
    [property: Id(1)] string Environment,
    [property: Id(2)] int Players,
    [property: Id(3)] int PairsDone,
    [property: Id(4)] int PairsTotal,
    [property: Id(5)] long EnvironmentSteps,
    [property: Id(6)] double Seconds,
    [property: Id(7)] bool Finished,
    [property: Id(8)] string? Error,
    [property: Id(9)] string? Warning = null,
    [property: Id(10)] bool Playing = false,
    [property: Id(11)] ErrorKind? ErrorKind = null);

/// <summary>One run that plays in a tournament.</summary>
/// <param name="Population">Its population.</param>
/// <param name="Team">Its team.</param>
/// <param name="Method">Id of its training method, as in settings.</param>
/// <param name="QuarantinedAt">Round of the checkpoint that a run in quarantine plays from; null for one that has finished.</param>
/// <param name="Rounds">Round of the policy in each seat of the team; null from builds that noted none.</param>
/// <param name="Weights">Hash of the weights of the policy in each seat, as in <see cref="PolicySnapshot"/>; null from builds that noted none.</param>
/// <param name="Older">Why it plays from an earlier checkpoint than it should; null if it does not.</param>
[GenerateSerializer, Alias("srpo.TournamentPlayer"), Immutable]
public sealed record TournamentPlayer(
    [property: Id(0)] string Population,
    [property: Id(1)] int Team,
    [property: Id(2)] string Method,
    [property: Id(3)] int? QuarantinedAt = null,
    [property: Id(4)] int[]? Rounds = null,
    [property: Id(5)] string[]? Weights = null,
    [property: Id(6)] string? Older = null)
{
    /// <summary>Whether it is the same run with the same weights, as far as both say.</summary>
    public bool Equals(TournamentPlayer? other) =>
        other is not null && (Population, Team, Method, QuarantinedAt) == (other.Population, other.Team, other.Method, other.QuarantinedAt)
        && Agree(Rounds, other.Rounds) && Agree(Weights, other.Weights);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Population, Team, Method, QuarantinedAt);

    private static bool Agree<T>(T[]? ones, T[]? others) => ones is null || others is null || ones.AsSpan().SequenceEqual(others);
}

/// <summary>The matrix of a tournament.</summary>
/// <param name="Tournament">Its id.</param>
/// <param name="Spec">What was played.</param>
/// <param name="Players">The runs, in the order of rows and of columns.</param>
/// <param name="Cells">[Players x Players] row-major; null where not played yet.</param>
/// <param name="Seating">What an entry means, in words: who sits where.</param>
/// <param name="Episodes">Episodes that every pair plays: those asked for, rounded up so that every way to sit is played equally often.</param>
[GenerateSerializer, Alias("srpo.TournamentMatrix"), Immutable]
public sealed record TournamentMatrix(
    [property: Id(0)] string Tournament,
    [property: Id(1)] TournamentSpec Spec,
    [property: Id(2)] TournamentPlayer[] Players,
    [property: Id(3)] MatchResult?[] Cells,
    [property: Id(4)] string Seating,
    [property: Id(5)] int Episodes);

/// <summary>Asks for one episode of frozen policies, step by step.</summary>
/// <param name="Environment">The environment to play.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="Seed">Seed of the random streams.</param>
/// <param name="Episode">Number of the episode within the seed.</param>
/// <param name="Players">The policies, one per seat of the environment.</param>
[GenerateSerializer, Alias("srpo.ReplayRequest"), Immutable]
public sealed record ReplayRequest(
    [property: Id(0)] EnvironmentSettings Environment,
    [property: Id(1)] int Steps,
    [property: Id(2)] ulong Seed,
    [property: Id(3)] int Episode,
    [property: Id(4)] PolicySnapshot[] Players)
{
    /// <summary>How everybody acts.</summary>
    [Id(5)]
    public ActionChoice Actions { get; init; }
}

/// <summary>One step of a replayed episode.</summary>
/// <param name="Step">From 0; step 0 is the start, before any action.</param>
/// <param name="Actions">Names of the seats' actions that led here, empty for a seat that was not to move; none at the start.</param>
/// <param name="Rewards">Rewards of this step, per seat; empty at the start.</param>
/// <param name="Costs">Private costs of this step, per seat; empty at the start.</param>
/// <param name="Probabilities">Per seat, the policy's probabilities of all actions in the state before this step, none for a seat that was not to move; empty at the start.</param>
/// <param name="Drawing">The state after this step as text.</param>
/// <param name="EpisodeEnded">Whether the environment's episode ended here and a new one began.</param>
/// <param name="Scene">The state after this step as circles, in environments that are drawn in the plane; else empty.</param>
[GenerateSerializer, Alias("srpo.ReplayFrame"), Immutable]
public sealed record ReplayFrame(
    [property: Id(0)] int Step,
    [property: Id(1)] string[] Actions,
    [property: Id(2)] double[] Rewards,
    [property: Id(3)] double[] Costs,
    [property: Id(4)] double[][] Probabilities,
    [property: Id(5)] string Drawing,
    [property: Id(6)] bool EpisodeEnded,
    [property: Id(7)] SceneCircle[] Scene);
