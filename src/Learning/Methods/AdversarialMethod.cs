using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Learning.Methods;

/// <summary>
/// Who sits where in methods whose agents train against adversaries. Every agent has one, and a rollout of its own in which the adversary
/// plays all other seats of the team. With a shared policy there is one of each, and in every lane one seat, drawn at random, is the
/// adversary's (paper, section 6.3).
/// </summary>
/// <param name="Id">As for every method.</param>
/// <param name="Title">As for every method.</param>
/// <param name="Source">As for every method.</param>
/// <param name="Summary">As for every method.</param>
public abstract record AdversarialMethod(string Id, string Title, string Source, string Summary) : Method(Id, Title, Source, Summary)
{
    /// <inheritdoc/>
    public override bool NeedsTeammates => true;

    /// <inheritdoc/>
    public override bool Heeds(string path) => path.StartsWith("adversary.", StringComparison.Ordinal) || base.Heeds(path);

    /// <inheritdoc/>
    public override IReadOnlyList<ActorId> Actors(TrainingSettings settings, int agents)
    {
        var players = Agents(settings, agents);
        return [.. players, .. players.Select(agent => new ActorId(ActorKind.Adversary, agent.Seat))];
    }

    /// <inheritdoc/>
    /// <remarks>The adversary of agent 0 sits in seat 1, and perhaps in further ones; all others sit in seat 0 first.</remarks>
    public override int StartsAs(TrainingSettings settings, ActorId actor) =>
        actor.Kind == ActorKind.Agent || settings.Adversary.Start == AdversaryStart.Agent || UsesOnePolicy(settings) ? actor.Seat
        : actor.Seat == 0 ? 1 : 0;

    /// <inheritdoc/>
    public override IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, TeamSeats seats)
    {
        if (UsesOnePolicy(settings)) return [new InstancePlan(Casting.RandomAdversary, [0, 1], seats.Cast(2, _ => 0), 0, settings.Lanes)];
        var lanes = settings.SplitLanes ? settings.Lanes / seats.Agents : settings.Lanes;
        return
        [
            .. Enumerable.Range(0, seats.Agents).Select(agent => new InstancePlan(
                Casting.Fixed, [agent, seats.Agents + agent], seats.Cast(2, seat => seat == agent ? 0 : 1), agent * lanes, lanes)),
        ];
    }

    /// <inheritdoc/>
    public override IEnumerable<SettingsProblem> Refuses(TrainingSettings settings, EnvironmentInfo environment)
    {
        if (settings.Adversary.Critic != AdversaryCritic.Shared) yield break;
        if (UsesOnePolicy(settings))
            yield return new SettingsProblem("adversary.critic", "an adversary in a random seat has no agent whose advantages it could take", "use \"own\", or sharePolicy = false");
        if (environment.TurnBased)
            yield return new SettingsProblem("adversary.critic", $"in {environment.Name} agents and adversaries act at different times, so no advantage is shared", "use \"own\"");
    }

    /// <summary>What an adversary maximises, without a price.</summary>
    protected static Objective Adversary(TrainingSettings settings) => new()
    {
        Reward = settings.Adversary.Critic == AdversaryCritic.Shared ? RewardSource.MinusAgentsAdvantage : RewardSource.MinusAgents,
        EntropyWeight = settings.Adversary.Entropy,
        Kl = settings.Adversary.Kl,
    };
}
