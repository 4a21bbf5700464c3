using Microsoft.Extensions.Logging;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Plugins;

namespace Srpo.Grains;

/// <summary>
/// One stretch of play of a tournament. Every silo is given as many tiles at a time as keep its workers busy; a tile that was
/// lost with its silo is played again elsewhere. Runs on the tournament's scheduler, between its requests.
/// </summary>
internal sealed class TournamentSession(WorkContext<TournamentRecord> work, TournamentPolicies policies, SiloServiceClient silos, SiloMap map) : WorkSession(work.Host.Time)
{
    private const int Attempts = 3;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly Guid _session = Guid.NewGuid();
    private readonly TileQueue _tiles = new(work.Record);
    private readonly Dictionary<SiloAddress, int> _playing = [];
    private readonly HashSet<SiloAddress> _resting = [];

    /// <summary>Whoever plays needs the environment and the scripted players; of methods it needs nothing.</summary>
    private readonly IReadOnlyList<PluginReference> _plugins = [.. LoadedPlugins.NeededBy(work.Record.Spec!.Environment.Name).Union(policies.Plugins)];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why tiles wait at present, or null.</summary>
    public string? Waiting { get; private set; }

    private TournamentRecord Record => work.Record;

    /// <summary>Ends it after the tiles under way; those that take long are cancelled.</summary>
    protected override void HastenEnd()
    {
        _changed.TrySetResult();
        foreach (var silo in _playing.Keys.ToArray()) _ = CancelAsync(silo);
    }

