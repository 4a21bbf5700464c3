using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>
/// Checks of what messages carry, beyond what the types say. Whoever can send a message can put anything into it; a grain looks
/// at it before it allocates, computes or stores.
/// </summary>
internal static class GrainChecks
{
    /// <summary>Most cells of one row of a tournament in one message.</summary>
    public const int MaxColumns = TournamentSpec.MaxRuns;

    /// <summary>Refuses a number out of range.</summary>
    /// <exception cref="SrpoGrainException">Names the field, its value and the range.</exception>
    public static void Range(string field, long value, long low, long high)
    {
        if (value < low || value > high) throw new SrpoGrainException(FormattableString.Invariant($"{field}: {value} is out of range; use a whole number from {low} to {high}"));
    }

    /// <summary>Refuses names and definitions of absurd lengths.</summary>
    /// <exception cref="SrpoGrainException">Names the field and the limit.</exception>
    public static void Environment(EnvironmentSettings settings)
    {
        Length("environment.name", settings.Name, EnvironmentSettings.MaxNameLength);
        Length("environment.variant", settings.Variant, EnvironmentSettings.MaxNameLength);
        Length("environment.definition", settings.Definition, EnvironmentSettings.MaxDefinitionLength);
    }

    /// <summary>Refuses parameters that are infinite or not a number.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="field">What they are.</param>
    /// <param name="owner">Whose they are.</param>
    /// <exception cref="SrpoGrainException">Names owner and field.</exception>
    public static void Finite(FloatBlock parameters, string field, string owner)
    {
        if (!LearnerState.AreFinite(parameters.Span)) throw new SrpoGrainException($"'{owner}': its {field} are not all finite numbers; restore it from a checkpoint");
    }

    /// <summary>Refuses a request of a training session with numbers that no session has.</summary>
    /// <param name="problems">Problems of the spec that came with it.</param>
    /// <param name="session">Number of the session.</param>
    /// <exception cref="SrpoGrainException">Names the field.</exception>
    public static void Session(IReadOnlyList<string> problems, long session)
    {
        if (problems.Count > 0) throw new SrpoGrainException("spec: " + string.Join("; ", problems));
        Range("session", session, 0, long.MaxValue);
    }

    private static void Length(string field, string? text, int limit)
    {
        if (text?.Length > limit) throw new SrpoGrainException(FormattableString.Invariant($"{field}: {text.Length} characters are too many; use at most {limit}"));
    }
}
