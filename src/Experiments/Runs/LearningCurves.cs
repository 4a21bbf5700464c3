using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Experiments.Runs;

/// <summary>Learning curves as coordinators keep them, made into those that reports and pages draw.</summary>
public static class LearningCurves
{
    /// <summary>The curves of a population's teams, one each.</summary>
    /// <param name="label">What they are labelled with.</param>
    /// <param name="spec">The population.</param>
    /// <param name="curves">Its teams' curves, or pieces of them.</param>
    /// <exception cref="SrpoException">A point is damaged.</exception>
    public static IReadOnlyList<LearningCurve> Of(string label, PopulationSpec spec, IEnumerable<TeamCurve> curves)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(curves);
        var plan = Plan(spec);
        return [.. curves.Select(curve => new LearningCurve(label, curve.Team, [.. curve.Points.Select(point => ToPoint(point, plan))]))];
    }

    /// <summary>Who learns in the teams of a population, and from how much; null where this build could not train it.</summary>
    private static TeamPlan? Plan(PopulationSpec spec)
    {
        var environment = EnvironmentFactory.Info(spec.Environment);
        return TeamPlan.Problems(spec, environment).Count > 0 ? null : TeamPlan.For(spec, environment);
    }

    /// <summary>A point with the means over its agents, and over its adversaries for what only these have.</summary>
    private static LearningPoint ToPoint(CurvePoint point, TeamPlan? plan)
    {
        IReadOnlyList<ActorId> actors = plan?.Actors ?? [];
        var plain = new LearningPoint(point.EnvironmentSteps, point.AgentSteps, point.MeanReturn, Costs(point.SeatCosts))
        {
            Debates = point.Debates,
            PolicySteps = plan is null ? point.AgentSteps : point.Round * plan.PolicyStepsPerRound,
        };
        if (point.Debates?.Problem() is { } problem) throw new SrpoException(ErrorKind.Damaged, FormattableString.Invariant($"a learning curve holds damaged debates after round {point.Round}: {problem}"));
        if (point.Actors is not { } measured || measured.Length != actors.Count) return plain;
        return plain with
        {
            Kl = Mean(ActorKind.Adversary, metrics => metrics.Kl),
            Entropy = Mean(ActorKind.Agent, metrics => metrics.Entropy),
            ClipFraction = Mean(ActorKind.Agent, metrics => metrics.ClipFraction),
            ExplainedVariance = Mean(ActorKind.Agent, metrics => metrics.ExplainedVariance),
            PolicyLoss = Mean(ActorKind.Agent, metrics => metrics.PolicyLoss),
            ValueLoss = Mean(ActorKind.Agent, metrics => metrics.ValueLoss),
            Actors = [.. measured.Select((metrics, i) => new ActorMetrics(actors[i].ToString(), metrics))],
        };

        double? Mean(ActorKind kind, Func<UpdateMetrics, double> measure)
        {
            double[] values = [.. measured.Where((_, i) => actors[i].Kind == kind).Select(measure)];
            return values.Length == 0 ? null : values.Average();
        }
    }

    /// <summary>Seat 0, and the mean of the others, or 0 where it is alone.</summary>
    private static SeatPair Costs(double[] seats) => new(seats[0], seats.Length > 1 ? seats.Skip(1).Average() : 0);
}
