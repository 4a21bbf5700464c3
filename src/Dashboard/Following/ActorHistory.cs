using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;
using Srpo.Learning.Plugins;

namespace Srpo.Dashboard.Following;

/// <summary>The measures of one agent or adversary in the course of training.</summary>
internal static class ActorHistory
{
    /// <summary>Who learns in the teams of a population; nobody where this build could not train it, or lacks a plug-in.</summary>
    /// <param name="spec">The population.</param>
    public static IReadOnlyList<ActorId> Actors(PopulationSpec spec)
    {
        if (LoadedPlugins.Missing(spec.Plugins) is not null) return [];
        var environment = EnvironmentFactory.Info(spec.Environment);
        return TeamPlan.Problems(spec, environment).Count > 0 ? [] : TeamPlan.For(spec, environment).Actors;
    }

    /// <summary>A curve whose diagnostics are those of one actor, for the figures of learning curves.</summary>
    /// <param name="curve">The curve of its team.</param>
    /// <param name="actor">Who, as curves name it.</param>
    public static LearningCurve Of(LearningCurve curve, string actor) => curve with
    {
        Points =
        [
            .. curve.Points.Select(point => point.Actors.IsDefaultOrEmpty || point.Actors.FirstOrDefault(measured => measured.Actor == actor)?.Metrics is not { } metrics
                ? new LearningPoint(point.EnvSteps, point.AgentSteps, point.MeanReturn, default) { PolicySteps = point.PolicySteps }
                : new LearningPoint(point.EnvSteps, point.AgentSteps, metrics.Return, default)
                {
                    PolicySteps = point.PolicySteps,
                    Kl = metrics.Kl == 0 ? null : metrics.Kl,
                    Entropy = metrics.Entropy,
                    ClipFraction = metrics.ClipFraction,
                    ExplainedVariance = metrics.ExplainedVariance,
                    PolicyLoss = metrics.PolicyLoss,
                    ValueLoss = metrics.ValueLoss,
                }),
        ],
    };
}
