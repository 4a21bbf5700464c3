using System.Globalization;

namespace Srpo.Reporting.Files;

/// <summary>Names of layouts as parts of file names.</summary>
internal static class FileNames
{
    /// <summary>
    /// One name per layout, all different also where case does not matter: letters a-z, digits, '-', '_' and '.' stay, letters
    /// become small, anything else is '-'; a name that is taken gets a number.
    /// </summary>
    public static string[] ForLayouts(IEnumerable<string> layouts)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. layouts.Select(layout =>
        {
            var plain = string.Concat(layout.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));
            var name = plain;
            for (var number = 2; !taken.Add(name); number++)
                name = string.Create(CultureInfo.InvariantCulture, $"{plain}-{number}");
            return name;
        })];
    }
}