    /// <inheritdoc/>
    protected override async Task RunAsync()
    {
        await map.GetAsync();
        while (true)
        {
            var silosChanged = map.Changed;
            foreach (var silo in map.Current().Where(silo => !silo.Stopping && silo.Has(_plugins) && !_resting.Contains(silo.Silo)))
            {
                // One more than workers, so that none waits while messages travel.
                while (!Stopping.IsSet && _playing.GetValueOrDefault(silo.Silo) <= silo.Cores && _tiles.TryTake(out var tile))
                {
                    _playing[silo.Silo] = _playing.GetValueOrDefault(silo.Silo) + 1;
                    _ = PlayAsync(silo.Silo, tile);
                }
            }

            if (_playing.Count == 0 && (Stopping.IsSet || _tiles.IsEmpty)) return;
            await Task.WhenAny(_changed.Task, silosChanged);
            if (_changed.Task.IsCompleted) _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task PlayAsync(SiloAddress silo, TileQueue.Tile tile)
    {
        try
        {
            await TryPlayAsync(silo, tile);
        }
        finally
        {
            if (--_playing[silo] == 0) _playing.Remove(silo);
            _changed.TrySetResult();
        }
    }

    private async Task TryPlayAsync(SiloAddress silo, TileQueue.Tile tile)
    {
        var (spec, row, first, count) = (Record.Spec!, tile.Row, tile.First, tile.Count);
        try
        {
            using var activity = SrpoActivities.HavePlayed(work.Name, row, first, count);
            var results = await activity.AwaitAsync(PlayAsync(
                silos.Of(silo), new MatchTile(work.Name, _session, spec, policies.Seating, row, first, policies.Teams[row], policies.Teams[first..(first + count)])));
            if (results.Length != count) throw new SrpoGrainException($"{results.Length} results came back for {count} pairs");
            for (var i = 0; i < results.Length; i++) Record.Cells[row * Record.Players.Length + first + i] = results[i];
            Waiting = null;
            work.Writer.WriteIfDue();
        }
        catch (Exception error)
        {
            if (Stopping.IsSet && Transient.Is(error)) return;
            var passes = Transient.Is(error);
            var attempt = passes ? tile.Attempt : tile.Attempt + 1;
            work.Logger.LogWarning(error, "Row {Row}, columns {First} to {Last} failed on {Silo}; attempt {Attempt} of {Attempts}.", row, first, first + count - 1, silo, attempt, Attempts);
            if (attempt < Attempts)
            {
                _tiles.Return(tile with { Attempt = attempt });
                _changed.TrySetResult();
                await RestAsync(silo, error);
                return;
            }

            Record.Fail(error, $"'{Record.Players[row].Population}' team {Record.Players[row].Team} with columns {first} to {first + count - 1}");
            Stop();
        }
    }

    /// <summary>Has a silo play a tile. The tile itself is sent again only where the silo does not know it.</summary>
    private static Task<MatchResult[]> PlayAsync(ISiloService silo, MatchTile tile)
    {
        var sent = false;
        return Following.AskAsync(async () =>
        {
            if (sent)
            {
                try
                {
                    return await silo.FollowAsync(tile.Tournament, tile.Row, tile.FirstColumn);
                }
                catch (UnknownGrainException)
                {
                    // The silo never received it, or took another one's place at its address.
                }
            }

            sent = true;
            return await silo.PlayAsync(tile);
        });
    }

    /// <summary>A silo that failed gets no tile for a moment; the others go on.</summary>
    private async Task RestAsync(SiloAddress silo, Exception error)
    {
        Waiting = $"a silo failed and its tiles are played again: {error.Message}";
        if (!_resting.Add(silo)) return;
        await Stopping.DelayAsync(Rest, work.Host.Time);
        _resting.Remove(silo);
    }

    /// <summary>Gives tiles under way a moment to end, then cancels them until none is left.</summary>
    private async Task CancelAsync(SiloAddress silo)
    {
        while (true)
        {
            await Task.Delay(TeamHost.Patience, work.Host.Time);
            if (!_playing.ContainsKey(silo)) return;
            try
            {
                await silos.Of(silo).CancelTilesAsync(work.Name);
            }
            catch (Exception error)
            {
                work.Logger.LogWarning(error, "The tiles of {Tournament} on {Silo} could not be cancelled.", work.Name, silo);
                return;
            }
        }
    }
}

/// <summary>The cells that are missing in a matrix, cut into tiles of one row each, in order; those that failed come again first.</summary>
internal sealed class TileQueue(TournamentRecord record)
{
    private const long StepsPerTile = 1_000_000;

    private readonly IEnumerator<Tile> _tiles = Tiles(record).GetEnumerator();
    private readonly Queue<Tile> _returned = new();
    private bool _ended;

    /// <summary>A part of a row.</summary>
    /// <param name="Row">The row.</param>
    /// <param name="First">The first column.</param>
    /// <param name="Count">Number of columns.</param>
    /// <param name="Attempt">Failures so far.</param>
    public readonly record struct Tile(int Row, int First, int Count, int Attempt = 0);

    /// <summary>Whether nothing is left to be taken, as far as was looked.</summary>
    public bool IsEmpty => _ended && _returned.Count == 0;

    /// <summary>Takes the next tile.</summary>
    public bool TryTake(out Tile tile)
    {
        if (_returned.TryDequeue(out tile)) return true;

        // The enumerator looks at cells ahead of it only, and those are filled by tiles that it yielded.
        _ended = _ended || !_tiles.MoveNext();
        tile = _ended ? default : _tiles.Current;
        return !_ended;
    }

    /// <summary>Gives a tile back that was not played.</summary>
    public void Return(Tile tile) => _returned.Enqueue(tile);

    /// <summary>All tiles that are missing.</summary>
    internal static IEnumerable<Tile> Tiles(TournamentRecord record)
    {
        var (players, spec) = (record.Players.Length, record.Spec!);
        var columns = (int)Math.Clamp(StepsPerTile / ((long)spec.Episodes * spec.Steps), 1, players);
        for (var row = 0; row < players; row++)
        {
            var first = 0;
            while (first < players)
            {
                while (first < players && record.Cells[row * players + first] is not null) first++;
                var end = first;
                while (end < players && end - first < columns && record.Cells[row * players + end] is null) end++;
                if (end > first) yield return new Tile(row, first, end - first);
                first = end;
            }
        }
    }
}
