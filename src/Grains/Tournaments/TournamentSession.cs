using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>
/// One stretch of play of a tournament. As many tiles are under way as keep all workers busy. Runs on the tournament's
/// scheduler, between its requests.
/// </summary>
internal sealed class TournamentSession(
    TournamentRecord record, TournamentPolicies policies, IGrainFactory grains, CoalescedWriter writer, int parallel, ILogger logger)
{
    private const long StepsPerTile = 1_000_000;
    private const int Attempts = 3;

    private readonly IEnumerator<(int Row, int First, int Count)> _tiles = Tiles(record).GetEnumerator();
    private bool _stopping;

    /// <summary>When it began.</summary>
    public long Started { get; } = Stopwatch.GetTimestamp();

    /// <summary>Completes, without an exception, when no tile is under way any more.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Sets it going.</summary>
    public void Start() => Completion = Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => PlayAsync()));

    /// <summary>Ends it after the tiles under way.</summary>
    public void Stop() => _stopping = true;

    /// <summary>The cells that are missing, cut into tiles of one row each.</summary>
    internal static IEnumerable<(int Row, int First, int Count)> Tiles(TournamentRecord record)
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
                if (end > first) yield return (row, first, end - first);
                first = end;
            }
        }
    }

    private async Task PlayAsync()
    {
        // The enumerator looks at cells ahead of it only, and those are filled by tiles that it yielded.
        while (!_stopping && _tiles.MoveNext())
        {
            var (row, first, count) = _tiles.Current;
            if (await TryPlayAsync(row, first, count) is not { } results) return;
            for (var i = 0; i < results.Length; i++) record.Cells[row * record.Players.Length + first + i] = results[i];
            if (writer.IsDue) StoreSoon();
        }
    }

    private async Task<MatchResult[]?> TryPlayAsync(int row, int first, int count)
    {
        var spec = record.Spec!;
        var tile = new MatchTile(spec.Environment, spec.Episodes, spec.Steps, spec.Seed, row, policies.Seat0[row], first, policies.Seat1[first..(first + count)]);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var results = await grains.GetGrain<IMatchWorkerGrain>(0).PlayAsync(tile);
                return results.Length == count ? results : throw new SrpoGrainException($"{results.Length} results came back for {count} pairs");
            }
            catch (Exception error)
            {
                logger.LogWarning(error, "Row {Row}, columns {First} to {Last} failed; attempt {Attempt} of {Attempts}.", row, first, first + count - 1, attempt, Attempts);
                if (attempt < Attempts && !_stopping) continue;
                record.Error ??= $"'{record.Players[row].Population}' team {record.Players[row].Team} with columns {first} to {first + count - 1}: {error.Message}";
                _stopping = true;
                return null;
            }
        }
    }

    private void StoreSoon() => _ = writer.WriteAsync().ContinueWith(
        task => logger.LogWarning(task.Exception, "The tiles of a tournament could not be stored."),
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
