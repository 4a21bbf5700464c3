using System.Globalization;

namespace Srpo.Environments.Recordings;

/// <summary>What replaying a recording found.</summary>
/// <param name="File">The file.</param>
/// <param name="Episodes">Episodes that were replayed and agreed in everything.</param>
/// <param name="Steps">Steps that were replayed and agreed, those of a last, disagreeing episode included.</param>
/// <param name="Difference">The first disagreement; null if there is none.</param>
public sealed record RecordingReport(string File, int Episodes, long Steps, RecordingDifference? Difference)
{
    /// <summary>Whether everything agreed.</summary>
    public bool Agrees => Difference is null;

    /// <summary>
    /// The largest deviations of quantities that have a tolerance, by check and quantity, in all that was replayed. Empty where everything must
    /// agree exactly.
    /// </summary>
    public IReadOnlyList<RecordingDeviation> Deviations { get; init; } = [];

    /// <summary>One line for the terminal.</summary>
    public override string ToString() => Difference is null
        ? string.Create(CultureInfo.InvariantCulture, $"{File}: {Episodes} episodes, {Steps} steps replayed, all agree")
        : string.Create(CultureInfo.InvariantCulture, $"{Difference} (after {Episodes} episodes and {Steps} steps that agree)");
}

/// <summary>A disagreement between a recording and the rules.</summary>
/// <param name="Place">Where: file, line, episode, step from 0 (null for the start), field.</param>
/// <param name="Expected">What the recording says.</param>
/// <param name="Got">What the rules make of it.</param>
public sealed record RecordingDifference(RecordingPlace Place, string Expected, string Got)
{
    /// <summary>More about it, for example by which check it was found and how far off it is; null if there is nothing to say.</summary>
    public string? Note { get; init; }

    /// <summary>One line for the terminal.</summary>
    public override string ToString() => $"{Place}: recorded {Expected}, replayed {Got}{(Note is null ? "" : $"; {Note}")}";
}

/// <summary>The largest deviation of a quantity from a recording.</summary>
/// <param name="Check">How it was replayed, for example "one step".</param>
/// <param name="Quantity">What was compared, for example "position".</param>
/// <param name="Largest">The largest absolute difference, not negative; the largest double if a replayed value was not finite.</param>
/// <param name="Tolerance">The difference that is allowed.</param>
/// <param name="Place">Where the largest difference is; null if it is 0.</param>
public sealed record RecordingDeviation(string Check, string Quantity, double Largest, double Tolerance, RecordingPlace? Place);
