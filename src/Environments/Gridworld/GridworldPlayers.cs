using System.Globalization;

namespace Srpo.Environments.Gridworld;

/// <summary>Players of the gridworld that follow rules: each keeps to one role, whatever its partner does. They know the map, and see what <see cref="GridworldEncoder"/> writes.</summary>
internal static class GridworldPlayers
{
    private const string Name = GridworldEnvironment.RegisteredName;

    /// <summary>Numbers of an observation before those of the onions.</summary>
    private const int AgentSlots = 6;

    public static IReadOnlyList<ScriptedPlayer> All { get; } =
    [
        new("carrier", "Always works: takes the nearest onion that is there, carries it to the nearest pot, and walks around its partner.", Name, game => new GridworldCarrier(Layout(game), null).Decide),
        OfSource(0, "carrier-first", "first"),
        OfSource(1, "carrier-second", "second"),
        new("free-rider", "Never moves, and leaves the work to its partner.", Name, _ => turn => turn.Take((int)GridworldAction.Stay)),
    ];

    /// <summary>A carrier with a source of its own, beside which it waits for the next onion.</summary>
    private static ScriptedPlayer OfSource(int source, string name, string which) =>
        new(name, $"The carrier, with the {which} source of the map for its own: it waits there until the onion is back, and takes no other.", Name, game => new GridworldCarrier(Layout(game), source).Decide)
        {
            Refuses = info => info.ObservationLength(ObservationEncoding.Absolute) - AgentSlots is var sources && sources > source ? null
                : string.Create(CultureInfo.InvariantCulture, $"the layout has {sources} source{(sources == 1 ? "" : "s")}, and it needs {source + 1}"),
        };

    private static GridworldLayout Layout(ScriptedGame game) => GridworldLayout.Parse(game.Definition, game.Info.Variant);
}

/// <summary>
/// Fetches and delivers along shortest paths that do not lead through the partner. Where the partner leaves no way, it waits or steps aside, each half of the time, so that two
/// of its kind do not stand in front of each other for ever. Not thread-safe: it has buffers to search in.
/// </summary>
internal sealed class GridworldCarrier
{
    private const int Moves = (int)GridworldAction.Stay;
    private const int Unreached = int.MaxValue;
    private const int SlotsOfAgent = 3;

    private readonly GridworldLayout _layout;
    private readonly int? _source;
    private readonly int[] _pots;
    private readonly int[] _sources;
    private readonly int[] _steps;
    private readonly int[] _queue;

    /// <summary>A carrier on a map.</summary>
    /// <param name="layout">The map.</param>
    /// <param name="source">The only source that it goes to; null for whichever is nearest.</param>
    public GridworldCarrier(GridworldLayout layout, int? source)
    {
        (_layout, _source) = (layout, source);
        _pots = [.. layout.Pots.Select(layout.CellNumber)];
        _sources = [.. layout.Sources.Select(layout.CellNumber)];
        (_steps, _queue) = (new int[layout.Cells], new int[layout.Cells]);
    }

    public void Decide(ScriptedTurn turn)
    {
        var seen = turn.Observation;
        var (own, other) = (SlotsOfAgent * turn.Seat, SlotsOfAgent * (turn.Seat ^ 1));
        var (here, partner) = (Cell(seen, own), Cell(seen, other));
        var carries = seen[own + 2] > 0;
        var onions = seen[(2 * SlotsOfAgent)..];
        if (carries) Search(_pots, here, partner);
        else if (!(SearchSources(onions, here, partner) && _steps[here] != Unreached)) SearchSources(default, here, partner);

        if (Nearer(here) is { } move)
        {
            turn.Take(move);
            return;
        }

        // On its source, or beside one on which the partner stands, there is nothing to do but wait.
        if (_steps[here] == 0 || (!carries && Waits(here, partner))) turn.Take((int)GridworldAction.Stay);
        else StepAside(turn, here, partner);
    }

    private int Cell(ReadOnlySpan<float> seen, int at) => ((int)seen[at] * _layout.Columns) + (int)seen[at + 1];

    /// <summary>Measures from the sources whose onion is there, or from all of them where it does not matter.</summary>
    /// <returns>Whether there is any.</returns>
    private bool SearchSources(ReadOnlySpan<float> onions, int here, int partner)
    {
        Span<int> from = stackalloc int[GridworldLayout.MaxSources];
        var count = 0;
        for (var source = 0; source < _sources.Length; source++)
        {
            if (_source is { } only && source != only) continue;
            if ((onions.IsEmpty || onions[source] > 0) && _sources[source] != partner) from[count++] = _sources[source];
        }

        Search(from[..count], here, partner);
        return count > 0;
    }

    /// <summary>Sets how many steps cells are from the nearest of some, around the partner; those of the cells themselves are 0. Cells that are farther than where it stands are left out.</summary>
    private void Search(ReadOnlySpan<int> from, int here, int partner)
    {
        Array.Fill(_steps, Unreached);
        var (head, tail) = (0, 0);
        foreach (var cell in from)
        {
            _steps[cell] = 0;
            _queue[tail++] = cell;
        }

        while (head < tail && _steps[here] == Unreached)
        {
            var cell = _queue[head++];
            for (var move = 0; move < Moves; move++)
            {
                // A step back is a step to the same cell from the other side: targets are clipped at the edge, where a cell is its own.
                var next = Target(cell, move);
                if (_steps[next] != Unreached || next == partner || _layout.KindOf(next) != GridCellKind.Floor) continue;
                _steps[next] = _steps[cell] + 1;
                _queue[tail++] = next;
            }
        }
    }

    private int Target(int cell, int move) => _layout.Targets[(cell * GridworldActions.Count) + move];

    /// <summary>The first move that leads nearer to where it was searched from; null where none does.</summary>
    private int? Nearer(int here)
    {
        int? best = null;
        var least = _steps[here];
        for (var move = 0; move < Moves; move++)
        {
            if (_steps[Target(here, move)] is var steps && steps < least) (best, least) = (move, steps);
        }

        return best;
    }

    /// <summary>Whether the partner stands on a source that it would go to, and is next to it.</summary>
    private bool Waits(int here, int partner)
    {
        var source = _layout.SourceAt(partner);
        if (source < 0 || (_source is { } only && source != only)) return false;
        for (var move = 0; move < Moves; move++)
            if (Target(here, move) == partner) return true;
        return false;
    }

    private void StepAside(ScriptedTurn turn, int here, int partner)
    {
        var free = 0;
        for (var move = 0; move < Moves; move++)
            if (IsFree(here, move, partner)) free++;
        turn.Probabilities[(int)GridworldAction.Stay] = free == 0 ? 1 : 0.5f;
        for (var move = 0; move < Moves; move++)
            if (IsFree(here, move, partner)) turn.Probabilities[move] = 0.5f / free;
    }

    private bool IsFree(int here, int move, int partner) => Target(here, move) is var cell && cell != here && cell != partner && _layout.KindOf(cell) == GridCellKind.Floor;
}
