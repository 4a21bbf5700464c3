using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Srpo.Core.Results;
using Srpo.Grains.Compute;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>
/// One stretch of play of a tournament. Every silo is given as many tiles at a time as keep its workers busy; a tile that was
/// lost with its silo is played again elsewhere. Runs on the tournament's scheduler, between its requests.
/// </summary>
internal sealed class TournamentSession(
    string name, TournamentRecord record, TournamentPolicies policies, SiloServiceClient silos, SiloMap map, CoalescedWriter writer, ILogger logger)
    : IWorkSession
{
    private const int Attempts = 3;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly Guid _session = Guid.NewGuid();
    private readonly TileQueue _tiles = new(record);
    private readonly Dictionary<SiloAddress, int> _playing = [];
    private readonly HashSet<SiloAddress> _resting = [];
    private readonly StopSignal _stop = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public long Started { get; } = Stopwatch.GetTimestamp();

    /// <summary>Why tiles wait at present, or null.</summary>
    public string? Waiting { get; private set; }

    /// <inheritdoc/>
    public Task Completion { get; private set; } = Task.CompletedTask;

    private bool IsStopping => _stop.IsSet;

    /// <inheritdoc/>
    public void Start() => Completion = RunAsync();

    /// <summary>Ends it after the tiles under way; those that take long are cancelled.</summary>
    public void Stop()
    {
        if (IsStopping) return;
        _stop.Set();
        _changed.TrySetResult();
        foreach (var silo in _playing.Keys.ToArray()) _ = CancelAsync(silo);
    }

    private async Task RunAsync()
    {
        await map.GetAsync();
        while (true)
        {
            var silosChanged = map.Changed;
            foreach (var silo in map.Current().Where(silo => !silo.Stopping && !_resting.Contains(silo.Silo)))
            {
                // One more than workers, so that none waits while messages travel.
                while (!IsStopping && _playing.GetValueOrDefault(silo.Silo) <= silo.Cores && _tiles.TryTake(out var tile))
                {
                    _playing[silo.Silo] = _playing.GetValueOrDefault(silo.Silo) + 1;
                    _ = PlayAsync(silo.Silo, tile);
                }
            }

            if (_playing.Count == 0 && (IsStopping || _tiles.IsEmpty)) return;
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
        var (spec, row, first, count) = (record.Spec!, tile.Row, tile.First, tile.Count);
        try
        {
            using var activity = SrpoActivities.HavePlayed(name, row, first, count);
            var results = await activity.AwaitAsync(PlayAsync(
                silos.Of(silo), new MatchTile(name, _session, spec, policies.Seating, row, first, policies.Teams[row], policies.Teams[first..(first + count)])));
            if (results.Length != count) throw new SrpoGrainException($"{results.Length} results came back for {count} pairs");
            for (var i = 0; i < results.Length; i++) record.Cells[row * record.Players.Length + first + i] = results[i];
            Waiting = null;
            if (writer.IsDue) StoreSoon();
        }
        catch (Exception error)
        {
            if (IsStopping && Transient.Is(error)) return;
            var passes = Transient.Is(error);
            var attempt = passes ? tile.Attempt : tile.Attempt + 1;
            logger.LogWarning(error, "Row {Row}, columns {First} to {Last} failed on {Silo}; attempt {Attempt} of {Attempts}.", row, first, first + count - 1, silo, attempt, Attempts);
            if (attempt < Attempts)
            {
                _tiles.Return(tile with { Attempt = attempt });
                _changed.TrySetResult();
                if (passes) await RestAsync(silo, error);
                return;
            }

            record.Fail(error, $"'{record.Players[row].Population}' team {record.Players[row].Team} with columns {first} to {first + count - 1}");
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
        await Task.Delay(Rest, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _resting.Remove(silo);
    }

    /// <summary>Gives tiles under way a moment to end, then cancels them until none is left.</summary>
    private async Task CancelAsync(SiloAddress silo)
    {
        while (true)
        {
            await Task.Delay(TeamTrainer.Patience);
            if (!_playing.ContainsKey(silo)) return;
            try
            {
                await silos.Of(silo).CancelTilesAsync(name);
            }
            catch (Exception error)
            {
                logger.LogWarning(error, "The tiles of {Tournament} on {Silo} could not be cancelled.", name, silo);
                return;
            }
        }
    }

    private void StoreSoon() => _ = writer.WriteAsync().ContinueWith(
        task => logger.LogWarning(task.Exception, "The tiles of a tournament could not be stored."),
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
