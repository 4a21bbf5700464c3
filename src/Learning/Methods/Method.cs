using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Learning.Methods;

/// <summary>
/// A way to train a team, as a value: who learns, who sits where while they do, and what each learns from. Everything else that knows of
/// methods asks this record. To add one, add a sealed record with a parameterless constructor to this folder, and its page to docs/methods.
/// </summary>
/// <param name="Id">What it is called in experiments, on command lines and in stored state; never changed.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Source">Where it is described.</param>
/// <param name="Summary">What it does, one sentence.</param>
public abstract record Method(string Id, string Title, string Source, string Summary)
{
    /// <summary>What reports make of populations that are named after it.</summary>
    public virtual PopulationRole Role => PopulationRole.Other;

    /// <summary>Settings that only this method has.</summary>
    public virtual IReadOnlyList<OwnSetting> OwnSettings => [];

    /// <summary>Whether it can train the players of all seats where an environment has seats for opponents; else these must be frozen.</summary>
    public virtual bool TrainsOpponents => false;

    /// <summary>Whether it trains with a frozen pool of partners.</summary>
    public virtual bool NeedsPartners => false;

    /// <summary>Whether a population that it has trained can be such a pool.</summary>
    public virtual bool MakesPartners => false;

    /// <summary>Whether it can be asked for, to train with; else its populations come from elsewhere and are never trained.</summary>
    public virtual bool Trains => true;

    /// <summary>Whether its agents learn; else they stay as they begin.</summary>
    public virtual bool Learns => true;

    /// <summary>Whether an agent's partner is another player than the agent: a team of one has none.</summary>
    public virtual bool NeedsTeammates => false;

    /// <summary>Whether one network plays all seats of the team.</summary>
    public virtual bool UsesOnePolicy(TrainingSettings settings) => settings.SharePolicy;

    /// <summary>The actors, agents first, each kind by seat.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="agents">Seats whose players learn.</param>
    public virtual IReadOnlyList<ActorId> Actors(TrainingSettings settings, int agents) => Agents(settings, agents);

    /// <summary>The seat of the agent whose initial parameters an actor starts with.</summary>
    public virtual int StartsAs(TrainingSettings settings, ActorId actor) => actor.Seat;

    /// <summary>The rollouts of a round: who sits where in each.</summary>
    public abstract IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, TeamSeats seats);

    /// <summary>What an actor learns from, and the weights of its loss.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="kind">Agent or adversary.</param>
    public virtual Objective Objective(TrainingSettings settings, ActorKind kind) => new() { EntropyWeight = settings.Entropy };

    /// <summary>
    /// The risk aversion tau and bounded rationality eps of the theory's game that it approximates, in units of scaled rewards; null where
    /// its fixed points are not the theory's equilibria.
    /// </summary>
    public virtual (double Tau, double Epsilon)? Equilibrium(TrainingSettings settings) => null;

    /// <summary>What it refuses besides what every method does; none if it can train.</summary>
    public virtual IEnumerable<SettingsProblem> Refuses(TrainingSettings settings, EnvironmentInfo environment) => [];

    /// <summary>Whether a setting changes what it trains. The price of deviating, adversaries and what single methods have mean nothing to the others.</summary>
    /// <param name="path">Path of the setting.</param>
    public virtual bool Heeds(string path) => path != "tau" && !path.StartsWith("adversary.", StringComparison.Ordinal)
        && (OwnSettings.Any(setting => setting.Path == path) || MethodRegistry.All.All(other => other.OwnSettings.All(setting => setting.Path != path)));

    /// <summary>Value of one of <see cref="OwnSettings"/>.</summary>
    public double Own(TrainingSettings settings, OwnSetting setting) => settings.Own?[setting.Path] ?? setting.Default;

    /// <summary>An agent for every seat, or one for all.</summary>
    protected IReadOnlyList<ActorId> Agents(TrainingSettings settings, int agents) =>
        [.. Enumerable.Range(0, UsesOnePolicy(settings) ? 1 : agents).Select(seat => new ActorId(ActorKind.Agent, seat))];

    /// <summary>A rollout of the agents with each other.</summary>
    public InstancePlan Together(TrainingSettings settings, TeamSeats seats)
    {
        var one = UsesOnePolicy(settings);
        var count = one ? 1 : seats.Agents;
        return new InstancePlan(Casting.Fixed, [.. Enumerable.Range(0, count)], seats.Cast(count, seat => one ? 0 : seat), 0, settings.Lanes);
    }
}

/// <summary>A number that only one method has as a setting.</summary>
/// <param name="Path">Its path in experiments, for example "e3t.noise".</param>
/// <param name="Default">Its value where none is given.</param>
/// <param name="Low">Least value.</param>
/// <param name="High">Largest value.</param>
/// <param name="Description">What it means, one sentence.</param>
public sealed record OwnSetting(string Path, double Default, double Low, double High, string Description);

/// <summary>How many seats of an environment learn, and how many frozen opponents follow them.</summary>
/// <param name="Agents">Seats whose players learn.</param>
/// <param name="Opponents">Frozen opponents, in the seats after them.</param>
public readonly record struct TeamSeats(int Agents, int Opponents)
{
    /// <summary>A player for every seat; the opponents are the players after the instance's actors.</summary>
    /// <param name="actors">Number of the instance's actors.</param>
    /// <param name="player">The player of a seat of the team.</param>
    public IReadOnlyList<int> Cast(int actors, Func<int, int> player) =>
        [.. Enumerable.Range(0, Agents).Select(player), .. Enumerable.Range(actors, Opponents)];
}

/// <summary>What an actor learns from.</summary>
public enum RewardSource
{
    /// <summary>The reward of its own seat.</summary>
    Own = 0,

    /// <summary>Minus the mean reward of the agents beside it, with a critic of its own.</summary>
    MinusAgents = 1,

    /// <summary>Minus the advantage of the one agent beside it (paper, equation 9); its critic learns nothing.</summary>
    MinusAgentsAdvantage = 2,

    /// <summary>Nothing: it stays as it is.</summary>
    Nothing = 3,
}

/// <summary>What an actor learns from, and the weights of its loss (paper, equations 7 to 9).</summary>
public sealed record Objective
{
    /// <summary>Where its advantages come from.</summary>
    public RewardSource Reward { get; init; }

    /// <summary>Weight eps of the entropy bonus.</summary>
    public double EntropyWeight { get; init; }

    /// <summary>Weight 1/tau of the price for deviating from the policy whose place it takes.</summary>
    public double KlWeight { get; init; }

    /// <summary>Direction of that price.</summary>
    public KlDirection Kl { get; init; }

    /// <summary>A regulariser of the method's own, which is added to the policy's loss; null for none. Networks on the devices "cpu" and "plain" learn from it.</summary>
    public PolicyRegulariser? Regulariser { get; init; }

    /// <summary>Whether its critic learns.</summary>
    public bool LearnsValues => Reward is not (RewardSource.MinusAgentsAdvantage or RewardSource.Nothing);
}
