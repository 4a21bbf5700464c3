using System.Diagnostics;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Compute;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>A tile of pairs for a silo to play: one run with several. It refers to policies, which the silo fetches.</summary>
/// <param name="Tournament">Name of the tournament.</param>
/// <param name="Session">The stretch of play that it belongs to; policies that were fetched for another one are not used.</param>
/// <param name="Spec">What is played.</param>
/// <param name="Seating">How two runs share the seats.</param>
/// <param name="Row">Row of the tile in the matrix; names the random streams together with the column.</param>
/// <param name="FirstColumn">Column of the first partner.</param>
/// <param name="Team">The policies of the row's run, one per seat of the team.</param>
/// <param name="Partners">The policies of the columns' runs, likewise.</param>
[GenerateSerializer, Alias("srpo.MatchTile"), Immutable]
internal sealed record MatchTile(
    [property: Id(0)] string Tournament,
    [property: Id(1)] Guid Session,
    [property: Id(2)] TournamentSpec Spec,
    [property: Id(3)] Seating Seating,
    [property: Id(4)] int Row,
    [property: Id(5)] int FirstColumn,
    [property: Id(6)] PolicyReference[] Team,
    [property: Id(7)] PolicyReference[][] Partners);

/// <summary>What tells a tile of a tournament from the others.</summary>
internal readonly record struct TileName(string Tournament, int Row, int FirstColumn);

/// <summary>
/// Plays the tiles of tournaments that a silo is given, on its worker pool. Whoever gave one waits some seconds and asks again;
/// results are kept for a while in case a reply is lost. Thread-safe.
/// </summary>
internal sealed class TilePlayer(GrainHost host, EnvironmentCatalog environments, ScratchPool<EnvironmentSettings, IMatchPlayer> players, TilePolicies policies)
{
    /// <summary>Results of so many tiles are kept; they are small.</summary>
    private const int Kept = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<TileName, Tile> _tiles = [];
    private readonly Queue<Tile> _ended = new();

    /// <summary>Plays every pair of a tile, or joins the play of the same tile.</summary>
    /// <returns>One result per partner; null while it is being played.</returns>
    /// <exception cref="SrpoGrainException">The tile cannot be played.</exception>
    public Task<MatchResult[]?> PlayAsync(MatchTile tile)
    {
        var play = Prepare(tile);
        var name = new TileName(tile.Tournament, tile.Row, tile.FirstColumn);
        Tile? playing;
        lock (_lock)
        {
            if (!_tiles.TryGetValue(name, out playing) || playing.Results.IsCompleted)
            {
                playing = new Tile(name, CancellationTokenSource.CreateLinkedTokenSource(players.Workers.Closing));
                _tiles[name] = playing;
                playing.Results = RunAsync(playing, play);
            }
        }

        return AnswerAsync(playing);
    }

    /// <summary>The results of a tile that was given to <see cref="PlayAsync"/>.</summary>
    /// <exception cref="UnknownGrainException">It was not, or too long ago.</exception>
    public Task<MatchResult[]?> FollowAsync(TileName name)
    {
        Tile? tile;
        lock (_lock) tile = _tiles.GetValueOrDefault(name);
        return tile is null
            ? throw new UnknownGrainException($"row {name.Row} from column {name.FirstColumn} of tournament '{GrainKeys.Shown(name.Tournament)}' is not played here")
            : AnswerAsync(tile);
    }

    /// <summary>Cancels the tiles that are played for a tournament now.</summary>
    public void Cancel(string tournament)
    {
        lock (_lock)
        {
            // Within the lock, so that no source is disposed meanwhile. Nothing but a flag is behind the tokens.
            foreach (var tile in _tiles.Values)
            {
                if (tile.Name.Tournament == tournament && !tile.HasEnded) tile.Source.Cancel();
            }
        }
    }

    private static void Check(PolicyReference[]? seats, EnvironmentInfo info)
    {
        if (seats is null || seats.Length != info.TeamSeats)
            throw new SrpoGrainException($"a run has {seats?.Length ?? 0} policies; a team in {info.Name} {info.Variant} has {info.TeamSeats} seats");
        Check(seats);
    }

