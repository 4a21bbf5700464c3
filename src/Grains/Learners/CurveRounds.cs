using Srpo.Core.Settings;

namespace Srpo.Grains;

/// <summary>Which rounds have a point on the learning curve.</summary>
internal static class CurveRounds
{
    /// <summary>Round 0 has one, and every round in which an agent's interactions pass a multiple of the interval.</summary>
    public static bool HasPoint(TrainingSettings settings, int round) =>
        settings.CurveInterval > 0 && (round == 0 || Passed(settings, round) > Passed(settings, round - 1));

    /// <summary>Whether a round in (known, round] has a point; -1 stands for a curve without any.</summary>
    public static bool HasPointBetween(TrainingSettings settings, int known, int round) =>
        settings.CurveInterval > 0 && round > known && (known < 0 || Passed(settings, round) > Passed(settings, known));

    private static long Passed(TrainingSettings settings, int round) => (long)round * settings.SamplesPerUpdate / settings.CurveInterval;
}
