using System.Globalization;
using Srpo.Core.Settings;
using Srpo.Learning;

namespace Srpo.Dashboard.Following;

/// <summary>What populations were started with, where that differs.</summary>
internal static class SettingDifferences
{
    /// <summary>The settings that are not the same in all populations, each with its values.</summary>
    /// <param name="specs">The populations.</param>
    public static IReadOnlyList<(string Path, string[] Values)> Of(IReadOnlyList<PopulationSpec> specs)
    {
        (string Path, Func<PopulationSpec, string> Value)[] all =
        [
            ("environment", spec => spec.Environment.Name),
            ("layout", spec => spec.Environment.Variant),
            ("seeds", spec => spec.Teams.ToString(CultureInfo.InvariantCulture)),
            ("seed", spec => spec.Seed.ToString(CultureInfo.InvariantCulture)),
            .. AllSettings.All.Select(setting => (setting.Path, (Func<PopulationSpec, string>)(spec => setting.Text(spec.Training)))),
        ];
        return [.. all.Select(setting => (setting.Path, Values: specs.Select(setting.Value).ToArray())).Where(setting => setting.Values.Distinct(StringComparer.Ordinal).Count() > 1)];
    }
}