    private static void Check(PolicyReference[] seats)
    {
        foreach (var seat in seats)
        {
            if (seat?.Agent is null) throw new SrpoGrainException("a policy names no agent");
            GrainKeys.ParseMember(seat.Agent);
        }
    }

    private async Task<(FrozenTeam[] Teams, FrozenPolicy[] Opponents)> FetchAsync(MatchTile tile, PolicyReference[] opponents, CancellationToken cancellation)
    {
        try
        {
            return (
                await policies.TeamsAsync(tile.Session, [tile.Team, .. tile.Partners]).WaitAsync(cancellation),
                await policies.PoliciesAsync(tile.Session, opponents).WaitAsync(cancellation));
        }
        catch (UnknownGrainException error)
        {
            // Whoever follows a tile takes this for a tile that is not known here.
            throw new SrpoGrainException(SrpoException.MessageOf(error), error);
        }
    }

    private async Task<MatchResult[]?> AnswerAsync(Tile tile) => await Following.EndsAsync(tile.Results, players.Workers.Options.Answer, host.Time) ? await tile.Results : null;

    private async Task<MatchResult[]> RunAsync(Tile tile, Func<CancellationToken, Task<MatchResult[]>> play)
    {
        // Not within the lock of whoever begins it.
        await Task.Yield();
        try
        {
            return await play(tile.Source.Token);
        }
        finally
        {
            lock (_lock)
            {
                tile.HasEnded = true;
                tile.Source.Dispose();
                _ended.Enqueue(tile);
                if (_ended.Count > Kept && _ended.Dequeue() is var old && _tiles.GetValueOrDefault(old.Name) == old) _tiles.Remove(old.Name);
            }
        }
    }

    private Func<CancellationToken, Task<MatchResult[]>> Prepare(MatchTile tile)
    {
        if (tile?.Team is null || tile.Partners is null || tile.Spec?.Environment is null) throw new SrpoGrainException("a tile needs an environment and policies for two runs");
        GrainKeys.CheckName(tile.Tournament);
        var spec = tile.Spec;
        var info = environments.Info(spec.Environment);
        GrainChecks.Range("episodes", spec.Episodes, 1, 1_000_000);
        GrainChecks.Range("steps", spec.Steps, 1, 65536);
        GrainChecks.Range("row", tile.Row, 0, 1 << 20);
        GrainChecks.Range("first column", tile.FirstColumn, 0, 1 << 20);
        GrainChecks.Range("columns", tile.Partners.Length, 1, GrainChecks.MaxColumns);
        GrainChecks.Range("seats of a team", info.TeamSeats, 1, Seatings.MaxMixedSeats);
        GrainChecks.Range("seating", (int)tile.Seating, 0, 1);
        GrainChecks.Range("actions", (int)spec.Actions, 0, 1);
        Check(tile.Team, info);
        foreach (var partner in tile.Partners) Check(partner, info);
        var seats = spec.Opponents ?? [];
        Check(seats);
        var rules = new MatchRules(tile.Seating, spec.Episodes, spec.Steps) { Actions = spec.Actions };
        return async cancellation =>
        {
            using var activity = SrpoActivities.Tile(tile.Row, tile.FirstColumn, tile.Partners.Length);
            var start = Stopwatch.GetTimestamp();
            var (teams, opponents) = await FetchAsync(tile, seats, cancellation);
            try
            {
                var results = await players.RunAsync(
                    spec.Environment,
                    player => player.Play(spec.Seed, tile.Row, teams[0], tile.FirstColumn, teams[1..], rules, opponents, cancellation),
                    cancellation);
                host.Work.Done.AddSteps((long)spec.Episodes * spec.Steps * tile.Partners.Length);
                host.Meter.TilePlayed(tile.Partners.Length, start);
                return results;
            }
            catch (ArgumentException error)
            {
                throw new SrpoGrainException(SrpoException.MessageOf(error), error);
            }
        };
    }

    private sealed class Tile(TileName name, CancellationTokenSource source)
    {
        public TileName Name => name;

        public CancellationTokenSource Source => source;

        public Task<MatchResult[]> Results { get; set; } = null!;

        /// <summary>Whether its source is gone.</summary>
        public bool HasEnded { get; set; }
    }
}
