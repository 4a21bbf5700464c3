using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning;

/// <summary>Plays matches of frozen policies in one environment (evaluation protocol, paper D.1). Not thread-safe: one per worker thread.</summary>
public sealed class MatchPlayer : IMatchPlayer
{
    private readonly EnvironmentSettings _settings;
    private readonly ILearnerDevice _device;
    private readonly bool _tabulate;
    private readonly PolicyPlayerCache _players = new();
    private MatchStage? _stage;
    private ActionChoice _actions;

    /// <summary>A player for an environment.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="device">Where networks run, by default the processor.</param>
    /// <param name="tabulate">False runs the networks at every step even where their outputs can be looked up; same results.</param>
    public MatchPlayer(EnvironmentSettings environment, ILearnerDevice? device = null, bool tabulate = true)
    {
        _settings = environment;
        _device = device ?? CpuDevice.Default;
        _tabulate = tabulate;
    }

    /// <inheritdoc/>
    public MatchResult[] Play(
        ulong seed, int row, FrozenTeam team, int firstColumn, IReadOnlyList<FrozenTeam> partners, MatchRules rules,
        IReadOnlyList<FrozenPolicy>? opponents = null, CancellationToken cancellation = default)
    {
        var stage = Stage(rules);
        var outcomes = new MatchResult[partners.Count];
        for (var i = 0; i < partners.Count; i++)
        {
            stage.Cast(team, partners[i], opponents ?? [], policy => _players.Get(policy, _settings, stage.Environment, _device, _tabulate, rules.Actions));
            var id = new StreamId(seed, (uint)row, (uint)(firstColumn + i), StreamPurpose.MatchReset);
            stage.Play(id, rules.Steps, cancellation);
            outcomes[i] = stage.Summarise();
        }

        _players.Trim();
        return outcomes;
    }

    /// <inheritdoc/>
    public IReadOnlyList<MatchFrame> Replay(ulong seed, int episode, IReadOnlyList<FrozenPolicy> players, int steps, ActionChoice actions = ActionChoice.Sampled)
    {
        using var session = new EpisodeSession(_settings, players, seed, episode, _device, actions: actions);
        var frames = new List<MatchFrame> { session.Frame };
        for (var step = 0; step < steps; step++)
        {
            frames.Add(session.Advance());
            if (session.Frame.EpisodeEnded && session.Environment.Info.EndsEarly) break;
        }

        return frames;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _players.Dispose();
        (_stage?.Environment as IDisposable)?.Dispose();
    }

    private MatchStage Stage(MatchRules rules)
    {
        var info = _stage?.Environment.Info ?? EnvironmentFactory.Info(_settings);
        if (rules.Seating == Seating.Mixed && info.TeamSeats > Seatings.MaxMixedSeats)
            throw new ArgumentException($"a team of {info.TeamSeats} has too many ways to mix two runs; {Seatings.MaxMixedSeats} seats are the most", nameof(rules));
        var lanes = Seatings.Episodes(rules.Seating, info.TeamSeats, rules.Episodes);
        if (_stage?.Environment.Lanes == lanes && _stage.Seating == rules.Seating && _actions == rules.Actions) return _stage;
        _players.Clear();
        _actions = rules.Actions;
        (_stage?.Environment as IDisposable)?.Dispose();
        return _stage = new MatchStage(EnvironmentFactory.Create(_settings, lanes), rules.Seating);
    }
}

/// <summary>How pairs are seated, and for how long they play.</summary>
/// <param name="Seating">Who sits where.</param>
/// <param name="Episodes">Episodes per pair, at least 1; rounded up so that every way to sit is played equally often.</param>
/// <param name="Steps">Steps from a reset that count as one episode; where episodes may end early, the most steps of one.</param>
public sealed record MatchRules(Seating Seating, int Episodes, int Steps)
{
    /// <summary>How everybody acts, opponents included.</summary>
    public ActionChoice Actions { get; init; }
}

/// <summary>Prepared policies by identity of their parameters; a bounded number is kept between tiles.</summary>
internal sealed class PolicyPlayerCache : IDisposable
{
    private const int Capacity = 160;
    private readonly Dictionary<float[], PolicyPlayer> _players = new(ReferenceEqualityComparer.Instance as IEqualityComparer<float[]>);

    public PolicyPlayer Get(FrozenPolicy policy, EnvironmentSettings settings, IVectorEnvironment environment, ILearnerDevice device, bool tabulate, ActionChoice actions)
    {
        if (_players.TryGetValue(policy.Parameters, out var player)) return player;
        player = new PolicyPlayer(ObservingPolicy.Of(policy, settings), environment, device, tabulate) { Actions = actions };
        _players.Add(policy.Parameters, player);
        return player;
    }

    /// <summary>Forgets all where there are too many; call it when none is in use.</summary>
    public void Trim()
    {
        if (_players.Count > Capacity) Clear();
    }

    public void Clear()
    {
        foreach (var player in _players.Values) player.Dispose();
        _players.Clear();
    }

    public void Dispose() => Clear();
}
