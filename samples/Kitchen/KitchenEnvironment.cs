using Srpo.Core.Random;
using Srpo.Environments;

namespace Kitchen;

/// <summary>
/// Two cooks who make soup, by the rules of Overcooked-AI as of Carroll et al. 2019: a full pot begins to cook by itself. Whoever interacts does
/// it with what he faces, player 1 first; then both move; then soups cook. Every reward goes to both. Nothing is drawn at random.
/// </summary>
public sealed class KitchenEnvironment : IVectorEnvironment
{
    private const byte Nothing = 0, Onion = 1, Dish = 2, Soup = 3, Stay = 4, Interact = 5;
    private const int StateVersion = 1, OfPlayer = 7;

    /// <summary>
    /// Where the parts of a lane's state begin: of each player his cell, the way he faces and what he holds; of each cell what lies there, in a pot how many onions. At _cooking: for how long the pot on a cell still cooks.
    /// </summary>
    private const int Cell = 0, Facing = 2, Held = 4, Item = 6;

    private static readonly string[] Things = ["nothing", "an onion", "a dish", "a soup"];

    private readonly LaneSet _lanes;
    private readonly int[] _floor, _counters, _pots;
    private readonly int _onions, _cookTime, _cooking, _size;
    private readonly byte[] _states;

    public KitchenEnvironment(KitchenLayout layout, int lanes)
    {
        (Layout, _onions, _cookTime) = (layout, layout["onionsPerSoup"], layout["cookTime"]);
        (_floor, _counters, _pots) = (layout.Cells(' '), layout.Cells('X'), layout.Cells('P'));
        var length = (2 * (_floor.Length + OfPlayer)) + (3 * _pots.Length) + (3 * _counters.Length);
        Info = new EnvironmentInfo(
            "kitchen", layout.Name, Seats: 2, Actions: 6, layout["episodeLength"], ObservationStates: 0, [length, length, length, length], ["north", "south", "east", "west", "stay", "interact"])
        { SharedReward = true, SavesLanes = true };
        (_lanes, _cooking, _size) = (new LaneSet(Info, lanes), Item + layout.Map.Length, Item + (2 * layout.Map.Length));
        _states = new byte[lanes * _size];
    }

    public EnvironmentInfo Info { get; }
    public KitchenLayout Layout { get; }
    public int Lanes => _lanes.Count;

