using System.Globalization;

namespace Orleans.Runtime;

/// <summary>Keys of each kind in their stored form, the same as in Orleans: hexadecimal, GUID "N", and "+" before a string part.</summary>
public static class GrainIdKeyExtensions
{
    /// <summary>The stored form of an integer key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Its hexadecimal digits.</returns>
    public static IdSpan CreateIntegerKey(long key) => CreateIntegerKey(key, null);

    /// <summary>The stored form of an integer key with a string part.</summary>
    /// <param name="key">The key.</param>
    /// <param name="keyExtension">The string part.</param>
    /// <returns>Hexadecimal digits, "+" and the string.</returns>
    public static IdSpan CreateIntegerKey(long key, string? keyExtension) =>
        IdSpan.Create(WithExtension(key.ToString("X", CultureInfo.InvariantCulture), keyExtension));

    /// <summary>The stored form of a GUID key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Its 32 digits.</returns>
    public static IdSpan CreateGuidKey(Guid key) => CreateGuidKey(key, null);

    /// <summary>The stored form of a GUID key with a string part.</summary>
    /// <param name="key">The key.</param>
    /// <param name="keyExtension">The string part.</param>
    /// <returns>32 digits, "+" and the string.</returns>
    public static IdSpan CreateGuidKey(Guid key, string? keyExtension) => IdSpan.Create(WithExtension(key.ToString("N"), keyExtension));

    /// <summary>Reads an integer key.</summary>
    /// <param name="grainId">The identity.</param>
    /// <param name="key">The key.</param>
    /// <param name="keyExt">The string part, if any.</param>
    /// <returns>Whether the key has that form.</returns>
    public static bool TryGetIntegerKey(this GrainId grainId, out long key, out string? keyExt)
    {
        var text = Split(grainId, out keyExt);
        return long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key);
    }

    /// <summary>The integer key.</summary>
    /// <param name="grainId">The identity.</param>
    /// <param name="keyExt">The string part, if any.</param>
    /// <returns>The key.</returns>
    public static long GetIntegerKey(this GrainId grainId, out string? keyExt) => grainId.TryGetIntegerKey(out var key, out keyExt)
        ? key
        : throw new ArgumentException($"The key of {grainId} is not an integer.", nameof(grainId));

    /// <summary>The integer key.</summary>
    /// <param name="grainId">The identity.</param>
    /// <returns>The key.</returns>
    public static long GetIntegerKey(this GrainId grainId) => grainId.GetIntegerKey(out _);

    /// <summary>Reads a GUID key.</summary>
    /// <param name="grainId">The identity.</param>
    /// <param name="key">The key.</param>
    /// <param name="keyExt">The string part, if any.</param>
    /// <returns>Whether the key has that form.</returns>
    public static bool TryGetGuidKey(this GrainId grainId, out Guid key, out string? keyExt)
    {
        var text = Split(grainId, out keyExt);
        return Guid.TryParseExact(text, "N", out key);
    }

    /// <summary>The GUID key.</summary>
    /// <param name="grainId">The identity.</param>
    /// <param name="keyExt">The string part, if any.</param>
    /// <returns>The key.</returns>
    public static Guid GetGuidKey(this GrainId grainId, out string? keyExt) => grainId.TryGetGuidKey(out var key, out keyExt)
        ? key
        : throw new ArgumentException($"The key of {grainId} is not a GUID.", nameof(grainId));

    /// <summary>The GUID key.</summary>
    /// <param name="grainId">The identity.</param>
    /// <returns>The key.</returns>
    public static Guid GetGuidKey(this GrainId grainId) => grainId.GetGuidKey(out _);

    private static string WithExtension(string key, string? extension) =>
        string.IsNullOrWhiteSpace(extension) ? key : $"{key}+{extension}";

    private static string Split(GrainId id, out string? extension)
    {
        var text = id.Key.ToString();
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        extension = plus < 0 ? null : text[(plus + 1)..];
        return plus < 0 ? text : text[..plus];
    }
}
