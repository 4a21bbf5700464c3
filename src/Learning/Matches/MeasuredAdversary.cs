using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Learning;

/// <summary>
/// An adversary at play that is measured against the policies whose places it takes: wherever it acts, these say what they would have done. Policies with memory
/// remember what the adversary saw. Not thread-safe.
/// </summary>
internal sealed class MeasuredAdversary : ISeatPlayer, IDisposable
{
    private readonly PolicyPlayer _adversary;
    private readonly PolicyPlayer[] _partners;
    private readonly PolicyPlayer[] _distinct;
    private readonly int[] _lanes;
    private readonly int _actions;

    /// <summary>An adversary.</summary>
    /// <param name="adversary">Its policy.</param>
    /// <param name="partners">[Seats of the team] the policies of training's agents.</param>
    /// <param name="settings">Which environment it is.</param>
    /// <param name="environment">Their environment; only sizes are used here.</param>
    /// <exception cref="ArgumentException">A policy does not fit the environment.</exception>
    public MeasuredAdversary(FrozenPolicy adversary, IReadOnlyList<FrozenPolicy> partners, EnvironmentSettings settings, IVectorEnvironment environment)
    {
        _adversary = Player(adversary);
        var players = new Dictionary<FrozenPolicy, PolicyPlayer>(ReferenceEqualityComparer.Instance);
        _partners = new PolicyPlayer[partners.Count];
        for (var seat = 0; seat < partners.Count; seat++)
        {
            if (!players.TryGetValue(partners[seat], out var player)) players.Add(partners[seat], player = Player(partners[seat]));
            _partners[seat] = player;
        }

        _distinct = [.. players.Values];
        _lanes = new int[environment.Lanes];
        _actions = environment.Info.Actions;

        PolicyPlayer Player(FrozenPolicy policy) => new(ObservingPolicy.Of(policy, settings), environment, Devices.Cpu.CpuDevice.Default, tabulate: true, keepsLogs: true);
    }

    /// <summary>Where it plays: what it does in lanes that are over does not count.</summary>
    public EpisodeLoop? Loop { get; set; }

    /// <summary>How often it acted.</summary>
    public long Moves { get; private set; }

    /// <summary>Sum over its moves of KL(adversary || partner), nats.</summary>
    public double ToPolicy { get; private set; }

    /// <summary>Sum over its moves of KL(partner || adversary), nats.</summary>
    public double FromPolicy { get; private set; }

    /// <inheritdoc/>
    public bool Remembers => _adversary.Remembers || Array.Exists(_distinct, partner => partner.Remembers);

    /// <inheritdoc/>
    public void Observe(StepViews views, int view, ReadOnlySpan<int> lanes)
    {
        _adversary.Observe(views, view, lanes);
        foreach (var partner in _distinct)
        {
            var count = 0;
            foreach (var lane in lanes)
                if (_partners[Seat(view, lane, views.Movers)] == partner) _lanes[count++] = lane;
            if (count > 0) partner.Observe(views, view, _lanes.AsSpan(0, count));
        }
    }

    /// <inheritdoc/>
    public void Act(int view, ReadOnlySpan<int> lanes, ReadOnlySpan<byte> movers, ReadOnlySpan<float> uniforms, Span<byte> actions)
    {
        foreach (var lane in lanes)
        {
            if (Loop is not null && Loop.Over[lane]) continue;
            Moves++;
            var own = _adversary.LogProbabilities(view, lane);
            var partner = _partners[Seat(view, lane, movers)].LogProbabilities(view, lane);

            // Illegal actions have the logarithm 0 on both sides, and so has what is certain.
            for (var a = 0; a < _actions; a++)
            {
                var difference = (double)own[a] - partner[a];
                ToPolicy += Math.Exp(own[a]) * difference;
                FromPolicy -= Math.Exp(partner[a]) * difference;
            }
        }

        _adversary.Act(view, lanes, movers, uniforms, actions);
    }

    /// <inheritdoc/>
    public void Forget(int lane)
    {
        _adversary.Forget(lane);
        foreach (var partner in _distinct) partner.Forget(lane);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _adversary.Dispose();
        foreach (var partner in _distinct) partner.Dispose();
    }

    private static int Seat(int view, int lane, ReadOnlySpan<byte> movers) => movers.IsEmpty ? view : movers[lane];
}
