using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>What can be said of an environment instance from its key and the spec of its population, whether it plays or not.</summary>
internal static class EnvironmentInstance
{
    /// <summary>Checks that a population has the instance.</summary>
    /// <returns>The key, taken apart, and what the instances of a team play.</returns>
    /// <exception cref="UnknownGrainException">It has not.</exception>
    /// <exception cref="SrpoGrainException">The spec cannot be played, or belongs to another population.</exception>
    public static (MemberKey Key, TeamPlan Plan) Check(string name, PopulationSpec spec, EnvironmentCatalog environments)
    {
        var key = GrainKeys.ParseMember(name);
        var problems = environments.Problems(spec);
        if (problems.Count > 0) throw Refuse(name, string.Join("; ", problems));
        if (spec.Population != key.Population) throw Refuse(name, $"it does not belong to the population '{spec.Population}'");
        var plan = environments.Plan(spec);
        if (key.Team >= spec.Teams) throw Unknown(name, $"the population has the teams 0 to {spec.Teams - 1}");
        if (key.Seat >= plan.Instances.Count) throw Unknown(name, $"{spec.Training.Method} plays the instances 0 to {plan.Instances.Count - 1}");
        return (key, plan);
    }

    /// <summary>What it says of itself.</summary>
    /// <param name="name">Its key.</param>
    /// <param name="spec">The spec of its population; <see cref="Check"/> must have returned.</param>
    /// <param name="plan">What the instances of a team play.</param>
    /// <param name="environments">Lengths of episodes.</param>
    /// <param name="last">Its last rollout, or null.</param>
    /// <param name="played">Rollouts that it has played.</param>
    /// <param name="drawing">Lane 0, drawn.</param>
    public static EnvironmentReport Report(
        string name, PopulationSpec spec, TeamPlan plan, EnvironmentCatalog environments, RolloutSummary? last, long played, string drawing)
    {
        var instance = plan.Instances[GrainKeys.ParseMember(name).Seat];
        var scale = last is null ? 0 : Length(spec, environments) / (double)(instance.Lanes * (long)spec.Training.Horizon);
        return new EnvironmentReport(
            name,
            $"{spec.Environment.Name} {spec.Environment.Variant}",
            [.. Enumerable.Range(0, plan.Seats).Select(seat => Player(spec, plan, instance, seat))],
            instance.Lanes,
            spec.Training.Horizon,
            played,
            last?.Round ?? 0,
            scale * (last?.RewardSum ?? 0),
            [.. (last?.CostSums ?? new double[plan.Seats]).Select(cost => scale * cost)],
            last?.DifferentObservations ?? 0,
            drawing);
    }

    /// <summary>It is asked for what it cannot do.</summary>
    public static SrpoGrainException Refuse(string name, string reason) => new($"environment '{name}': {reason}");

    /// <summary>There is no such instance.</summary>
    public static UnknownGrainException Unknown(string name, string reason) => new($"there is no environment '{name}': {reason}");

    /// <summary>Steps of an episode; of one that is not played step by step, all that a lane plays.</summary>
    private static int Length(PopulationSpec spec, EnvironmentCatalog environments) =>
        ArchitectureRegistry.Source(spec.Environment.Name) is null ? environments.Info(spec.Environment).EpisodeLength : spec.Training.Horizon;

    private static string Player(PopulationSpec spec, TeamPlan plan, InstancePlan instance, int seat)
    {
        var player = instance.Cast[seat];
        if (player >= instance.Actors.Count) return $"opponent {spec.Opponents[player - instance.Actors.Count]}";
        if (instance.Casting == Casting.Fixed) return plan.Actors[instance.Actors[player]].ToString();
        return instance.Casting == Casting.RandomAdversary ? string.Join(" or ", instance.Actors.Select(actor => plan.Actors[actor])) : "agent 0 or a partner";
    }
}

/// <summary>What is kept of a rollout.</summary>
/// <param name="Round">The round that it was played for.</param>
/// <param name="RewardSum">Sum of the rewards of all seats and lanes.</param>
/// <param name="CostSums">Sums of the private costs by seat.</param>
/// <param name="DifferentObservations">Number of different observations; of debates the number of responses that are learned from.</param>
internal sealed record RolloutSummary(int Round, double RewardSum, double[] CostSums, int DifferentObservations)
{
    /// <summary>Of a rollout; its round is not known here.</summary>
    public static RolloutSummary Of(Rollout rollout) =>
        new(0, rollout.SeatRewards.Sum(), rollout.SeatCosts, rollout.Parts.Count > 0 ? rollout.Parts[0].Values.Length : rollout.Responses.Sum(part => part.Count));
}
