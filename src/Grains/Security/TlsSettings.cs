using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Grains.Security;

/// <summary>
/// TLS between silos and between clients and silos, section "Srpo:Tls" of a silo's settings; for clients the same names in
/// the environment, Srpo__Tls__Enabled and so on.
/// </summary>
public sealed class TlsSettings
{
    /// <summary>Section of the settings.</summary>
    public const string Section = "Srpo:Tls";

    /// <summary>Whether connections use TLS 1.2 or 1.3. All silos and clients must agree. <value>False by default.</value></summary>
    public bool Enabled { get; set; }

    /// <summary>File with this process' certificate: PKCS#12 (.pfx) with its key, or PEM. A client needs one only when silos ask for it.</summary>
    public string? Certificate { get; set; }

    /// <summary>PEM file with the key of a PEM certificate; null if it is in the certificate's file.</summary>
    public string? Key { get; set; }

    /// <summary>Password of the certificate or key; better in <see cref="PasswordFile"/> or the environment than in a file of settings.</summary>
    public string? Password { get; set; }

    /// <summary>File whose first line is the password.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>
    /// PEM file with the authorities whose certificates are accepted, and with intermediate ones if there are any; null to accept
    /// those that the system trusts.
    /// </summary>
    public string? Authorities { get; set; }

    /// <summary>Whether silos refuse clients and silos that show no certificate. <value>True by default.</value></summary>
    public bool Mutual { get; set; } = true;

    /// <summary>
    /// Name that the certificates of all silos must carry, for example "silo.srpo.internal"; null for the address that is
    /// connected to, which must then be in the certificate.
    /// </summary>
    public string? ServerName { get; set; }

    /// <summary>SHA-256 thumbprints, separated by commas: only these certificates are accepted, besides being valid. Null accepts all valid ones.</summary>
    public string? Thumbprints { get; set; }

    /// <summary>Whether revocation lists are asked for, where certificates name them. <value>False by default.</value></summary>
    public bool CheckRevocation { get; set; }
}

/// <summary>A TLS setting that cannot be used. The message names the setting and the remedy, never a password.</summary>
public sealed class TlsSettingsException : Exception
{
    /// <summary>An exception of a setting.</summary>
    public TlsSettingsException(string setting, string problem, Exception? cause = null)
        : base($"{TlsSettings.Section}:{setting}: {problem} (environment variable {TlsSettings.Section.Replace(":", "__", StringComparison.Ordinal)}__{setting})", cause)
    {
    }
}

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
        Require(nameof(TlsSettings.Certificate), file, "certificate");
        if (!string.IsNullOrEmpty(settings.Key)) Require(nameof(TlsSettings.Key), settings.Key, "key");
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

    /// <summary>Refuses what is not there and what is no file: to open a pipe would wait for ever.</summary>
    private static void Require(string setting, string file, string what)
    {
        try
        {
            UserFile.Require(Path.GetFullPath(file), what, file);
        }
        catch (SrpoException error)
        {
            throw new TlsSettingsException(setting, error.Message, error);
        }
    }

    private static string? ReadPassword(TlsSettings settings)
    {
        if (string.IsNullOrEmpty(settings.PasswordFile)) return string.IsNullOrEmpty(settings.Password) ? null : settings.Password;
        if (!string.IsNullOrEmpty(settings.Password)) throw new TlsSettingsException(nameof(TlsSettings.Password), $"give it or {nameof(TlsSettings.PasswordFile)}, not both");
        try
        {
            return UserFile.ReadSecret(Path.GetFullPath(settings.PasswordFile), "password file", settings.PasswordFile).Split('\n')[0].TrimEnd('\r');
        }
        catch (SrpoException error)
        {
            throw new TlsSettingsException(nameof(TlsSettings.PasswordFile), error.Message, error);
        }
    }

    private static X509Certificate2Collection? ReadAuthorities(TlsSettings settings)
    {
        if (string.IsNullOrEmpty(settings.Authorities)) return null;
        Require(nameof(TlsSettings.Authorities), settings.Authorities, "file of authorities");
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
