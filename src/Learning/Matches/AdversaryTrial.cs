using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning;

/// <summary>
/// Measures what an adversary does to the agents that trained with it: the same episodes are played with the agents' partners and with the adversary in their place (paper, section 5:
/// the adversary deviates from the partners at the price of KL).
/// </summary>
public sealed record AdversaryTrial
{
    /// <summary>The environment.</summary>
    public required EnvironmentSettings Environment { get; init; }

    /// <summary>[Seats of the team] the agents.</summary>
    public required IReadOnlyList<FrozenPolicy> Agents { get; init; }

    /// <summary>Frozen policies in the seats after the team's.</summary>
    public IReadOnlyList<FrozenPolicy> Opponents { get; init; } = [];

    /// <summary>The adversary.</summary>
    public required FrozenPolicy Adversary { get; init; }

    /// <summary>Seat of the agent that it trains, all other seats of the team being its own; null where one policy plays all seats and the adversary takes one, each in turn.</summary>
    public int? Agent { get; init; }

    /// <summary>Episodes, at least 2; rounded up so that the adversary sits in each of its seats equally often.</summary>
    public int Episodes { get; init; } = 400;

    /// <summary>Steps from a reset that count as one episode; where episodes may end early, the most steps of one.</summary>
    public required int Steps { get; init; }

    /// <summary>Seed of the episodes' random streams.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Number of the team; names the streams together with <see cref="Agent"/>.</summary>
    public int Team { get; init; }

    private int TeamSeats => Agents.Count;

    /// <summary>Plays the episodes.</summary>
    /// <param name="cancellation">Gives up between two steps.</param>
    /// <exception cref="ArgumentException">A policy does not fit the environment, or there are more or fewer than it has seats.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public AdversaryOutcome Play(CancellationToken cancellation = default) => Play(lanes => EnvironmentFactory.Create(Environment, lanes), cancellation);

    /// <inheritdoc cref="Play(CancellationToken)"/>
    /// <param name="create">Makes the environment with so many lanes, for each of both ways to play.</param>
    /// <param name="cancellation">As there.</param>
    internal AdversaryOutcome Play(Func<int, IVectorEnvironment> create, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Episodes, 2);
        var ways = Agent is null ? TeamSeats : 1;
        var lanes = (Episodes + ways - 1) / ways * ways;
        double[] together;
        var environment = create(lanes);
        using (environment as IDisposable) together = Play(environment, null, cancellation);
        environment = create(lanes);
        using var processes = environment as IDisposable;
        using var adversary = new MeasuredAdversary(Adversary, Agents, Environment, environment);
        var against = Play(environment, adversary, cancellation);
        var lost = 0.0;
        for (var lane = 0; lane < lanes; lane++) lost += (together[lane] - against[lane]) / lanes;
        var squares = 0.0;
        for (var lane = 0; lane < lanes; lane++) squares += Math.Pow(together[lane] - against[lane] - lost, 2);
        var moves = Math.Max(1, adversary.Moves);
        return new AdversaryOutcome(
            lanes, together.Average(), against.Average(), Math.Sqrt(squares / (lanes - 1) / lanes), (double)adversary.Moves / lanes,
            Math.Max(0, adversary.ToPolicy / moves), Math.Max(0, adversary.FromPolicy / moves));
    }

    private bool IsAdversarys(int lane, int seat) => seat < TeamSeats && (Agent is { } agent ? seat != agent : seat == lane % TeamSeats);

    /// <param name="environment">The environment.</param>
    /// <param name="adversary">The adversary; null plays with the partners.</param>
    /// <param name="cancellation">Gives up between two steps.</param>
    /// <returns>[Lanes] the mean return of the seats beside the adversary, or beside those whose place it takes.</returns>
    private double[] Play(IVectorEnvironment environment, MeasuredAdversary? adversary, CancellationToken cancellation)
    {
        if (TeamSeats + Opponents.Count != environment.Info.Seats)
            throw new ArgumentException($"{TeamSeats} agents and {Opponents.Count} opponents are given; {environment.Info.Name}/{environment.Info.Variant} has {environment.Info.Seats} seats");
        var (lanes, seats) = (environment.Lanes, environment.Info.Seats);
        var policies = new Dictionary<FrozenPolicy, short>(ReferenceEqualityComparer.Instance);
        var players = new List<ISeatPlayer>();
        try
        {
            foreach (var policy in Agents.Concat(Opponents))
            {
                if (!policies.TryAdd(policy, (short)players.Count)) continue;
                players.Add(new PolicyPlayer(ObservingPolicy.Of(policy, Environment), environment, CpuDevice.Default, tabulate: true));
            }

            var cast = new short[seats * lanes];
            for (var seat = 0; seat < seats; seat++)
            {
                var player = policies[seat < TeamSeats ? Agents[seat] : Opponents[seat - TeamSeats]];
                for (var lane = 0; lane < lanes; lane++) cast[(seat * lanes) + lane] = adversary is not null && IsAdversarys(lane, seat) ? (short)policies.Count : player;
            }

            var loop = new EpisodeLoop(environment);
            if (adversary is not null) adversary.Loop = loop;
            loop.Seat(adversary is null ? players : [.. players, adversary], cast);
            var id = new StreamId(Seed, (uint)Team, (uint)(Agent ?? 0), StreamPurpose.MatchReset);
            loop.Begin(id, (StreamPurpose.MatchDynamics, StreamPurpose.MatchAction), 0, environment.Info.EndsEarly);
            var returns = new Returns(this, lanes);
            loop.Play(Steps, returns, cancellation);
            return returns.Totals;
        }
        finally
        {
            foreach (var player in players.OfType<IDisposable>()) player.Dispose();
        }
    }

    /// <summary>Adds up what the agents get beside the adversary.</summary>
    private sealed class Returns(AdversaryTrial trial, int lanes) : IEpisodeSink
    {
        private readonly int _beside = trial.Agent is null ? trial.TeamSeats - 1 : 1;

        public double[] Totals { get; } = new double[lanes];

        void IEpisodeSink.Record(EpisodeLoop loop)
        {
            var rewards = loop.Rewards;
            var over = loop.Over;
            for (var lane = 0; lane < lanes; lane++)
            {
                if (over[lane]) continue;
                for (var seat = 0; seat < trial.TeamSeats; seat++)
                    if (!trial.IsAdversarys(lane, seat)) Totals[lane] += rewards[(seat * lanes) + lane] / (double)_beside;
            }
        }

        void IEpisodeSink.BeginEpisodes(EpisodeLoop loop, int step) { }
    }
}

/// <summary>What an adversary did to the agents beside it.</summary>
/// <param name="Episodes">Episodes played, with the partners and with the adversary.</param>
/// <param name="Together">Mean return of those agents with their partners.</param>
/// <param name="Against">Mean return with the adversary in the partners' place.</param>
/// <param name="LostError">Standard error over episodes of the difference; both are played from the same start states.</param>
/// <param name="Moves">The adversary's moves in an episode, all of its seats together.</param>
/// <param name="ToPolicy">Mean over its moves of KL(adversary || partner), nats: what "adversaryToPolicy" prices.</param>
/// <param name="FromPolicy">Mean over its moves of KL(partner || adversary), nats: what "policyToAdversary" prices.</param>
public sealed record AdversaryOutcome(int Episodes, double Together, double Against, double LostError, double Moves, double ToPolicy, double FromPolicy)
{
    /// <summary>What the adversary costs an agent, a return.</summary>
    public double Lost => Together - Against;
}
