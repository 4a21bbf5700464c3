using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans;

namespace Srpo.Core.Settings;

/// <summary>
/// Numbers by path, for settings that only one method has, for example "e3t.noise". Immutable, in order of the paths; equal when paths and
/// numbers are. Which paths there are, and their ranges, the method says.
/// </summary>
[GenerateSerializer, Alias("srpo.OwnSettings"), Immutable, JsonConverter(typeof(OwnSettingsConverter))]
public sealed class OwnSettings : IEquatable<OwnSettings>, IEnumerable<KeyValuePair<string, double>>
{
    [Id(0)]
    private readonly KeyValuePair<string, double>[]? _values;

    /// <summary>One that a serializer has made may lack its list.</summary>
    private KeyValuePair<string, double>[] Values => _values ?? [];

    /// <summary>Settings with these values; of a path that is given twice the last counts.</summary>
    public OwnSettings(IEnumerable<KeyValuePair<string, double>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var sorted = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (path, value) in values) sorted[path] = value;
        _values = [.. sorted];
    }

    /// <summary>The value of a path; null where it is not given.</summary>
    public double? this[string path]
    {
        get
        {
            foreach (var (known, value) in Values)
            {
                if (known == path) return value;
            }

            return null;
        }
    }

    /// <summary>Settings with another value; null, which stands for none, if that was the only one and it is taken away.</summary>
    /// <param name="own">The settings so far, or null for none.</param>
    /// <param name="path">The path.</param>
    /// <param name="value">The new value; null takes it away.</param>
    public static OwnSettings? With(OwnSettings? own, string path, double? value)
    {
        IEnumerable<KeyValuePair<string, double>> known = own is null ? [] : own;
        var rest = known.Where(setting => setting.Key != path);
        var all = new OwnSettings(value is { } number ? rest.Append(new KeyValuePair<string, double>(path, number)) : rest);
        return all.Values.Length == 0 ? null : all;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, double>> GetEnumerator() => Values.AsEnumerable().GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(OwnSettings? other) => other is not null && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OwnSettings);

    /// <inheritdoc/>
    public override int GetHashCode() => Values.Aggregate(0, (hash, setting) => HashCode.Combine(hash, setting.Key, setting.Value));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Own settings in stored state: an object with a number for each path.</summary>
public sealed class OwnSettingsConverter : JsonConverter<OwnSettings>
{
    /// <inheritdoc/>
    public override OwnSettings? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<Dictionary<string, double>>(ref reader, options) is { } values ? new OwnSettings(values) : null;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, OwnSettings value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        JsonSerializer.Serialize(writer, new Dictionary<string, double>(value), options);
    }
}
