using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Srpo.Grains.Security;

/// <summary>Judges the certificate of the other end of a connection.</summary>
public static class PeerCheck
{
    /// <summary>How chains are built: from our authorities only, if there are any.</summary>
    public static X509ChainPolicy Policy(TlsIdentity identity, bool checkRevocation)
    {
        ArgumentNullException.ThrowIfNull(identity);
        var policy = new X509ChainPolicy { RevocationMode = checkRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck };
        if (identity.Authorities is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        foreach (var authority in identity.Authorities)
            (authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData) ? policy.CustomTrustStore : policy.ExtraStore).Add(authority);
        return policy;
    }

    /// <summary>Accepts a certificate, or says why not.</summary>
    /// <returns>True.</returns>
    /// <exception cref="AuthenticationException">The certificate is refused; the message, which goes to the log, says why.</exception>
    public static bool Accept(TlsIdentity identity, X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(certificate);
        var reasons = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) reasons.Add($"it does not carry the name that was connected to ({TlsSettings.Section}:{nameof(TlsSettings.ServerName)})");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            reasons.Add(chain is { ChainStatus.Length: > 0 } ? string.Join(", ", chain.ChainStatus.Select(status => status.Status)) : "its chain is not valid");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) reasons.Add("there is none");
        if (identity.Pinned.Count > 0 && !identity.Pinned.Contains(certificate.GetCertHashString(HashAlgorithmName.SHA256)))
            reasons.Add($"its SHA-256 thumbprint is not among {TlsSettings.Section}:{nameof(TlsSettings.Thumbprints)}");
        if (reasons.Count == 0) return true;
        throw new AuthenticationException($"the certificate '{certificate.Subject}' of the other end is refused: {string.Join("; ", reasons)}");
    }
}
