using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>One episode, step by step, of frozen policies and of seats whose actions come from outside. Not thread-safe.</summary>
public sealed class EpisodeSession : IDisposable
{
    private readonly StepViews _views;
    private readonly FrozenPlayer?[] _players;
    private readonly StreamId _action;
    private readonly int _episode;
    private readonly float[] _uniforms;
    private readonly byte[] _actions;
    private readonly byte[] _legal;
    private readonly float[] _rewards;
    private readonly float[] _costs;
    private readonly bool[] _terminated = new bool[1];
    private readonly bool[] _truncated = new bool[1];

    /// <summary>Starts an episode.</summary>
    /// <param name="settings">The environment.</param>
    /// <param name="players">A policy for every seat of the environment; null where actions come from outside.</param>
    /// <param name="seed">Seed of the random streams.</param>
    /// <param name="episode">Number of the episode within the seed.</param>
    /// <param name="kernels">Kernels to use, by default the best for this processor; the results do not depend on them.</param>
    /// <exception cref="ArgumentException">There are more or fewer policies than seats, or one does not fit the environment.</exception>
    public EpisodeSession(EnvironmentSettings settings, IReadOnlyList<FrozenPolicy?> players, ulong seed, int episode, KernelSet? kernels = null)
    {
        Environment = EnvironmentFactory.Create(settings, 1);
        if (players.Count != Environment.Info.Seats)
            throw new ArgumentException($"{players.Count} players are given for {Environment.Info.Seats} seats", nameof(players));
        _views = new StepViews(Environment);
        _players = [.. players.Select(policy => policy is null ? null : new FrozenPlayer(policy, Environment, kernels ?? KernelSet.Default, tabulate: false))];
        var id = new StreamId(seed, 0, 0, StreamPurpose.MatchReset);
        (_action, _episode) = (id.For(StreamPurpose.MatchAction), episode);
        Environment.Reset(id, id.For(StreamPurpose.MatchDynamics), episode);
        _views.Refresh();
        _uniforms = new float[_views.Count];
        _actions = new byte[players.Count];
        _legal = new byte[Environment.Info.Actions];
        (_rewards, _costs) = (new float[players.Count], new float[players.Count]);
        Frame = new MatchFrame(0, [], [], [], [], Environment.Render(0), false, Scene());
    }

    /// <summary>The environment with its one lane.</summary>
    public IVectorEnvironment Environment { get; }

    /// <summary>The present state and the step that led to it.</summary>
    public MatchFrame Frame { get; private set; }

    /// <summary>Whether a seat acts in the next step.</summary>
    public bool IsToAct(int seat) => _views.Movers.IsEmpty || _views.Movers[0] == seat;

    /// <summary>[Info.Actions] 1 for the actions that a seat may take now.</summary>
    public ReadOnlySpan<byte> Legal(int seat)
    {
        Environment.ReadLegalActions(seat, _legal);
        return _legal;
    }

    /// <summary>Plays the next step.</summary>
    /// <param name="outside">The action of every seat without a policy that is to act, by seat; others are ignored.</param>
    /// <exception cref="ArgumentOutOfRangeException">An action is out of range or illegal; nothing was played, another may be given.</exception>
    public MatchFrame Advance(ReadOnlySpan<int> outside = default)
    {
        var seats = _players.Length;
        var actions = new int[seats];
        var probabilities = new double[seats][];
        ActionDraws.Fill(_action, _episode, Frame.Step, 1, _uniforms);
        for (var seat = 0; seat < seats; seat++)
        {
            (actions[seat], probabilities[seat]) = (-1, []);
            if (!IsToAct(seat)) continue;
            if (_players[seat] is { } player)
            {
                var view = _views.Movers.IsEmpty ? seat : 0;
                player.Observe(_views, view, [0]);
                player.Act(view, [0], _uniforms.AsSpan(view, 1), _actions.AsSpan(seat, 1));
                actions[seat] = _actions[seat];
                probabilities[seat] = player.Probabilities(view, 0);
                continue;
            }

            if (seat >= outside.Length || outside[seat] < 0 || outside[seat] >= Environment.Info.Actions)
                throw new ArgumentOutOfRangeException(nameof(outside), $"seat {seat} needs an action from 0 to {Environment.Info.Actions - 1}");
            if (Legal(seat)[outside[seat]] == 0)
                throw new ArgumentOutOfRangeException(nameof(outside), $"seat {seat} may not take action {outside[seat]} now");
            actions[seat] = outside[seat];
            _actions[seat] = (byte)outside[seat];
        }

        var outcome = Environment is IOutcomeView ends ? ends.RenderOutcome(0, _actions) : null;
        Environment.Step(_actions, new StepOutcome { Rewards = _rewards, Costs = _costs, Terminated = _terminated, Truncated = _truncated });
        _views.Refresh();
        return Frame = new MatchFrame(
            Frame.Step + 1, actions, [.. _rewards.Select(reward => (double)reward)], [.. _costs.Select(cost => (double)cost)], probabilities,
            outcome is not null && Ended ? outcome : Environment.Render(0), Ended, Scene());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var player in _players) player?.Dispose();
    }

    private bool Ended => _terminated[0] || _truncated[0];

    private IReadOnlyList<SceneCircle> Scene() => Environment is ISceneEnvironment scene ? scene.Scene(0) : [];
}
