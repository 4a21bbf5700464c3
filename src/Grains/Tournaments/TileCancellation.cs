using Srpo.Grains.Compute;

namespace Srpo.Grains;

/// <summary>Ends the tiles of a tournament that this silo plays. Thread-safe.</summary>
internal sealed class TileCancellation(ComputePool pool)
{
    private readonly Lock _lock = new();
    private readonly List<(string Tournament, CancellationTokenSource Source)> _tiles = [];

    /// <summary>Runs a tile with a token that is cancelled with its tournament, or when the silo stops.</summary>
    public async Task<T> RunAsync<T>(string tournament, Func<CancellationToken, Task<T>> play)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(pool.Closing);
        var entry = (tournament, source);
        lock (_lock) _tiles.Add(entry);
        try
        {
            return await play(source.Token);
        }
        finally
        {
            lock (_lock) _tiles.Remove(entry);
        }
    }

    /// <summary>Cancels the tiles that are played for a tournament now.</summary>
    public void Cancel(string tournament)
    {
        lock (_lock)
        {
            // Within the lock, so that no source is disposed meanwhile. Nothing but a flag is behind the tokens.
            foreach (var (name, source) in _tiles)
            {
                if (name == tournament) source.Cancel();
            }
        }
    }
}
