using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Core.Errors;

namespace Srpo.Client.Tests.Commands;

public sealed class ClusterAddressTests
{
    private const string Secret = "Host=db;Username=u;Password=geheim";

    [Theory]
    [InlineData("localhost", "localhost:30000")]
    [InlineData("localhost:30001", "localhost:30001")]
    [InlineData("10.0.0.1, b:7", "10.0.0.1:30000 b:7")]
    [InlineData("::1", "::1:30000")]
    [InlineData("[::1]:9", "::1:9")]
    public void Gateways_are_host_and_port(string text, string expected)
    {
        var address = ClusterAddress.Parse(text, _ => null);
        Assert.Equal(expected, string.Join(' ', address.Gateways.Select(gateway => $"{gateway.Host}:{gateway.Port}")));
        Assert.Equal(("srpo", "srpo"), (address.ClusterId, address.ServiceId));
    }

    [Fact]
    public void The_connection_string_comes_from_the_environment_or_a_file()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("secret", Secret + "\n");
        var direct = ClusterAddress.Parse("postgres", name => name == "SRPO_CLUSTER_CONNECTION" ? Secret : name == "SRPO_CLUSTER_ID" ? "blue" : null);
        var fromFile = ClusterAddress.Parse("postgres", name => name == "SRPO_CLUSTER_CONNECTION_FILE" ? file : name == "SRPO_CLUSTER_ID" ? "red" : null);
        Assert.Contains("geheim", direct.Postgres!.ConnectionString, StringComparison.Ordinal);
        Assert.Equal(direct.Postgres.ConnectionString, fromFile.Postgres!.ConnectionString);
        Assert.Equal(("blue", "red"), (direct.ClusterId, fromFile.ClusterId));
        Assert.DoesNotContain("geheim", direct.Name, StringComparison.Ordinal);
        Assert.Equal("db", ClusterAddress.Parse("Host=db;Username=u", name => name == "SRPO_CLUSTER_ID" ? "blue" : null).Postgres!.Name.Split(' ')[3].Split(':')[0]);
    }

    [Theory]
    [InlineData("postgres", Secret, "--cluster postgres")]
    [InlineData("Host=db;Username=u", Secret, "--cluster postgres")]
    [InlineData("azure", "UseDevelopmentStorage=true", "--cluster azure")]
    public void A_list_that_clusters_may_share_needs_the_name_of_the_cluster(string text, string secret, string named)
    {
        var error = Assert.Throws<SrpoException>(() => ClusterAddress.Parse(text, name => name == "SRPO_CLUSTER_CONNECTION" ? secret : null));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("set SRPO_CLUSTER_ID to Srpo:ClusterId of its silos", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres", "SRPO_CLUSTER_CONNECTION")]
    [InlineData("azure", "SRPO_CLUSTER_CONNECTION")]
    [InlineData(Secret, "read by every user")]
    [InlineData("Hots=geheim", "cannot be used")]
    [InlineData("a:0", "from 1 to 65535")]
    [InlineData(":5", "the host is missing")]
    [InlineData(",", "HOST:PORT")]
    public void What_cannot_be_understood_is_refused_with_the_remedy(string text, string message)
    {
        var error = Assert.Throws<SrpoException>(() => ClusterAddress.Parse(text, _ => null));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", error.ToString(), StringComparison.Ordinal);
    }
}
