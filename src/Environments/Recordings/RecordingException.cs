using System.Globalization;

namespace Srpo.Environments.Recordings;

/// <summary>A recording cannot be read: damaged file, bad JSON, a field that is missing or of the wrong type or range.</summary>
public sealed class RecordingException : FormatException
{
    /// <summary>Makes the error.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="problem">What is wrong and, where there is one, the remedy.</param>
    /// <param name="inner">The cause, or null.</param>
    public RecordingException(RecordingPlace place, string problem, Exception? inner = null)
        : base($"{place}: {problem}", inner) => Place = place;

    /// <summary>Where the error is.</summary>
    public RecordingPlace Place { get; }
}

/// <summary>A place in a recording; what is not known or does not apply is null.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">Line within the (unpacked) file, from 1.</param>
/// <param name="Episode">The episode's id.</param>
/// <param name="Step">Index in the episode's list of steps, from 0.</param>
/// <param name="Field">The field, for example "pos[1]".</param>
public readonly record struct RecordingPlace(string File, int? Line = null, string? Episode = null, int? Step = null, string? Field = null)
{
    /// <summary>For example "games.jsonl: line 3, episode public-002, step 17, field cost[0]".</summary>
    public override string ToString() => WithinFile() is { Length: > 0 } place ? $"{File}: {place}" : File;

    /// <summary>The place without the file, for example "line 3, episode public-002, step 17, field cost[0]"; empty if it is the whole file.</summary>
    public string WithinFile() => string.Join(", ", Parts());

    private List<string> Parts()
    {
        var parts = new List<string>();
        if (Line is { } line) parts.Add(string.Create(CultureInfo.InvariantCulture, $"line {line}"));
        if (Episode is not null) parts.Add($"episode {Episode}");
        if (Step is { } step) parts.Add(string.Create(CultureInfo.InvariantCulture, $"step {step}"));
        if (Field is not null) parts.Add($"field {Field}");
        return parts;
    }
}
