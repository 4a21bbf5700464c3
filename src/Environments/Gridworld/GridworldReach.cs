using System.Globalization;

namespace Srpo.Environments.Gridworld;

/// <summary>
/// What the two players of a layout can ever get to. Players are solid and cannot change places, so one may be shut off by the other; nothing
/// can be handed over, so whoever delivers must get to a source and to a pot. On maps of up to <see cref="MostJointCells"/> floor cells
/// the places of both are followed together and the answer is exact; on larger ones the partner is taken to make room, and what is called out of
/// reach still is.
/// </summary>
public sealed class GridworldReach
{
    /// <summary>Most floor cells for which the places of both players are followed together.</summary>
    public const int MostJointCells = 1024;

    private const int MostNamed = 5;

    private readonly GridworldLayout _layout;

    /// <summary>[Players][cells] steps from the start, the partner being out of the way; -1 for cells that cannot be got to.</summary>
    private readonly int[][] _alone;

    /// <summary>[Players][cells] whether the player can get there with the partner on the map.</summary>
    private readonly bool[][] _together;

    /// <summary>Follows the players of a layout.</summary>
    /// <param name="layout">The layout.</param>
    public GridworldReach(GridworldLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        _layout = layout;
        int[] starts = [.. layout.Starts.Select(layout.CellNumber)];
        _alone = [Walk([starts[0]]), Walk([starts[1]])];
        _together = [.. _alone.Select(steps => Array.ConvertAll(steps, step => step >= 0))];
        PlayersMeet = _alone[0].Where((step, cell) => step >= 0 && _alone[1][cell] >= 0).Any();
        if (_alone.Max(steps => steps.Count(step => step >= 0)) <= MostJointCells) FollowBoth(starts[0], starts[1]);
    }

    /// <summary>Whether the players can ever stand side by side.</summary>
    public bool PlayersMeet { get; private set; }

    /// <summary>The sources that a player can get to.</summary>
    /// <param name="player">The player who starts at the first start (0) or the second (1).</param>
    public IReadOnlyList<GridCell> Sources(int player) => [.. _layout.Sources.Where(source => _together[player][_layout.CellNumber(source)])];

    /// <summary>The pots that a player can get beside.</summary>
    /// <param name="player">The player who starts at the first start (0) or the second (1).</param>
    public IReadOnlyList<GridCell> Pots(int player) => [.. _layout.Pots.Where(pot => Beside(pot).Any(cell => _together[player][cell]))];

    /// <summary>Whether a player can ever deliver an onion.</summary>
    /// <param name="player">The player who starts at the first start (0) or the second (1).</param>
    public bool Delivers(int player) => Sources(player).Count > 0 && Pots(player).Count > 0;

    /// <summary>Fewest steps from a reset to a delivery, the partner being out of the way; null where neither player can deliver.</summary>
    public int? StepsToDelivery()
    {
        if (!Delivers(0) && !Delivers(1)) return null;
        var toPot = Walk([.. _layout.Pots.SelectMany(Beside).Distinct()]);
        return Enumerable.Range(0, 2).Where(Delivers).SelectMany(player => _layout.Sources.Select(_layout.CellNumber)
            .Where(cell => _alone[player][cell] >= 0 && toPot[cell] >= 0)
            // An onion under one's feet is taken by waiting; the last step is the one into the pot.
            .Select(cell => Math.Max(1, _alone[player][cell]) + toPot[cell] + 1)).Min();
    }

