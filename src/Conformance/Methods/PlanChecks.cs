using Srpo.Core.Settings;
using Srpo.Learning;
using Srpo.Learning.Methods;
using static Srpo.Conformance.BrokenException;

namespace Srpo.Conformance.Methods;

/// <summary>What a method says of itself, and of who sits where.</summary>
internal static class PlanChecks
{
    public static string? Description(MethodSubject subject)
    {
        var method = subject.Method;
        Unless(PopulationSpec.IsValidName(method.Id), $"its id '{method.Id}' cannot be typed");
        foreach (var (what, text) in new[] { ("title", method.Title), ("source", method.Source), ("summary", method.Summary) })
            Unless(!string.IsNullOrWhiteSpace(text) && !text.Contains('\n', StringComparison.Ordinal), $"its {what} is empty or has several lines");
        Unless(MethodRegistry.All.Count(other => other.Title == method.Title) == 1, $"another method has the title '{method.Title}', too");
        foreach (var own in method.OwnSettings)
        {
            Unless(own.Path.Contains('.', StringComparison.Ordinal), $"the path of its setting '{own.Path}' has no dot; begin it with what the method is called");
            Unless(own.Low <= own.Default && own.Default <= own.High, $"the default {own.Default} of {own.Path} is not between {own.Low} and {own.High}");
            Unless(!string.IsNullOrWhiteSpace(own.Description), $"{own.Path} is not described");
            Unless(method.Heeds(own.Path), $"it does not heed {own.Path}, which is its own");
            Unless(MethodRegistry.All.All(other => other.Id == method.Id || other.OwnSettings.All(setting => setting.Path != own.Path)), $"{own.Path} is a setting of another method, too");
        }

        return null;
    }

    public static string? Plan(MethodSubject subject)
    {
        foreach (var (what, each) in new[] { ("", subject), ("with sharePolicy, ", subject.With(settings => settings with { SharePolicy = !settings.SharePolicy })), ("with splitLanes, ", subject.With(settings => settings with { SplitLanes = true, Lanes = 12 })) })
        {
            if (TeamPlan.Problems(each.Spec, each.Environment).Count > 0) continue;
            Require(each, what);
        }

        return null;
    }

    private static void Require(MethodSubject subject, string what)
    {
        var plan = subject.Plan;
        var actors = plan.Actors;
        Unless(actors.Count > 0 && actors[0].Kind == ActorKind.Agent, $"{what}its first actor is no agent");
        Unless(actors.Distinct().Count() == actors.Count, $"{what}an actor is named twice");
        Unless(actors.SequenceEqual(actors.OrderBy(actor => actor.Kind).ThenBy(actor => actor.Seat)), $"{what}its actors are not in order: agents by seat, then adversaries by seat");
        var agents = actors.Count(actor => actor.Kind == ActorKind.Agent);
        var one = subject.Method.UsesOnePolicy(subject.Settings);
        Unless(agents == (one ? 1 : plan.Agents), $"{what}it has {agents} agents for {plan.Agents} seats; UsesOnePolicy is {(one ? "true" : "false")}");
        foreach (var actor in actors)
        {
            var start = subject.Method.StartsAs(subject.Settings, actor);
            Unless(start >= 0 && start < plan.Agents, $"{what}{actor} starts as the agent of seat {start}; there are {plan.Agents}");
        }

        Unless(plan.Instances.Count > 0, $"{what}a round has no rollouts");
        for (var i = 0; i < plan.Instances.Count; i++)
        {
            var instance = plan.Instances[i];
            var players = instance.Actors.Count + plan.Opponents + plan.Partners + instance.Mirrors.Count;
            Unless(instance.Actors.Count > 0 && instance.Actors.All(actor => (uint)actor < (uint)actors.Count), $"{what}rollout {i} names an actor that there is not");
            Unless(instance.Actors.Distinct().Count() == instance.Actors.Count, $"{what}rollout {i} names an actor twice");
            Unless(instance.Cast.Count == plan.Seats, $"{what}rollout {i} casts {instance.Cast.Count} seats; the environment has {plan.Seats}");
            Unless(instance.Cast.All(player => (uint)player < (uint)players), $"{what}rollout {i} casts a player that there is not; there are {players}");
            Unless(instance.Lanes > 0 && instance.FirstLane >= 0, $"{what}rollout {i} has {instance.Lanes} lanes from {instance.FirstLane} on");
            Unless(instance.Mirrors.All(mirror => (uint)mirror.Actor < (uint)instance.Actors.Count && mirror.Noise is >= 0 and <= 1), $"{what}rollout {i} mirrors an actor that there is not, or with noise outside 0 to 1");
        }

        for (var i = 0; i < plan.Instances.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (first, second) = (plan.Instances[j], plan.Instances[i]);
                Unless(
                    first.FirstLane + first.Lanes <= second.FirstLane || second.FirstLane + second.Lanes <= first.FirstLane,
                    $"{what}rollouts {j} and {i} draw from the same lanes of the random streams: {first.FirstLane} to {first.FirstLane + first.Lanes - 1} and {second.FirstLane} to {second.FirstLane + second.Lanes - 1}");
            }
        }

        for (var actor = 0; actor < actors.Count; actor++)
        {
            var objective = plan.Objectives[actor];
            Unless(double.IsFinite(objective.EntropyWeight) && double.IsFinite(objective.KlWeight) && objective.KlWeight >= 0, $"{what}the weights of {actors[actor]} are {objective.EntropyWeight} (entropy) and {objective.KlWeight} (KL)");
            Unless(objective.Reward == RewardSource.Nothing || plan.Instances.Any(instance => instance.Actors.Contains(actor)), $"{what}{actors[actor]} is said to learn, and plays in no rollout");
            Unless(subject.Method.Learns || actors[actor].Kind != ActorKind.Agent || objective.Reward == RewardSource.Nothing, $"{what}{actors[actor]} learns; Learns is false");
        }

        Unless(plan.PolicyStepsPerRound > 0 && plan.PolicyStepsPerRound <= plan.StepsPerRound * plan.Agents, $"{what}agents have {plan.PolicyStepsPerRound} steps of their own in {plan.StepsPerRound} steps of the environment");
    }

    public static string? Settings(MethodSubject subject)
    {
        foreach (var own in subject.Method.OwnSettings)
        {
            foreach (var value in new[] { own.Low, own.Default, own.High })
            {
                var changed = subject.With(settings => settings with { Own = new OwnSettings([new(own.Path, value)]) });
                var problems = TeamPlan.Problems(changed.Spec, changed.Environment);
                Unless(problems.Count == 0, $"{own.Path} = {value}, which is in its range, is refused: {string.Join("; ", problems)}");
                foreach (var objective in changed.Plan.Objectives)
                    Unless(double.IsFinite(objective.EntropyWeight) && double.IsFinite(objective.KlWeight), $"{own.Path} = {value} gives weights {objective.EntropyWeight} (entropy) and {objective.KlWeight} (KL)");
            }
        }

        if (subject.Method.Heeds("tau")) return null;
        Unless(
            Objectives(subject.With(settings => settings with { Tau = 0.1 })).SequenceEqual(Objectives(subject.With(settings => settings with { Tau = 50 }))),
            $"tau changes what its actors learn from; Heeds(\"tau\") is false, so that a population would be taken for one of another tau");
        return null;

        static IReadOnlyList<Objective> Objectives(MethodSubject of) => of.Plan.Objectives;
    }
}
