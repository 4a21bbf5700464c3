namespace Srpo.Grains.Security;

/// <summary>A TLS setting that cannot be used. The message names the setting and the remedy, never a password.</summary>
public sealed class TlsSettingsException : Exception
{
    /// <summary>An exception of a setting.</summary>
    public TlsSettingsException(string setting, string problem, Exception? cause = null)
        : base($"{TlsSettings.Section}:{setting}: {problem} (environment variable {TlsSettings.Section.Replace(":", "__", StringComparison.Ordinal)}__{setting})", cause)
    {
    }
}
