using Srpo.Core.Json;
using Srpo.Core.Settings;

namespace Srpo.Experiments.Reading;

/// <summary>Reads a training setting as it is written in an experiment.</summary>
internal static class TrainingKeys
{
    /// <summary>Settings with a new value; problems go to the reader.</summary>
    public static TrainingSettings Set(this Setting setting, TrainingSettings settings, JsonValue value, string field, ValueReader reader) => setting switch
    {
        NumberSetting { IsOptional: true } number when value is JsonNullValue => number.With(settings, null),
        NumberSetting number => reader.Number(value, field) is { } read ? number.With(settings, read) : settings,
        WholeSetting whole => reader.Whole(value, field) is { } read ? whole.With(settings, read) : settings,
        FlagSetting flag => reader.Boolean(value, field) is { } read ? flag.With(settings, read) : settings,
        WordSetting word => reader.Word(value, field, [.. word.Words]) is { } read ? word.With(settings, read) : settings,
        WidthsSetting widths => reader.Wholes(value, field) is { } read ? widths.With(settings, read) : settings,
        _ => throw new ArgumentException($"a {setting.GetType().Name} cannot be read", nameof(setting)),
    };
}
