using Srpo.Core.Json;
using Srpo.Core.Settings;
using Srpo.Learning;

namespace Srpo.Experiments.Reading;

/// <summary>Training settings while they are put together, with the place where each key was last written.</summary>
internal sealed record TrainingDraft(TrainingSettings Settings, IReadOnlyDictionary<string, Origin> Origins)
{
    /// <summary>How long a team trains, where steps say it; null where `iterations` does.</summary>
    public Budget? Budget { get; init; }

    public TrainingDraft Set(Setting key, JsonValue value, string field, ValueReader reader) => this with
    {
        Settings = TrainingReader.Set(key, Settings, value, field, reader),
        Origins = new Dictionary<string, Origin>(Origins, StringComparer.Ordinal) { [key.Path] = value.Origin },
        Budget = Budget.Rivals(key.Path).Count > 0 ? null : Budget,
    };

    /// <summary>Where a key was written: the place of the key itself or of its nearest parent, or the given default.</summary>
    public Origin OriginOf(string path, Origin otherwise)
    {
        foreach (var (known, origin) in Origins)
        {
            if (path == known || path.StartsWith(known + "[", StringComparison.Ordinal) || path.StartsWith(known + " ", StringComparison.Ordinal)) return origin;
        }

        return otherwise;
    }
}

/// <summary>Reads training keys from an object of an experiment.</summary>
internal static class TrainingReader
{
    /// <summary>Settings with the keys of an object worked in; unknown keys and wrong types go to the reader.</summary>
    /// <param name="draft">What the settings are so far.</param>
    /// <param name="members">The object.</param>
    /// <param name="field">Path of the object in the file, for messages.</param>
    /// <param name="others">Keys of the object that are not for training.</param>
    /// <param name="reader">Collects problems.</param>
    public static TrainingDraft Read(TrainingDraft draft, JsonObjectValue members, string field, IReadOnlyList<string> others, ValueReader reader)
    {
        foreach (var member in members.Members)
        {
            if (!others.Contains(member.Name) && !Budget.IsKey(member.Name)) draft = Read(draft, member, "", field, others, reader);
        }

        return Budget.Read(members, field, reader) is { } budget ? draft with { Budget = budget } : draft;
    }

    private static TrainingDraft Read(
        TrainingDraft draft, JsonMember member, string prefix, string field, IReadOnlyList<string> others, ValueReader reader)
    {
        var path = prefix + member.Name;
        var full = $"{field}.{path}";
        if (AllSettings.Find(path) is { } key) return draft.Set(key, member.Value, full, reader);
        if (AllSettings.NamesUnder(path + ".").Count == 0)
        {
            reader.UnknownKey(member.Origin, full, member.Name, [.. prefix.Length == 0 ? [.. others, .. Budget.Keys.Select(budget => budget.Path)] : (string[])[], .. AllSettings.NamesUnder(prefix)]);
            return draft;
        }

        if (reader.Object(member.Value, full) is not { } inner) return draft;
        foreach (var child in inner.Members) draft = Read(draft, child, path + ".", field, [], reader);
        return draft;
    }

    /// <summary>Settings with a new value. One that is out of range is refused where it stands, whatever overrides it elsewhere, and not taken: problems go to the reader.</summary>
    internal static TrainingSettings Set(Setting setting, TrainingSettings settings, JsonValue value, string field, ValueReader reader)
    {
        var changed = Read(setting, settings, value, field, reader);
        SettingsProblem[] problems = ReferenceEquals(changed, settings) ? [] : [.. setting.Check(changed)];
        foreach (var problem in problems) reader.Add(value.Origin, field + problem.Field[setting.Path.Length..], problem.Reason, problem.Remedy);
        return problems.Length == 0 ? changed : settings;
    }

    private static TrainingSettings Read(Setting setting, TrainingSettings settings, JsonValue value, string field, ValueReader reader) => setting switch
    {
        NumberSetting { IsOptional: true } number when value is JsonNullValue => number.With(settings, null),
        NumberSetting number => reader.Number(value, field) is { } read ? number.With(settings, read) : settings,
        WholeSetting whole => reader.Whole(value, field, whole.Low, whole.High) is { } read ? whole.With(settings, read) : settings,
        FlagSetting flag => reader.Boolean(value, field) is { } read ? flag.With(settings, read) : settings,
        WordSetting word => reader.Word(value, field, [.. word.Words], word.AlsoAccepts) is { } read ? word.With(settings, read) : settings,
        TextSetting text when value is JsonStringValue { Text: "" } => text.With(settings, ""),
        TextSetting text => reader.Text(value, field) is { } read ? text.With(settings, read) : settings,
        WidthsSetting widths => reader.Wholes(value, field) is { } read ? widths.With(settings, read) : settings,
        _ => throw new ArgumentException($"a {setting.GetType().Name} cannot be read", nameof(setting)),
    };
}
