using System.Net;
using System.Net.Security;
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
