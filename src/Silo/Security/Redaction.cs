using System.Text;

namespace Srpo.Silo;

/// <summary>Keeps secrets out of logs and messages.</summary>
internal static class Redaction
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Hidden = "(hidden)";

    private static readonly string[] Secret = ["password", "passwd", "pwd", "secret", "token", "connectionstring", "accountkey", "accesskey", "apikey", "credential", "sas"];

    /// <summary>A setting's value as it may be shown: hidden if its name or its form says that it is secret.</summary>
    /// <param name="name">Name of the setting, with or without its sections.</param>
    /// <param name="value">Its value.</param>
    public static string Show(string name, object? value)
    {
        var text = Convert.ToString(value) ?? "";
        if (text.Length == 0) return "";

        // The name of a file with a secret is no secret.
        var last = name[(name.LastIndexOf(':') + 1)..];
        if (last.EndsWith("File", StringComparison.OrdinalIgnoreCase)) return text;
        if (Array.Exists(Secret, word => last.Contains(word, StringComparison.OrdinalIgnoreCase))) return Hidden;
        if (name.Contains("ConnectionStrings:", StringComparison.OrdinalIgnoreCase)) return Hidden;
        return LooksSecret(text) ? Hidden : text;
    }

    /// <summary>The settings of a section, one a line, without secrets; what is not set is left out.</summary>
    public static string Describe(IConfiguration section)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in section.AsEnumerable().OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (!string.IsNullOrEmpty(value)) text.Append(text.Length == 0 ? "" : Environment.NewLine).Append("  ").Append(name).Append(" = ").Append(Show(name, value));
        }

        return text.ToString();
    }

    /// <summary>Whether a text has the form of a connection string with a secret in it, or of an address with one.</summary>
    private static bool LooksSecret(string text)
    {
        foreach (var part in text.Split(';'))
        {
            var sign = part.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0) continue;
            var key = part[..sign].Replace(" ", "", StringComparison.Ordinal);
            if (Array.Exists(Secret, word => key.EndsWith(word, StringComparison.OrdinalIgnoreCase))) return true;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.UserInfo.Contains(':', StringComparison.Ordinal) || url.Query.Contains("sig=", StringComparison.OrdinalIgnoreCase));
    }
}
