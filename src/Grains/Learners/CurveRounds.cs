using Srpo.Core.Settings;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Which rounds have a point on the learning curve.</summary>
internal static class CurveRounds
{
    /// <summary>Round 0 has one, and every round in which an agent's interactions pass a multiple of the interval.</summary>
    public static bool HasPoint(TrainingSettings settings, TeamPlan plan, int round) =>
        settings.CurveInterval > 0 && (round == 0 || Passed(settings, plan, round) > Passed(settings, plan, round - 1));

    /// <summary>Whether a round in (known, round] has a point; -1 stands for a curve without any.</summary>
    public static bool HasPointBetween(TrainingSettings settings, TeamPlan plan, int known, int round) =>
        settings.CurveInterval > 0 && round > known && (known < 0 || Passed(settings, plan, round) > Passed(settings, plan, known));

    private static long Passed(TrainingSettings settings, TeamPlan plan, int round) => (long)round * plan.StepsPerAgent / settings.CurveInterval;
}
