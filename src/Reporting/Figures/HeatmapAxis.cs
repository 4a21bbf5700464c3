using System.Collections.Immutable;

namespace Srpo.Reporting.Figures;

/// <summary>Where the rows or columns of a heatmap lie: blocks of neighbours of one group, with a gap between blocks.</summary>
internal sealed class HeatmapAxis
{
    public const double BlockGap = 7;

    public HeatmapAxis(ImmutableArray<HeatmapEntry> entries, double start, double cell)
    {
        (Entries, Cell) = (entries, cell);
        var blocks = ImmutableArray.CreateBuilder<Block>();
        for (var first = 0; first < entries.Length;)
        {
            var end = first + 1;
            while (end < entries.Length && entries[end].Group == entries[first].Group) end++;
            blocks.Add(new(entries[first].Group, first, end - first, start + first * cell + blocks.Count * BlockGap));
            first = end;
        }

        Blocks = blocks.ToImmutable();
        End = blocks.Count == 0 ? start : blocks[^1].Start + blocks[^1].Count * cell;
    }

    public ImmutableArray<HeatmapEntry> Entries { get; }

    public ImmutableArray<Block> Blocks { get; }

    public double Cell { get; }

    public double End { get; }

    /// <summary>Entries whose name is drawn: all when there is room, else every 5th, 10th, 20th or 50th of a block.</summary>
    public IEnumerable<(string Name, double Centre)> Names(double room)
    {
        var every = new[] { 1, 5, 10, 20, 50 }.FirstOrDefault(step => step * Cell >= room, 100);
        return
            from block in Blocks
            from index in Enumerable.Range(0, block.Count)
            where index % every == 0
            select (Entries[block.First + index].Name, block.Start + (index + 0.5) * Cell);
    }

    /// <summary>Number of blocks that the entries will have.</summary>
    public static int CountBlocks(ImmutableArray<HeatmapEntry> entries) =>
        entries.Where((entry, index) => index == 0 || entries[index - 1].Group != entry.Group).Count();

    /// <summary>A run of neighbours of one group.</summary>
    internal sealed record Block(string Group, int First, int Count, double Start);
}
