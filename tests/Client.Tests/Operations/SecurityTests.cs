using Microsoft.Extensions.Configuration;
using Srpo.Client.Tests.Support;
using Srpo.Silo;

namespace Srpo.Client.Tests.Operations;

public sealed class SecurityTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void Only_the_whole_token_is_accepted()
    {
        var token = new HttpSettings { Token = Token }.LoadToken()!;

        Assert.True(token.Accepts("Bearer " + Token));
        Assert.True(token.Accepts("bearer " + Token));
        foreach (var wrong in new[] { null, "", "Bearer", "Bearer ", Token, "Basic " + Token, "Bearer " + Token[..^1], "Bearer " + Token + "0", "Bearer  " + Token, "Bearer " + Token.ToUpperInvariant(), "Bearer " + new string('0', 100_000) })
            Assert.False(token.Accepts(wrong), wrong);
    }

    [Fact]
    public void A_token_comes_from_a_file_or_a_setting_and_is_long_enough()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("token", Token + "\n");

        Assert.Null(new HttpSettings().LoadToken());
        Assert.True(new HttpSettings { TokenFile = file }.LoadToken()!.Accepts("Bearer " + Token));
        var weak = Assert.Throws<SiloSettingsException>(() => new HttpSettings { Token = "swordfish" }.LoadToken());
        Assert.Contains("32", weak.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", weak.Message, StringComparison.Ordinal);
        Assert.Throws<SiloSettingsException>(() => new HttpSettings { Token = Token + " " + Token }.LoadToken());
        Assert.Throws<SiloSettingsException>(() => new HttpSettings { Token = Token, TokenFile = file }.LoadToken());
        Assert.Throws<SiloSettingsException>(() => new HttpSettings { TokenFile = directory["none"] }.LoadToken());
    }

    [Theory]
    [InlineData("Srpo:Cluster:ConnectionString", "Host=db;Username=u;Password=secret1", Redaction.Hidden)]
    [InlineData("Srpo:Storage:Address", "Host=db;Username=u;Password=secret1", Redaction.Hidden)]
    [InlineData("Srpo:Storage:Address", "AccountName=a;AccountKey=c2VjcmV0", Redaction.Hidden)]
    [InlineData("Srpo:Storage:Url", "https://account.example/container?sv=1&sig=abc", Redaction.Hidden)]
    [InlineData("Srpo:Storage:Url", "https://user:secret1@host/", Redaction.Hidden)]
    [InlineData("ConnectionStrings:Main", "anything", Redaction.Hidden)]
    [InlineData("Srpo:Http:Token", Token, Redaction.Hidden)]
    [InlineData("Srpo:Tls:Password", "secret1", Redaction.Hidden)]
    [InlineData("Srpo:Tls:PasswordFile", "/run/secrets/p", "/run/secrets/p")]
    [InlineData("Srpo:Http:TokenFile", "/run/secrets/t", "/run/secrets/t")]
    [InlineData("Srpo:HealthUrl", "http://127.0.0.1:8090", "http://127.0.0.1:8090")]
    [InlineData("Srpo:Workers", "4", "4")]
    [InlineData("Srpo:Workers", null, "")]
    public void Secrets_are_hidden_by_name_and_by_form(string name, string? value, string shown) => Assert.Equal(shown, Redaction.Show(name, value));

    [Fact]
    public void The_settings_are_described_without_secrets_and_so_are_errors_about_them()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Srpo:Http:Token"] = Token,
            ["Srpo:Cluster:ConnectionString"] = "Host=db;Password=secret1",
            ["Srpo:Workers"] = "3",
            ["Other"] = "x",
        }).Build();

        var text = Redaction.Describe(configuration.GetSection("Srpo"));

        Assert.Contains("Srpo:Workers = 3", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret1", new SiloSettingsException("Cluster:ConnectionString", "Host=db;Password=secret1", "give another").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_out_of_range_are_named()
    {
        Expect(new HttpSettings { MaxBodyBytes = 0 }, "Srpo:Http:MaxBodyBytes is '0'");
        Expect(new HttpSettings { MaxHeaderBytes = 1 << 30 }, "Srpo:Http:MaxHeaderBytes");
        Expect(new HttpSettings { MaxConnections = 0 }, "Srpo:Http:MaxConnections");
        Expect(new HttpSettings { HeaderSeconds = -1 }, "Srpo:Http:HeaderSeconds");
        Expect(new HttpSettings { IdleSeconds = 0 }, "Srpo:Http:IdleSeconds");
        new HttpSettings().Validate();
    }

    private static void Expect(HttpSettings settings, string message) =>
        Assert.Contains(message, Assert.Throws<SiloSettingsException>(settings.Validate).Message, StringComparison.Ordinal);
}
