using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Srpo.Grains.Security;

/// <summary>Certificates read from files: this process' own, and whom it trusts.</summary>
/// <param name="Own">This process' certificate with its key; null for a client that shows none.</param>
/// <param name="Authorities">Self-signed authorities and intermediate ones; null to trust whom the system trusts.</param>
/// <param name="Pinned">SHA-256 thumbprints in upper case; empty accepts every valid certificate.</param>
public sealed record TlsIdentity(X509Certificate2? Own, X509Certificate2Collection? Authorities, IReadOnlySet<string> Pinned)
{
    private const int ThumbprintLength = 64;

    /// <summary>Reads the files that settings name.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="needsOwn">Whether this process must have a certificate: silos always, clients of silos that ask for one.</param>
    /// <exception cref="TlsSettingsException">A file is missing or cannot be used, or settings contradict each other.</exception>
    public static TlsIdentity Load(TlsSettings settings, bool needsOwn)
    {
        ArgumentNullException.ThrowIfNull(settings);
        X509Certificate2? own = null;
        if (!string.IsNullOrEmpty(settings.Certificate)) own = Read(settings);
        else if (needsOwn) throw new TlsSettingsException(nameof(TlsSettings.Certificate), "no certificate is given; name a .pfx or PEM file");
        if (own is not null && DateTime.Now > own.NotAfter)
            throw new TlsSettingsException(nameof(TlsSettings.Certificate), $"'{settings.Certificate}' expired on {own.NotAfter:yyyy-MM-dd}; renew it");
        return new TlsIdentity(own, ReadAuthorities(settings), ReadPins(settings));
    }

    private static X509Certificate2 Read(TlsSettings settings)
    {
        var file = settings.Certificate!;
        var password = ReadPassword(settings);
        try
        {
            var pem = File.ReadAllText(file).Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal);
            using var read = !pem ? X509CertificateLoader.LoadPkcs12FromFile(file, password, X509KeyStorageFlags.Exportable)
                : password is null ? X509Certificate2.CreateFromPemFile(file, settings.Key)
                : X509Certificate2.CreateFromEncryptedPemFile(file, password, settings.Key);
            if (!read.HasPrivateKey) throw new TlsSettingsException(nameof(TlsSettings.Certificate), $"'{file}' has no private key; give a .pfx with its key, or name the key's PEM file in {nameof(TlsSettings.Key)}");

            // Windows cannot use the key of a PEM file as it was read.
            return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new TlsSettingsException(nameof(TlsSettings.Certificate), $"'{file}' cannot be used: {error.Message} Check the file, its key and its password", error);
        }
    }

    private static string? ReadPassword(TlsSettings settings)
    {
        if (string.IsNullOrEmpty(settings.PasswordFile)) return string.IsNullOrEmpty(settings.Password) ? null : settings.Password;
        if (!string.IsNullOrEmpty(settings.Password)) throw new TlsSettingsException(nameof(TlsSettings.Password), $"give it or {nameof(TlsSettings.PasswordFile)}, not both");
        try
        {
            return File.ReadLines(settings.PasswordFile).FirstOrDefault() ?? "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TlsSettingsException(nameof(TlsSettings.PasswordFile), error.Message, error);
        }
    }

    private static X509Certificate2Collection? ReadAuthorities(TlsSettings settings)
    {
        if (string.IsNullOrEmpty(settings.Authorities)) return null;
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPemFile(settings.Authorities);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new TlsSettingsException(nameof(TlsSettings.Authorities), $"'{settings.Authorities}' cannot be used: {error.Message}", error);
        }

        return found.Count > 0 ? found : throw new TlsSettingsException(nameof(TlsSettings.Authorities), $"'{settings.Authorities}' has no certificate in PEM form");
    }

    private static HashSet<string> ReadPins(TlsSettings settings)
    {
        var pins = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pin in (settings.Thumbprints ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var plain = pin.Replace(":", "", StringComparison.Ordinal);
            if (plain.Length != ThumbprintLength || !plain.All(char.IsAsciiHexDigit))
                throw new TlsSettingsException(nameof(TlsSettings.Thumbprints), $"'{pin}' is not a SHA-256 thumbprint; use 64 hexadecimal digits, as `openssl x509 -noout -fingerprint -sha256` prints");
            pins.Add(plain);
        }

        return pins;
    }
}
