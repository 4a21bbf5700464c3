using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Orleans.Connections.Security;

namespace Srpo.Grains.Security;

/// <summary>Puts TLS under the connections of silos and clients.</summary>
public static class TlsHosting
{
    /// <summary>Secures silo-to-silo and client-to-silo connections of a silo, if the settings ask for it.</summary>
    /// <exception cref="TlsSettingsException">A setting cannot be used.</exception>
    public static ISiloBuilder UseSrpoTls(this ISiloBuilder builder, TlsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!settings.Enabled) return builder;
        var identity = TlsIdentity.Load(settings, needsOwn: true);
        return builder.UseTls(options => Apply(options, settings, identity));
    }

    /// <summary>Secures the connections of a client, if the settings ask for it.</summary>
    /// <exception cref="TlsSettingsException">A setting cannot be used.</exception>
    public static IClientBuilder UseSrpoTls(this IClientBuilder builder, TlsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!settings.Enabled) return builder;
        var identity = TlsIdentity.Load(settings, needsOwn: settings.Mutual);
        return builder.UseTls(options => Apply(options, settings, identity));
    }

    private static void Apply(TlsOptions options, TlsSettings settings, TlsIdentity identity)
    {
        options.LocalCertificate = identity.Own;
        options.CheckCertificateRevocation = settings.CheckRevocation;

        // A certificate that is shown is always judged; whether one must be shown depends on the settings.
        options.RemoteCertificateMode = settings.Mutual ? RemoteCertificateMode.RequireCertificate : RemoteCertificateMode.AllowCertificate;
        options.ClientCertificateMode = options.RemoteCertificateMode;
        options.RemoteCertificateValidation = (certificate, chain, errors) => PeerCheck.Accept(identity, certificate, chain, errors);
        options.OnAuthenticateAsServer = (_, server) =>
            ((SslServerAuthenticationOptions)server.SslServerAuthenticationOptions).CertificateChainPolicy = PeerCheck.Policy(identity, settings.CheckRevocation);
        options.OnAuthenticateAsClient = (connection, client) =>
        {
            client.TargetHost = string.IsNullOrEmpty(settings.ServerName) ? AddressOf(connection) : settings.ServerName;
            ((SslClientAuthenticationOptions)client.SslClientAuthenticationOptions).CertificateChainPolicy = PeerCheck.Policy(identity, settings.CheckRevocation);
        };
    }

    private static string AddressOf(ConnectionContext connection) => connection.RemoteEndPoint switch
    {
        IPEndPoint address => (address.Address.IsIPv4MappedToIPv6 ? address.Address.MapToIPv4() : address.Address).ToString(),
        DnsEndPoint name => name.Host,
        _ => "",
    };
}

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
