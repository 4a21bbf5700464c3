using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning;

/// <summary>One episode, step by step, of frozen policies and of seats whose actions come from outside. Not thread-safe.</summary>
public sealed class EpisodeSession : IDisposable
{
    private readonly EpisodeLoop _loop;
    private readonly PolicyPlayer?[] _policies;
    private readonly OutsidePlayer _outside = new();
    private readonly byte[] _legal;
    private readonly bool _steered;

    /// <summary>Starts an episode.</summary>
    /// <param name="settings">The environment.</param>
    /// <param name="players">A policy for every seat of the environment; null where actions come from outside.</param>
    /// <param name="seed">Seed of the random streams.</param>
    /// <param name="episode">Number of the episode within the seed.</param>
    /// <param name="device">Where networks run, by default the processor.</param>
    /// <param name="steered">Whether the actions of seats with a policy come from outside too: then policies only say what they would do, see <see cref="Probabilities"/>.</param>
    /// <param name="actions">How policies act.</param>
    /// <exception cref="ArgumentException">There are more or fewer policies than seats, or one does not fit the environment.</exception>
    public EpisodeSession(EnvironmentSettings settings, IReadOnlyList<FrozenPolicy?> players, ulong seed, int episode, ILearnerDevice? device = null, bool steered = false, ActionChoice actions = ActionChoice.Sampled)
    {
        var environment = EnvironmentFactory.Create(settings, 1);
        if (players.Count != environment.Info.Seats)
            throw new ArgumentException($"{players.Count} players are given for {environment.Info.Seats} seats", nameof(players));
        _policies = [.. players.Select(policy => policy is null ? null : new PolicyPlayer(ObservingPolicy.Of(policy, settings), environment, device ?? CpuDevice.Default, tabulate: false) { Actions = actions })];
        _loop = new EpisodeLoop(environment);
        _steered = steered;
        _loop.Seat([.. _policies.Select(policy => policy is null ? _outside : steered ? new SteeredPlayer(policy, _outside) : (ISeatPlayer)policy)], [.. Enumerable.Range(0, players.Count).Select(seat => (short)seat)]);
        _loop.Begin(new StreamId(seed, 0, 0, StreamPurpose.MatchReset), (StreamPurpose.MatchDynamics, StreamPurpose.MatchAction), episode, oneEpisode: false);
        _loop.Look();
        _legal = new byte[environment.Info.Actions];
        Frame = new MatchFrame(0, [], [], [], [], environment.Render(0), false, Scene());
    }

    /// <summary>The environment with its one lane.</summary>
    public IVectorEnvironment Environment => _loop.Environment;

    /// <summary>The present state and the step that led to it.</summary>
    public MatchFrame Frame { get; private set; }

    /// <summary>Whether a seat acts in the next step.</summary>
    public bool IsToAct(int seat) => _loop.Views.Movers.IsEmpty || _loop.Views.Movers[0] == seat;

    /// <summary>[Info.Actions] 1 for the actions that a seat may take now.</summary>
    public ReadOnlySpan<byte> Legal(int seat)
    {
        Environment.ReadLegalActions(seat, _legal);
        return _legal;
    }

    /// <summary>[Info.Actions] what a seat's policy does in the present state; empty for a seat that is no policy's or is not to act now.</summary>
    /// <param name="seat">The seat.</param>
    public double[] Probabilities(int seat) => IsToAct(seat) && _policies[seat] is { } policy ? policy.Probabilities(_loop.Views.Movers.IsEmpty ? seat : 0, 0) : [];