    /// <summary>What cannot be got to, in sentences; none on a map on which all is well.</summary>
    public IReadOnlyList<string> Warnings()
    {
        var warnings = new List<string>();
        bool[] delivers = [Delivers(0), Delivers(1)];
        if (!delivers[0] && !delivers[1])
            warnings.Add($"no onion can ever be delivered: {Lacks(0)}, and {Lacks(1)}");
        else if (!delivers[0] || !delivers[1])
            warnings.Add($"only one player can deliver: {Lacks(delivers[0] ? 1 : 0)}");
        if (StepsToDelivery() is { } steps && steps > _layout.Parameters.EpisodeLength)
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"no onion can be delivered in an episode of {_layout.Parameters.EpisodeLength} steps: it takes {steps} from a start to a source and a pot"));
        Unreached("source", _layout.Sources, [.. Sources(0), .. Sources(1)]);
        Unreached("pot", _layout.Pots, [.. Pots(0), .. Pots(1)]);
        if (!PlayersMeet) warnings.Add("the players can never meet: neither gets to where the other is");
        return warnings;

        void Unreached(string what, IReadOnlyList<GridCell> all, IReadOnlyList<GridCell> reached)
        {
            GridCell[] lost = [.. all.Except(reached)];
            // That there is none at all has been said above.
            if (lost.Length == 0 || lost.Length == all.Count) return;
            var named = string.Join(", ", lost.Take(MostNamed)) + (lost.Length > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {lost.Length - MostNamed} more") : "");
            warnings.Add($"neither player can get to the {what}{(lost.Length > 1 ? "s" : "")} at {named}");
        }
    }

    private string Lacks(int player)
    {
        string[] lacks = [.. new[] { Missing("source", Sources(player).Count, _layout.Sources.Any(source => _alone[player][_layout.CellNumber(source)] >= 0)),
            Missing("pot", Pots(player).Count, _layout.Pots.Any(pot => Beside(pot).Any(cell => _alone[player][cell] >= 0))) }.OfType<string>()];
        return $"the player who starts at {_layout.Starts[player]} can get to {string.Join(" and ", lacks)}";

        static string? Missing(string what, int reached, bool alone) => reached > 0 ? null : alone ? $"no {what} past its partner" : $"no {what}";
    }

    /// <summary>Steps to every cell from the nearest of some; -1 where there is no way.</summary>
    private int[] Walk(IReadOnlyList<int> from)
    {
        var steps = new int[_layout.Cells];
        Array.Fill(steps, -1);
        var queue = new Queue<int>();
        foreach (var cell in from)
        {
            steps[cell] = 0;
            queue.Enqueue(cell);
        }

        while (queue.TryDequeue(out var cell))
        {
            foreach (var next in Moves(cell))
            {
                if (steps[next] >= 0) continue;
                steps[next] = steps[cell] + 1;
                queue.Enqueue(next);
            }
        }

        return steps;
    }

    /// <summary>All places of the two together: one moves after the other, so single moves lead everywhere that a step does.</summary>
    private void FollowBoth(int first, int second)
    {
        int[] cells = [.. Enumerable.Range(0, _layout.Cells).Where(cell => _alone[0][cell] >= 0 || _alone[1][cell] >= 0)];
        var index = new int[_layout.Cells];
        for (var i = 0; i < cells.Length; i++) index[cells[i]] = i;
        int[][] moves = [.. cells.Select(cell => Moves(cell).Select(next => index[next]).ToArray())];
        var seen = new bool[cells.Length * cells.Length];
        var queue = new Queue<(int First, int Second)>();
        _together[0] = new bool[_layout.Cells];
        _together[1] = new bool[_layout.Cells];
        PlayersMeet = false;
        Visit(index[first], index[second]);
        while (queue.TryDequeue(out var place))
        {
            foreach (var next in moves[place.First])
            {
                if (next != place.Second) Visit(next, place.Second);
                else PlayersMeet = true;
            }

            foreach (var next in moves[place.Second])
            {
                if (next != place.First) Visit(place.First, next);
            }
        }

        void Visit(int one, int other)
        {
            ref var known = ref seen[(one * cells.Length) + other];
            if (known) return;
            known = true;
            _together[0][cells[one]] = true;
            _together[1][cells[other]] = true;
            queue.Enqueue((one, other));
        }
    }

    /// <summary>The floor cells next to a cell of the floor.</summary>
    private IEnumerable<int> Moves(int cell) => Beside(_layout.Cell(cell));

    private IEnumerable<int> Beside(GridCell cell)
    {
        var number = _layout.CellNumber(cell);
        for (var action = 0; action < GridworldActions.Count; action++)
        {
            var target = _layout.Targets[(number * GridworldActions.Count) + action];
            if (target != number && _layout.KindOf(target) == GridCellKind.Floor) yield return target;
        }
    }
}
