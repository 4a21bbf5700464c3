using System.Numerics;
using Srpo.Games.Markov;

namespace Srpo.Environments.Gridworld;

/// <summary>
/// Breadth-first search over a layout's states by the rules' own step function. Of a step's draws, either seat moves first with
/// probability 1/2, and every missing onion comes back with the layout's probability on its own.
/// </summary>
internal sealed class GridworldEnumeration
{
    private const int Joint = GridworldActions.Count * GridworldActions.Count;

    private readonly GridworldLayout _layout;
    private readonly int _maxStates;
    private readonly Dictionary<GridworldState, int> _index = [];
    private readonly List<GridworldState> _states = [];
    private readonly MarkovTransitionsBuilder _transitions = new(Joint);
    private readonly List<double>[] _rewards = [[], []];
    private readonly List<double>[] _costs = [[], []];

    internal GridworldEnumeration(GridworldLayout layout, int maxStates) => (_layout, _maxStates) = (layout, maxStates);

    internal GridworldMarkovGame Run(double discount)
    {
        Index(_layout.Initial(swapSeats: false));
        Index(_layout.Initial(swapSeats: true));
        for (var state = 0; state < _states.Count; state++)
        {
            for (var joint = 0; joint < Joint; joint++) AddRow(_states[state], joint / GridworldActions.Count, joint % GridworldActions.Count);
        }

        var initial = new double[_states.Count];
        initial[0] = initial[1] = 0.5;
        var game = new MarkovGame(
            $"gridworld {_layout.Name}",
            [GridworldActions.Count, GridworldActions.Count],
            [[.. _rewards[0]], [.. _rewards[1]]],
            _transitions.Build(),
            discount,
            initial,
            [[.. _costs[0]], [.. _costs[1]]]);
        return GridworldMarkovGame.Create(_layout, game, [.. _states], _index);
    }

    private void AddRow(GridworldState state, int action0, int action1)
    {
        Span<double> rewards = [0, 0];
        Span<double> costs = [0, 0];
        for (var first = 0; first < 2; first++)
        {
            var next = state;
            var payment = GridworldRules.Step(_layout, ref next, action0, action1, first, respawnMask: 0);
            for (var seat = 0; seat < 2; seat++)
            {
                costs[seat] += 0.5 * payment.Costs[seat];
                rewards[seat] += 0.5 * ((double)payment.Shared - payment.Costs[seat]);
            }

            AddReturns(state, action0, action1, first, _layout.AllOnions & ~next.Onions);
        }

        for (var seat = 0; seat < 2; seat++)
        {
            _rewards[seat].Add(rewards[seat]);
            _costs[seat].Add(costs[seat]);
        }

        _transitions.EndRow();
    }

    /// <summary>Adds a successor for every set of the missing onions that may come back.</summary>
    private void AddReturns(GridworldState state, int action0, int action1, int first, uint missing)
    {
        var chance = _layout.Parameters.RespawnProbability;
        var count = BitOperations.PopCount(missing);
        var back = missing;
        while (true)
        {
            var returned = BitOperations.PopCount(back);
            var probability = 0.5 * Math.Pow(chance, returned) * Math.Pow(1 - chance, count - returned);
            if (probability > 0)
            {
                var next = state;
                GridworldRules.Step(_layout, ref next, action0, action1, first, back);
                _transitions.Add(Index(next), probability);
            }

            if (back == 0) return;
            back = (back - 1) & missing;
        }
    }

    private int Index(in GridworldState state)
    {
        if (_index.TryGetValue(state, out var index)) return index;
        if (_states.Count == _maxStates) throw GridworldMarkovGame.TooMany(_layout, _maxStates);
        _index.Add(state, _states.Count);
        _states.Add(state);
        return _states.Count - 1;
    }
}
