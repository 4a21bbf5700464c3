using Srpo.Silo;

namespace Srpo.Client.Tests.Commands;

public sealed class SiloSettingsTests
{
    [Fact]
    public void The_defaults_can_be_used() => new SiloSettings().Validate();

    [Fact]
    public void A_setting_out_of_range_is_named_with_value_and_remedy()
    {
        Expect(new SiloSettings { Workers = -1 }, "Srpo:Workers is '-1'; use a whole number from 0 to 1024");
        Expect(new SiloSettings { GatewayPort = 0 }, "Srpo:GatewayPort is '0'");
        Expect(new SiloSettings { GatewayPort = 11111 }, "use another port than SiloPort");
        Expect(new SiloSettings { PrimarySiloPort = 70000 }, "Srpo:PrimarySiloPort is '70000'");
        Expect(new SiloSettings { HealthUrl = "here" }, "http://127.0.0.1:8090");
        Expect(new SiloSettings { DataDirectory = " " }, "name a directory");
        Expect(new SiloSettings { ShutdownSeconds = 0 }, "Srpo:ShutdownSeconds is '0'");
        Expect(new SiloSettings { ClusterId = " " }, "Srpo:ClusterId is ' '; give the cluster a name");
        Expect(new SiloSettings { ServiceId = "" }, "give a name");
    }

    private static void Expect(SiloSettings settings, string message) =>
        Assert.Contains(message, Assert.Throws<SiloSettingsException>(settings.Validate).Message, StringComparison.Ordinal);
}
