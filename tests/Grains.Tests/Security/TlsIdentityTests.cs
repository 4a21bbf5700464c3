using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Srpo.Grains.Security;

namespace Srpo.Grains.Tests;

/// <summary>Certificates of the settings and the judgement of others'; needs no Orleans.</summary>
public sealed class TlsIdentityTests : IDisposable
{
    private readonly TestDirectory _files = new();
    private readonly TestAuthority _authority;
    private readonly X509Certificate2 _issued;

    public TlsIdentityTests()
    {
        _authority = new TestAuthority(_files, "ours");
        _issued = _authority.Issue("silo");
    }

    [Fact]
    public void Pfx_and_pem_give_the_same_certificate_with_its_key()
    {
        File.WriteAllText(_files.File("password"), TestAuthority.Password + "\n");
        var settings = new[]
        {
            _authority.Settings("silo"),
            new TlsSettings { Certificate = _files.File("silo.pfx"), PasswordFile = _files.File("password") },
            new TlsSettings { Certificate = _files.File("silo.pem"), Key = _files.File("silo.key") },
        };
        foreach (var one in settings)
        {
            var own = TlsIdentity.Load(one, needsOwn: true).Own!;
            Assert.True(own.HasPrivateKey);
            Assert.Equal(_issued.Thumbprint, own.Thumbprint);
        }
    }

    [Fact]
    public void What_cannot_be_used_is_named_without_the_password()
    {
        _authority.Issue("old", days: -1);
        Expect(new TlsSettings(), "Srpo:Tls:Certificate", "no certificate");
        Expect(new TlsSettings { Certificate = _files.File("none.pfx") }, "Srpo:Tls:Certificate", "none.pfx");
        foreach (var settings in new[] { With(settings => settings.Certificate = _files.File(".")), With(settings => settings.Authorities = _files.File(".")), new TlsSettings { Certificate = _files.File("silo.pfx"), PasswordFile = _files.File(".") } })
            Expect(settings, "is a directory, not a file; name a file");
        Expect(new TlsSettings { Certificate = _files.File("silo.pfx"), Password = "wrong-secret" }, "Srpo:Tls:Certificate", "password");
        Expect(new TlsSettings { Certificate = _files.File("silo.pem") }, "Srpo:Tls:Certificate", "key");
        Expect(new TlsSettings { Certificate = _files.File("old.pem"), Key = _files.File("old.key") }, "Srpo:Tls:Certificate", "expired");
        Expect(new TlsSettings { Certificate = _files.File("silo.pfx"), Password = "wrong-secret", PasswordFile = "x" }, "Srpo:Tls:Password", "not both");
        Expect(new TlsSettings { Certificate = _files.File("silo.pfx"), PasswordFile = _files.File("none") }, "Srpo:Tls:PasswordFile", "none");
        Expect(With(settings => settings.Authorities = _files.File("silo.key")), "Srpo:Tls:Authorities", "PEM");
        Expect(With(settings => settings.Thumbprints = "12:34"), "Srpo:Tls:Thumbprints", "64");
    }

    [Fact]
    public void Only_certificates_of_our_authority_are_accepted()
    {
        using var others = new TestAuthority(_files, "theirs");
        var identity = TlsIdentity.Load(_authority.Settings("silo"), needsOwn: true);

        Assert.True(Judge(identity, _issued));
        Assert.Contains("refused", Assert.Throws<AuthenticationException>(() => Judge(identity, others.Issue("stranger"))).Message, StringComparison.Ordinal);
        Assert.Throws<AuthenticationException>(() => Judge(identity, _authority.Issue("late", days: -1)));
        Assert.Contains("ServerName", Assert.Throws<AuthenticationException>(() => PeerCheck.Accept(identity, _issued, null, SslPolicyErrors.RemoteCertificateNameMismatch)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Thumbprints_narrow_it_down()
    {
        var settings = _authority.Settings("silo");
        settings.Thumbprints = new string('0', 64) + ", " + _issued.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
        var identity = TlsIdentity.Load(settings, needsOwn: true);

        Assert.True(Judge(identity, _issued));
        Assert.Contains("Thumbprints", Assert.Throws<AuthenticationException>(() => Judge(identity, _authority.Issue("other"))).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _issued.Dispose();
        _authority.Dispose();
        _files.Dispose();
    }

    private static bool Judge(TlsIdentity identity, X509Certificate2 certificate)
    {
        using var chain = new X509Chain { ChainPolicy = PeerCheck.Policy(identity, checkRevocation: false) };
        var errors = chain.Build(certificate) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
        return PeerCheck.Accept(identity, certificate, chain, errors);
    }

    private TlsSettings With(Action<TlsSettings> change)
    {
        var settings = _authority.Settings("silo");
        change(settings);
        return settings;
    }

    private static void Expect(TlsSettings settings, params string[] parts)
    {
        var message = Assert.Throws<TlsSettingsException>(() => TlsIdentity.Load(settings, needsOwn: true)).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.DoesNotContain("wrong-secret", message, StringComparison.Ordinal);
    }
}
