using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Srpo.Grains.Security;

namespace Srpo.Grains.Tests;

/// <summary>A certificate authority of a test, with its files.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string ServerName = "silo.srpo.test";
    public const string Password = "a password of the test";

    private readonly TestDirectory _files;
    private readonly X509Certificate2 _authority;
    private readonly string _name;

    public TestAuthority(TestDirectory files, string name)
    {
        (_files, _name) = (files, name);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
    }

    public string AuthorityFile => _files.File(_name + ".authority.pem");

    /// <summary>Writes a certificate of a silo or client with its key, as .pfx with a password and as PEM.</summary>
    public X509Certificate2 Issue(string file, string serverName = ServerName, int days = 10)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + file, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(serverName);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var certificate = request.Create(_authority, DateTimeOffset.UtcNow.AddDays(-1.5), DateTimeOffset.UtcNow.AddDays(days), RandomNumberGenerator.GetBytes(8));
        using var complete = certificate.CopyWithPrivateKey(key);
        File.WriteAllBytes(_files.File(file + ".pfx"), complete.Export(X509ContentType.Pkcs12, Password));
        File.WriteAllText(_files.File(file + ".pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_files.File(file + ".key"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    /// <summary>Settings of a process with a certificate of this authority that trusts this authority.</summary>
    public TlsSettings Settings(string file) => new()
    {
        Enabled = true,
        Certificate = _files.File(file + ".pfx"),
        Password = Password,
        Authorities = AuthorityFile,
        ServerName = ServerName,
    };

    public void Dispose() => _authority.Dispose();
}
