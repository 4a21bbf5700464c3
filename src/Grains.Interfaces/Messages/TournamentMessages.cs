using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// A cross-play tournament: every run of every population in seat 0 with every run in seat 1, no learning.
/// </summary>
/// <param name="Populations">Names of the populations, in the order of the matrix' blocks.</param>
/// <param name="Environment">The environment to play, which may be another than that of training.</param>
/// <param name="Episodes">Episodes per pair, at least 1.</param>
/// <param name="Steps">Steps from a reset that count as one episode.</param>
/// <param name="Seed">Seed of the matches' random streams.</param>
[GenerateSerializer, Alias("srpo.TournamentSpec"), Immutable]
public sealed record TournamentSpec(
    [property: Id(0)] string[] Populations,
    [property: Id(1)] EnvironmentSettings Environment,
    [property: Id(2)] int Episodes,
    [property: Id(3)] int Steps,
    [property: Id(4)] ulong Seed);

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
    [property: Id(9)] string? Warning = null);

/// <summary>One run that plays in a tournament.</summary>
/// <param name="Population">Its population.</param>
/// <param name="Team">Its team.</param>
/// <param name="Method">Its training method, as in settings: "ippo", "srpo", ...</param>
/// <param name="QuarantinedAt">Round of the checkpoint that a run in quarantine plays from; null for one that has finished.</param>
[GenerateSerializer, Alias("srpo.TournamentPlayer"), Immutable]
public sealed record TournamentPlayer(
    [property: Id(0)] string Population,
    [property: Id(1)] int Team,
    [property: Id(2)] string Method,
    [property: Id(3)] int? QuarantinedAt = null);

/// <summary>
/// The outcome of a pair: seat 0 from one run with seat 1 from another. Sums run over episodes in order, so that results
/// do not depend on who played them.
/// </summary>
/// <param name="MeanReturn">Mean over episodes of the sum of the seats' rewards.</param>
/// <param name="ReturnDeviation">Standard deviation over episodes of that sum (n - 1 in the denominator; 0 for one episode).</param>
/// <param name="SeatReturns">Mean reward of each seat per episode.</param>
/// <param name="SeatCosts">Mean private cost of each seat per episode.</param>
[GenerateSerializer, Alias("srpo.MatchResult"), Immutable]
public sealed record MatchResult(
    [property: Id(0)] double MeanReturn,
    [property: Id(1)] double ReturnDeviation,
    [property: Id(2)] double[] SeatReturns,
    [property: Id(3)] double[] SeatCosts);

/// <summary>The matrix of a tournament.</summary>
/// <param name="Tournament">Its id.</param>
/// <param name="Spec">What was played.</param>
/// <param name="Players">The runs, in the order of rows and of columns.</param>
/// <param name="Cells">[Players x Players] row-major: row = seat 0, column = seat 1; null where not played yet.</param>
[GenerateSerializer, Alias("srpo.TournamentMatrix"), Immutable]
public sealed record TournamentMatrix(
    [property: Id(0)] string Tournament,
    [property: Id(1)] TournamentSpec Spec,
    [property: Id(2)] TournamentPlayer[] Players,
    [property: Id(3)] MatchResult?[] Cells);

/// <summary>A tile of pairs for a match worker: one policy in seat 0 with several in seat 1.</summary>
/// <param name="Environment">The environment to play.</param>
/// <param name="Episodes">Episodes per pair.</param>
/// <param name="Steps">Steps per episode.</param>
/// <param name="Seed">Seed of the matches' random streams.</param>
/// <param name="Row">Row of the tile in the matrix; names the random streams together with the column.</param>
/// <param name="Seat0">The policy in seat 0.</param>
/// <param name="FirstColumn">Column of the first partner.</param>
/// <param name="Seat1">The policies in seat 1, one per column.</param>
/// <param name="Tournament">Name of the tournament, by which its tiles can be cancelled; empty for a tile that nobody cancels.</param>
[GenerateSerializer, Alias("srpo.MatchTile"), Immutable]
public sealed record MatchTile(
    [property: Id(0)] EnvironmentSettings Environment,
    [property: Id(1)] int Episodes,
    [property: Id(2)] int Steps,
    [property: Id(3)] ulong Seed,
    [property: Id(4)] int Row,
    [property: Id(5)] PolicySnapshot Seat0,
    [property: Id(6)] int FirstColumn,
    [property: Id(7)] PolicySnapshot[] Seat1,
    [property: Id(8)] string Tournament = "");

/// <summary>Asks for one episode of two policies, step by step.</summary>
/// <param name="Environment">The environment to play.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="Seed">Seed of the random streams.</param>
/// <param name="Episode">Number of the episode within the seed.</param>
/// <param name="Players">The policies, one per seat.</param>
[GenerateSerializer, Alias("srpo.ReplayRequest"), Immutable]
public sealed record ReplayRequest(
    [property: Id(0)] EnvironmentSettings Environment,
    [property: Id(1)] int Steps,
    [property: Id(2)] ulong Seed,
    [property: Id(3)] int Episode,
    [property: Id(4)] PolicySnapshot[] Players);

/// <summary>One step of a replayed episode.</summary>
/// <param name="Step">From 0; step 0 is the start, before any action.</param>
/// <param name="Actions">Names of the seats' actions that led here; empty at the start.</param>
/// <param name="Rewards">Rewards of this step, per seat; empty at the start.</param>
/// <param name="Costs">Private costs of this step, per seat; empty at the start.</param>
/// <param name="Probabilities">Per seat, the policy's probabilities of all actions in the state before this step; empty at the start.</param>
/// <param name="Drawing">The state after this step as text.</param>
/// <param name="EpisodeEnded">Whether the environment's episode ended here and a new one began.</param>
[GenerateSerializer, Alias("srpo.ReplayFrame"), Immutable]
public sealed record ReplayFrame(
    [property: Id(0)] int Step,
    [property: Id(1)] string[] Actions,
    [property: Id(2)] double[] Rewards,
    [property: Id(3)] double[] Costs,
    [property: Id(4)] double[][] Probabilities,
    [property: Id(5)] string Drawing,
    [property: Id(6)] bool EpisodeEnded);
