using System.Globalization;

namespace Srpo.Environments.Recordings;

/// <summary>What replaying a recording found.</summary>
/// <param name="File">The file.</param>
/// <param name="Episodes">Episodes that were replayed and agreed in everything.</param>
/// <param name="Steps">Steps that were replayed and agreed, those of a last, disagreeing episode included.</param>
/// <param name="Difference">The first disagreement, where the replay stopped; null if there is none.</param>
public sealed record RecordingReport(string File, int Episodes, long Steps, RecordingDifference? Difference)
{
    /// <summary>Whether everything agreed.</summary>
    public bool Agrees => Difference is null;

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
    /// <summary>One line for the terminal.</summary>
    public override string ToString() => $"{Place}: recorded {Expected}, replayed {Got}";
}