    /// <summary>Plays the next step.</summary>
    /// <param name="outside">The action of every seat without a policy that is to act, by seat, and of those with one where they are steered; others are ignored.</param>
    /// <exception cref="ArgumentOutOfRangeException">An action is out of range or illegal; nothing was played, another may be given.</exception>
    public MatchFrame Advance(ReadOnlySpan<int> outside = default)
    {
        var seats = _policies.Length;
        var acts = new bool[seats];
        var probabilities = new double[seats][];
        for (var seat = 0; seat < seats; seat++)
        {
            (acts[seat], probabilities[seat]) = (IsToAct(seat), Probabilities(seat));
            if (acts[seat] && (_steered || _policies[seat] is null)) Check(seat, outside);
        }

        _outside.Actions = outside.ToArray();
        _loop.Choose(Frame.Step);
        var outcome = Environment is IOutcomeView ends ? ends.RenderOutcome(0, _loop.Actions) : null;
        int[] actions = [.. acts.Select((act, seat) => act ? _loop.Actions[seat] : -1)];
        _loop.Step();
        _loop.Look();
        var ended = _loop.Ends[0] || _loop.Ends[1];
        return Frame = new MatchFrame(
            Frame.Step + 1, actions, Doubles(_loop.Rewards), Doubles(_loop.Costs), probabilities,
            outcome is not null && ended ? outcome : Environment.Render(0), ended, Scene());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var policy in _policies) policy?.Dispose();
        (Environment as IDisposable)?.Dispose();
    }

    private static double[] Doubles(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);

    private void Check(int seat, ReadOnlySpan<int> outside)
    {
        if (seat >= outside.Length || outside[seat] < 0 || outside[seat] >= Environment.Info.Actions)
            throw new ArgumentOutOfRangeException(nameof(outside), $"seat {seat} needs an action from 0 to {Environment.Info.Actions - 1}");
        if (Legal(seat)[outside[seat]] == 0)
            throw new ArgumentOutOfRangeException(nameof(outside), $"seat {seat} may not take action {outside[seat]} now");
    }

    private IReadOnlyList<SceneCircle> Scene() => Environment is ISceneEnvironment scene ? scene.Scene(0) : [];

    /// <summary>Does what somebody outside has said.</summary>
    private sealed class OutsidePlayer : ISeatPlayer
    {
        public int[] Actions { get; set; } = [];

        public void Observe(StepViews views, int view, ReadOnlySpan<int> lanes) { }

        public void Act(int view, ReadOnlySpan<int> lanes, ReadOnlySpan<byte> movers, ReadOnlySpan<float> uniforms, Span<byte> actions) =>
            actions[0] = (byte)Actions[movers.IsEmpty ? view : movers[0]];
    }

    /// <summary>Sees what a policy sees, and does what somebody outside has said.</summary>
    private sealed class SteeredPlayer(PolicyPlayer policy, OutsidePlayer outside) : ISeatPlayer
    {
        public bool Remembers => ((ISeatPlayer)policy).Remembers;

        public void Observe(StepViews views, int view, ReadOnlySpan<int> lanes) => policy.Observe(views, view, lanes);

        public void Act(int view, ReadOnlySpan<int> lanes, ReadOnlySpan<byte> movers, ReadOnlySpan<float> uniforms, Span<byte> actions) => outside.Act(view, lanes, movers, uniforms, actions);

        public void Forget(int lane) => ((ISeatPlayer)policy).Forget(lane);
    }
}

/// <summary>One step of an episode that is looked at.</summary>
/// <param name="Step">From 0; step 0 is the start, before any action.</param>
/// <param name="Actions">The seats' actions that led here, -1 for one that was not to move; empty at the start.</param>
/// <param name="Rewards">Rewards of this step per seat; empty at the start.</param>
/// <param name="Costs">Private costs of this step per seat; empty at the start.</param>
/// <param name="Probabilities">Per seat, the policy's probabilities in the state before this step, none for a seat that was not to move or is no policy's; empty at the start.</param>
/// <param name="Drawing">The state after this step as text; at the end of an episode that of the next one, unless the environment can draw the end.</param>
/// <param name="EpisodeEnded">Whether the environment's episode ended here.</param>
/// <param name="Scene">The state after this step as circles; empty where the environment has none.</param>
public sealed record MatchFrame(
    int Step, int[] Actions, double[] Rewards, double[] Costs, double[][] Probabilities, string Drawing, bool EpisodeEnded, IReadOnlyList<SceneCircle> Scene);
