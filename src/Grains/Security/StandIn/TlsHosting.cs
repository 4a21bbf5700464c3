namespace Srpo.Grains.Security;

/// <summary>What a program built without Orleans says of TLS: it has no connections that could be secured.</summary>
public static class TlsHosting
{
    /// <summary>Whether this program can do it.</summary>
    public static bool IsAvailable => false;

    /// <summary>Refuses settings that ask for TLS.</summary>
    /// <exception cref="TlsSettingsException">TLS is asked for.</exception>
    public static ISiloBuilder UseSrpoTls(this ISiloBuilder builder, TlsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Enabled
            ? throw new TlsSettingsException(nameof(TlsSettings.Enabled), "this program was built without Orleans and makes no connections; configure a package feed that has Microsoft.Orleans 10.2.2 with Microsoft.Orleans.Connections.Security, run scripts/detect-packages.sh --force, and build again")
            : builder;
    }
}
