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
