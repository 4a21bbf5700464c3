using System.Globalization;
using System.Numerics;

namespace Srpo.Environments.Recordings;

/// <summary>
/// Compares what rules make of a recording with what the recording says: keeps the first difference, and the largest deviation of every
/// quantity that has a tolerance.
/// </summary>
internal sealed class RecordingComparer
{
    private readonly List<RecordingQuantity> _quantities = [];

    /// <summary>Where the replay is; fields are filled in here.</summary>
    internal RecordingPlace Place { get; set; }

    /// <summary>The first difference, or null.</summary>
    internal RecordingDifference? First { get; private set; }

    internal bool Agrees => First is null;

    /// <summary>The largest deviations so far, in the order of the quantities.</summary>
    internal IReadOnlyList<RecordingDeviation> Deviations => [.. _quantities.Select(quantity => quantity.Deviation)];

    /// <summary>Adds a quantity that need not agree exactly.</summary>
    /// <param name="check">How it is replayed, for example "one step".</param>
    /// <param name="name">What is compared, for example "position".</param>
    /// <param name="tolerance">The difference that is allowed.</param>
    internal RecordingQuantity Quantity(string check, string name, double tolerance)
    {
        var quantity = new RecordingQuantity(check, name, tolerance);
        _quantities.Add(quantity);
        return quantity;
    }

    /// <summary>A value that must be the same.</summary>
    internal void Same<T>(string field, T recorded, T replayed)
    {
        if (!EqualityComparer<T>.Default.Equals(recorded, replayed)) Differ(field, Text(recorded), Text(replayed));
    }

    /// <summary>An entry of a list that must be the same.</summary>
    internal void Same<T>(string field, int index, T recorded, T replayed)
    {
        if (!EqualityComparer<T>.Default.Equals(recorded, replayed)) Differ(At(field, index), Text(recorded), Text(replayed));
    }

    /// <summary>A list that must be the same as a whole.</summary>
    internal void SameList(string field, IReadOnlyList<int> recorded, IReadOnlyList<int> replayed)
    {
        if (!recorded.SequenceEqual(replayed)) Differ(field, $"[{string.Join(",", recorded.Select(Text))}]", $"[{string.Join(",", replayed.Select(Text))}]");
    }

    /// <summary>A number that may be off by its quantity's tolerance.</summary>
    /// <param name="quantity">What it is.</param>
    /// <param name="field">The list that it is an entry of.</param>
    /// <param name="index">Its index.</param>
    /// <param name="inner">Its index in the inner list, null where there is none.</param>
    /// <param name="recorded">As recorded.</param>
    /// <param name="replayed">As replayed.</param>
    internal void Near<T>(RecordingQuantity quantity, string field, int index, int? inner, double recorded, T replayed)
        where T : struct, INumber<T>
    {
        var deviation = Math.Abs(recorded - double.CreateChecked(replayed));
        if (!double.IsFinite(deviation)) deviation = double.MaxValue;
        if (deviation <= quantity.Largest && deviation <= quantity.Tolerance) return;
        var name = inner is { } second ? At(At(field, index), second) : At(field, index);
        if (deviation > quantity.Largest) quantity.Raise(deviation, Place with { Field = name });
        if (deviation <= quantity.Tolerance) return;
        Differ(
            name, Text(recorded), Text(replayed), string.Create(CultureInfo.InvariantCulture, $"{quantity.Check}, off by {deviation:0.0e+0}, tolerance {quantity.Tolerance:0e+0}"));
    }

    /// <summary>A difference, unless there was one before.</summary>
    internal void Differ(string field, string recorded, string replayed, string? note = null) =>
        First ??= new RecordingDifference(Place with { Field = field }, recorded, replayed) { Note = note };

    /// <summary>Says more about the difference that was found.</summary>
    internal void Explain(string note) => First = First! with { Note = $"{First.Note}; {note}" };

    internal static string Text<T>(T value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null";

    private static string At(string field, int index) => string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]");
}

/// <summary>A quantity with a tolerance, and how far it was off at most.</summary>
internal sealed class RecordingQuantity(string check, string name, double tolerance)
{
    private RecordingPlace? _place;

    internal string Check => check;

    internal double Tolerance => tolerance;

    /// <summary>The largest absolute difference so far; the largest double if a replayed value was not finite.</summary>
    internal double Largest { get; private set; }

    internal RecordingDeviation Deviation => new(check, name, Largest, tolerance, _place);

    internal void Raise(double deviation, RecordingPlace place) => (Largest, _place) = (deviation, place);
}
