namespace Srpo.Grains;

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
