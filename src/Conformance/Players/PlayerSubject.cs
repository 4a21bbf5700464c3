using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Conformance.Players;

/// <summary>A scripted player that is checked, where it plays, and the game that was played last.</summary>
internal sealed class PlayerSubject(ScriptedPlayer player, EnvironmentSettings settings, ulong seed) : IDisposable
{
    /// <summary>No game that is longer is waited for to end.</summary>
    private const int MostSteps = 1000;

    private readonly List<IDisposable> _made = [];

    public ScriptedPlayer Player => player;

    public EnvironmentSettings Settings => settings;

    public ulong Seed => seed;

    public EnvironmentInfo Info => field ??= EnvironmentFactory.Info(settings);

    public ScriptedGame Game => new(Info, EnvironmentFactory.DefinitionOf(settings));

    /// <summary>Steps of a game that is looked at: one whole episode and the beginning of another, if it is not too long.</summary>
    public int Steps => Math.Clamp(Info.EpisodeLength + Math.Min(Info.EpisodeLength, 50), 100, MostSteps);

    public PlayerProbe? Last { get; private set; }

    /// <summary>A game that the player has alone, all of its seats.</summary>
    /// <param name="lanes">Lanes.</param>
    /// <param name="rules">What plays; null to make it.</param>
    /// <param name="firstLane">Number of lane 0.</param>
    public PlayerProbe Probe(int lanes, ScriptedRules? rules = null, int firstLane = 0)
    {
        var environment = EnvironmentFactory.Create(settings, lanes);
        if (environment is IDisposable disposable) _made.Add(disposable);
        return Last = new PlayerProbe(player, environment, rules ?? player.Create(Game), seed, firstLane);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var made in _made) made.Dispose();
    }
}

/// <summary>A game in which a scripted player has all seats.</summary>
internal sealed class PlayerProbe
{
    private readonly IVectorEnvironment _environment;
    private readonly ScriptedRules _rules;
    private readonly int _firstLane;
    private readonly int _notes;
    private readonly float[] _kept;
    private readonly float[] _observations;
    private readonly byte[] _legal;
    private readonly byte[] _movers;
    private readonly byte[] _actions;
    private readonly float[] _rewards;
    private readonly bool[] _ends;
    private readonly bool[] _acts;
    private readonly ObservationEncoding _encoding;
    private readonly int _length;

    public PlayerProbe(ScriptedPlayer player, IVectorEnvironment environment, ScriptedRules rules, ulong seed, int firstLane)
    {
        (_environment, _rules, _firstLane, Seed, _encoding) = (environment, rules, firstLane, seed, player.Encoding);
        Info = environment.Info;
        _length = Info.ObservationLength(_encoding);
        _notes = player.Notes(Info);
        var all = Info.Seats * environment.Lanes;
        (_kept, _observations, _legal) = (new float[all * _notes], new float[all * _length], new byte[all * Info.Actions]);
        (_movers, _actions, _rewards, _ends, _acts) = (new byte[environment.Lanes], new byte[all], new float[2 * all], new bool[2 * environment.Lanes], new bool[all]);
        Probabilities = new float[all * Info.Actions];
        Begin();
    }

    public EnvironmentInfo Info { get; }

    public ulong Seed { get; }

    public int Lanes => _environment.Lanes;

    /// <summary>Steps that were taken.</summary>
    public int Steps { get; private set; }

    /// <summary>[seats x lanes x actions] of the last turn; zeros of whoever did not act.</summary>
    public float[] Probabilities { get; }

    /// <summary>[seats x lanes x actions] what was legal in it.</summary>
    public ReadOnlySpan<byte> Legal => _legal;

    /// <summary>[seats x lanes] who acted in it.</summary>
    public ReadOnlySpan<bool> Acts => _acts;

    /// <summary>[seats x lanes x notes].</summary>
    public ReadOnlySpan<float> Notes => _kept;

    /// <summary>Begins the same game again.</summary>
    public void Begin()
    {
        var id = new StreamId(Seed, 0, 0, StreamPurpose.MatchReset);
        _environment.Reset(id, id.For(StreamPurpose.MatchDynamics), _firstLane);
        _kept.AsSpan().Clear();
        Steps = 0;
    }

    /// <summary>All who are to act decide.</summary>
    public void Decide()
    {
        var lanes = Lanes;
        Probabilities.AsSpan().Clear();
        _acts.AsSpan().Clear();
        if (Info.TurnBased) _environment.ReadMovers(_movers);
        for (var seat = 0; seat < Info.Seats; seat++)
        {
            _environment.Observe(seat, _encoding, _observations.AsSpan(seat * lanes * _length, lanes * _length));
            _environment.ReadLegalActions(seat, _legal.AsSpan(seat * lanes * Info.Actions, lanes * Info.Actions));
            for (var lane = 0; lane < lanes; lane++)
            {
                if (Info.TurnBased && _movers[lane] != seat) continue;
                var at = (seat * lanes) + lane;
                _acts[at] = true;
                var random = Stream(StreamPurpose.MatchAction, seat, lane);
                _rules(new ScriptedTurn(
                    seat, _observations.AsSpan(at * _length, _length), _legal.AsSpan(at * Info.Actions, Info.Actions), _kept.AsSpan(at * _notes, _notes),
                    Probabilities.AsSpan(at * Info.Actions, Info.Actions), ref random));
            }
        }
    }

    /// <summary>What was decided is drawn and done, illegal actions left out.</summary>
    public void Step()
    {
        var all = Info.Seats * Lanes;
        for (var at = 0; at < all; at++)
        {
            var stream = Stream(StreamPurpose.MatchDynamics, at / Lanes, at % Lanes);
            _actions[at] = Draw(at, (float)stream.NextDouble());
        }

        _environment.Step(_actions, new StepOutcome
        {
            Rewards = _rewards.AsSpan(0, all),
            Costs = _rewards.AsSpan(all),
            Terminated = _ends.AsSpan(0, Lanes),
            Truncated = _ends.AsSpan(Lanes),
        });
        for (var at = 0; at < all; at++)
            if (_ends[at % Lanes] || _ends[Lanes + (at % Lanes)]) _kept.AsSpan(at * _notes, _notes).Clear();
        Steps++;
    }

    private byte Draw(int at, float uniform)
    {
        var probabilities = Probabilities.AsSpan(at * Info.Actions, Info.Actions);
        var legal = _legal.AsSpan(at * Info.Actions, Info.Actions);
        for (var action = 0; action < probabilities.Length; action++)
        {
            if (legal[action] == 0) continue;
            uniform -= probabilities[action];
            if (uniform < 0) return (byte)action;
        }

        return (byte)Math.Max(0, legal.IndexOf((byte)1));
    }

    private RandomStream Stream(StreamPurpose purpose, int seat, int lane) => new(new StreamId(Seed, (uint)seat + 1, (uint)Steps, purpose), _firstLane + lane);
}