    public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        _lanes.Bind(reset, dynamics, firstLane);
        StartEpisodes();
    }

    public void Step(ReadOnlySpan<byte> actions, StepOutcome outcome)
    {
        _lanes.RequireStep(actions, outcome);
        outcome.Costs.Clear();
        for (var lane = 0; lane < Lanes; lane++)
        {
            var now = Of(lane);
            var soups = 0;
            foreach (var pot in _pots) soups += now[Item + pot] > 0 ? 1 : 0;
            var reward = (actions[lane] == Interact ? Use(now, 0, soups) : 0) + (actions[Lanes + lane] == Interact ? Use(now, 1, soups) : 0);
            var (one, two) = (Turn(now, 0, actions[lane]), Turn(now, 1, actions[Lanes + lane]));

            // If they would meet or pass through each other, neither goes.
            if (one != two && (one != now[Cell + 1] || two != now[Cell])) (now[Cell], now[Cell + 1]) = ((byte)one, (byte)two);
            foreach (var pot in _pots) now[_cooking + pot] -= (byte)(now[_cooking + pot] > 0 ? 1 : 0);
            outcome.Rewards[lane] = outcome.Rewards[Lanes + lane] = reward;
        }

        if (_lanes.EndStep(outcome)) StartEpisodes();
    }

    public void Observe(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        var length = _lanes.RequireObservation(seat, encoding, observations);
        observations.Clear();
        for (var lane = 0; lane < Lanes; lane++)
        {
            var now = Of(lane);
            var rest = observations.Slice(lane * length, length);
            for (var i = 0; i < 2; i++, rest = rest[(_floor.Length + OfPlayer)..])
            {
                var player = IsOwnFirst(encoding) ? i ^ seat : i;
                rest[Array.IndexOf(_floor, now[Cell + player])] = rest[_floor.Length + now[Facing + player]] = 1;
                if (now[Held + player] != Nothing) rest[_floor.Length + 3 + now[Held + player]] = 1;
            }

            for (var i = 0; i < _pots.Length; i++, rest = rest[3..])
                (rest[0], rest[1], rest[2]) = (now[Item + _pots[i]] / (float)_onions, now[_cooking + _pots[i]] / (float)_cookTime, IsReady(now, _pots[i]) ? 1 : 0);
            for (var i = 0; i < _counters.Length; i++)
                if (now[Item + _counters[i]] is var thing && thing != Nothing) rest[(3 * i) + thing - 1] = 1;
        }
    }

    public IReadOnlyList<ObservationSlot> Slots(int seat, ObservationEncoding encoding)
    {
        string[] players = IsOwnFirst(encoding) ? ["this player", "the other player"] : ["player 1", "player 2"];
        var meanings = players.SelectMany(player => _floor.Select(cell => $"{player} is at {Place(cell)}")
                .Concat(Info.ActionNames.Take(Stay).Select(way => $"{player} faces {way}")).Concat(Things[1..].Select(thing => $"{player} holds {thing}")))
            .Concat(_pots.SelectMany(pot => new[] { "share of a soup's onions", "share of the cooking still to do", "a soup is ready" }.Select(what => $"{what}, pot at {Place(pot)}")))
            .Concat(_counters.SelectMany(counter => Things[1..].Select(thing => $"{thing} lies at {Place(counter)}")));
        return [.. meanings.Select((meaning, i) => new ObservationSlot(i, meaning, 0, 1))];
    }

    public string Render(int lane)
    {
        _lanes.RequireLane(lane);
        var now = Of(lane).ToArray();
        var map = Enumerable.Range(0, Layout.Map.Length).Select(cell => Draw(now, cell)).Chunk(Layout.Columns).Select(row => string.Concat(row).TrimEnd());
        return string.Join('\n', map) + '\n' + string.Join("; ", Enumerable.Range(0, 2).Select(player => $"{player + 1} faces {Info.ActionNames[now[Facing + player]]} and holds {Things[now[Held + player]]}")) + '\n';
    }

    public byte[] SaveLanes()
    {
        var writer = _lanes.Save(StateVersion);
        writer.WriteAll<byte>(_states);
        return writer.ToBytes();
    }

    public void RestoreLanes(ReadOnlySpan<byte> state)
    {
        var reader = _lanes.Restore(state, StateVersion);
        reader.ReadAll<byte>(_states);
        reader.End();
    }

    public void Rebind(in StreamId reset, in StreamId dynamics, int firstLane = 0) => _lanes.Rebind(reset, dynamics, firstLane);

    private static bool IsOwnFirst(ObservationEncoding encoding) => encoding is ObservationEncoding.OwnFirst or ObservationEncoding.OneHotOwnFirst;

    private Span<byte> Of(int lane) => _states.AsSpan(lane * _size, _size);
    private bool IsReady(ReadOnlySpan<byte> now, int pot) => now[Item + pot] == _onions && now[_cooking + pot] == 0;
    private int Neighbour(int cell, int way) => cell + way switch { 0 => -Layout.Columns, 1 => Layout.Columns, 2 => 1, _ => -1 };
    private string Place(int cell) => $"row {cell / Layout.Columns} column {cell % Layout.Columns}";

    private string Draw(byte[] now, int cell)
    {
        if (Array.IndexOf(now, (byte)cell, Cell, 2) is var player and >= 0) return $"{player + 1}{"^v><"[now[Facing + player]]}{" ods"[now[Held + player]]} ";
        if (Layout.Map[cell] != 'P') return Layout.Map[cell] == ' ' ? ".   " : $"{Layout.Map[cell]}{" ods"[now[Item + cell]]}  ";
        return $"P{(IsReady(now, cell) ? '!' : now[_cooking + cell] > 0 ? '~' : " 123456789"[now[Item + cell]])}  ";
    }

    private void StartEpisodes()
    {
        _states.AsSpan().Clear();
        for (var lane = 0; lane < Lanes; lane++) (Of(lane)[Cell], Of(lane)[Cell + 1]) = ((byte)Layout.Starts[0], (byte)Layout.Starts[1]);
    }

    /// <summary>A player does what can be done with what he faces, for a reward; soups are the pots with onions in them when the step began.</summary>
    private int Use(Span<byte> now, int player, int soups)
    {
        var cell = Neighbour(now[Cell + player], now[Facing + player]);
        ref var item = ref now[Item + cell];
        ref var held = ref now[Held + player];
        switch (Layout.Map[cell], held)
        {
            case ('O', Nothing):
                held = Onion;
                break;
            case ('X', _) when held == Nothing || item == Nothing:
                (held, item) = (item, held);
                break;
            case ('D', Nothing):
                // One that nobody needs is worth nothing, or it would pay to take dishes and lay them down.
                var dishes = now.Slice(Held, 2).Count(Dish);
                foreach (var counter in _counters) dishes += now[Item + counter] == Dish ? _pots.Length : 0;
                held = Dish;
                return dishes < soups ? Layout["dishReward"] : 0;
            case ('P', Onion) when item < _onions:
                held = Nothing;
                if (++item == _onions) now[_cooking + cell] = (byte)_cookTime;
                return Layout["onionReward"];
            case ('P', Dish) when IsReady(now, cell):
                (held, item) = (Soup, 0);
                return Layout["soupReward"];
            case ('S', Soup):
                held = Nothing;
                return Layout["deliveryReward"];
        }

        return 0;
    }

    /// <summary>A player turns to where he wants to go. Returns the cell where he then is, unless the other is in his way.</summary>
    private int Turn(Span<byte> now, int player, byte action)
    {
        if (action >= Stay) return now[Cell + player];
        now[Facing + player] = action;
        return Neighbour(now[Cell + player], action) is var to && Layout.Map[to] == ' ' ? to : now[Cell + player];
    }
}
