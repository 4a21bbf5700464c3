using System.Collections.Immutable;

namespace Srpo.Core.Results;

/// <summary>The training of one run: evaluation results in the order of training.</summary>
/// <param name="Method">The method's key, for instance <c>srpo</c>.</param>
/// <param name="Run">The number of the run within the method's population, from 0.</param>
/// <param name="Points">The points, environment steps ascending.</param>
public sealed record LearningCurve(string Method, int Run, ImmutableArray<LearningPoint> Points)
{
    /// <summary>Method and run as a label.</summary>
    public AgentLabel Label => new(Method, Run);
}

/// <summary>One evaluation during training; diagnostics are null where they were not measured.</summary>
/// <param name="EnvSteps">Environment steps of the run so far.</param>
/// <param name="AgentSteps">Environment steps so far in which each agent took part.</param>
/// <param name="MeanReturn">Mean score of an episode: the sum of the team's rewards, or one of them where they are shared.</param>
/// <param name="SeatCosts">Mean private cost per episode of seat 0, and the mean over the other seats.</param>
public sealed record LearningPoint(long EnvSteps, long AgentSteps, double MeanReturn, SeatPair SeatCosts)
{
    /// <summary>Steps of its own from which each agent's policy has learned so far; the agent's steps unless several seats are its own, or take turns.</summary>
    public long PolicySteps { get; init; } = AgentSteps;

    /// <summary>Mean KL divergence between adversary and the partner it imitates, in nats.</summary>
    public double? Kl { get; init; }

    /// <summary>Mean entropy of the agents' policies, in nats.</summary>
    public double? Entropy { get; init; }

    /// <summary>Share of samples on which PPO's ratio was clipped, 0 to 1.</summary>
    public double? ClipFraction { get; init; }

    /// <summary>1 - Var(return - value) / Var(return) of the agents' critics; 1 is perfect, 0 is no better than a constant.</summary>
    public double? ExplainedVariance { get; init; }

    /// <summary>Mean loss of the agents' policies.</summary>
    public double? PolicyLoss { get; init; }

    /// <summary>Mean squared error of the agents' critics.</summary>
    public double? ValueLoss { get; init; }

    /// <summary>The validation debates of this point, question by question, where episodes are debates; else null.</summary>
    public DebateOutcomes? Debates { get; init; }

    /// <summary>Measures of every actor's update behind this point; none where they were not measured.</summary>
    public ImmutableArray<ActorMetrics> Actors { get; init; } = [];
}

/// <summary>Measures of one actor's update.</summary>
/// <param name="Actor">Who, for instance <c>agent 0</c>.</param>
/// <param name="Metrics">The measures.</param>
public sealed record ActorMetrics(string Actor, UpdateMetrics Metrics);
