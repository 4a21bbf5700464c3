using Microsoft.Extensions.Configuration;
using Srpo.Silo;

namespace Srpo.Client.Tests.Commands;

public sealed class ClusterSettingsTests
{
    private const string Database = "Host=db;Database=srpo;Username=srpo;Password=geheim";

    [Theory]
    [InlineData("Srpo:Cluster:Kind is 'zookeeper'; use one of localhost, development, postgres, azure", "Cluster:Kind=zookeeper")]
    [InlineData("Srpo:Cluster:Kind is '2'", "Cluster:Kind=2")]
    [InlineData("Srpo:Cluster:Primary is 'there'; write HOST:PORT", "Cluster:Kind=development", "Cluster:Primary=there")]
    [InlineData("Srpo:Cluster:Primary is 'there:99999'; write HOST:PORT", "Cluster:Kind=development", "Cluster:Primary=there:99999")]
    [InlineData("Srpo:Cluster:Primary is 'a:1'; it is for Cluster:Kind development", "Cluster:Primary=a:1")]
    [InlineData("Srpo:Cluster:AdvertisedAddress is '10.0.0.1'; with Cluster:Kind localhost", "Cluster:AdvertisedAddress=10.0.0.1")]
    [InlineData("Srpo:PrimarySiloPort is '11111'; it is for Cluster:Kind localhost", "Cluster:Kind=development", "PrimarySiloPort=11111")]
    [InlineData("Srpo:Cluster:ConnectionString is ''; give a connection string of PostgreSQL, or the name of a file that holds it in Cluster:ConnectionStringFile", "Cluster:Kind=postgres")]
    [InlineData("Srpo:Cluster:ConnectionString is '", "Cluster:Kind=postgres", "Cluster:ConnectionString=geheim")]
    [InlineData("Srpo:Cluster:ConnectionStringFile is '/no/such/file'; name a file that can be read", "Cluster:Kind=postgres", "Cluster:ConnectionStringFile=/no/such/file")]
    [InlineData("Srpo:Cluster:ConnectionString is ''; give the connection string of a storage account", "Cluster:Kind=azure")]
    [InlineData("Srpo:Cluster:ProbeSeconds is '0'; use a number from 0.2 to 60", "Cluster:ProbeSeconds=0")]
    [InlineData("Srpo:Cluster:MissedProbes is '0'", "Cluster:MissedProbes=0")]
    [InlineData("Srpo:Cluster:TableRefreshSeconds is '301'", "Cluster:TableRefreshSeconds=301")]
    [InlineData("Srpo:Cluster:AliveSeconds is '0'", "Cluster:AliveSeconds=0")]
    [InlineData("Srpo:Cluster:DeathVotes is '11'", "Cluster:DeathVotes=11")]
    [InlineData("Srpo:ClusterId is ''; give the cluster a name; silos that name the same cluster in the database belong together", "Cluster:Kind=postgres", $"Cluster:ConnectionString={Database}")]
    [InlineData("Srpo:ClusterId is ''; give the cluster a name; silos that name the same cluster in the storage account", "Cluster:Kind=azure", "Cluster:ConnectionString=UseDevelopmentStorage=true")]
    [InlineData("Srpo:Cluster:ListenOnAnyAddress is 'True'; with Cluster:Kind localhost silos are on this machine", "Cluster:ListenOnAnyAddress=true")]
    [InlineData("Srpo:Storage:Kind is 'disk'; use one of files, postgres, azure, memory", "Storage:Kind=disk")]
    [InlineData("Srpo:Storage:Actors is 'disk'", "Storage:Actors=disk")]
    [InlineData("Srpo:Storage:ConnectionString is ''", "Storage:Tournaments=postgres")]
    [InlineData("Srpo:Storage:ChunkBytes is '1'; use a number from 1024 to 268435456", "Storage:ChunkBytes=1")]
    [InlineData("Srpo:Storage:PatienceSeconds is '-1'", "Storage:PatienceSeconds=-1")]
    [InlineData("Srpo:Storage:Container is 'A'", "Storage:Kind=azure", "Storage:ConnectionString=UseDevelopmentStorage=true", "Storage:Container=A")]
    public void A_setting_that_cannot_be_used_is_named_with_its_remedy(string message, params string[] settings)
    {
        var error = Assert.Throws<SiloSettingsException>(Read(settings).Validate);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_of_nested_settings_are_named_as_the_environment_wants_them() =>
        Assert.Contains("environment variable Srpo__Cluster__Kind", Assert.Throws<SiloSettingsException>(Read("Cluster:Kind=x").Validate).Message, StringComparison.Ordinal);

    [Fact]
    public void Each_family_of_grains_has_its_own_kind_of_storage()
    {
        var settings = Read("ClusterId=mine", "Cluster:Kind=postgres", $"Cluster:ConnectionString={Database}", "Storage:Kind=Postgres", "Storage:Actors=files", "Storage:Tournaments=memory");
        settings.Validate();
        Assert.Equal([("populations", StorageKind.Postgres), ("actors", StorageKind.Files), ("tournaments", StorageKind.Memory)], settings.Storage.Kinds());
        Assert.Equal("database 'srpo' at db:5432 (user 'srpo')", settings.Storage.Postgres(settings.Cluster).Name);
        Assert.Equal("database 'srpo' at db:5432 (user 'srpo')", Assert.Single(StorageCheck.Databases(settings)).Name);
        var other = Read("Storage:Kind=postgres", "Storage:ConnectionString=Host=other");
        Assert.Equal("other", Assert.Single(StorageCheck.Databases(other)).Name.Split(' ')[3].Split(':')[0]);
    }

    [Fact]
    public void A_connection_string_may_come_from_a_file()
    {
        using var directory = new Support.TemporaryDirectory();
        var file = directory.Write("connection", Database + "\n");
        var settings = Read("ClusterId=mine", "Cluster:Kind=postgres", $"Cluster:ConnectionStringFile={file}");
        settings.Validate();
        Assert.Contains("Password=geheim", settings.Cluster.Postgres.ConnectionString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1", "Cluster:AdvertisedAddress=localhost")]
    [InlineData("10.0.0.1", "Cluster:AdvertisedAddress=10.0.0.1", "Cluster:TrustNetwork=true")]
    [InlineData(null, "Cluster:ListenOnAnyAddress=true", "Cluster:TrustNetwork=true")]
    public void A_silo_is_for_this_machine_unless_its_settings_say_otherwise(string? address, params string[] settings)
    {
        var cluster = Read(["Cluster:Kind=development", .. settings]).Cluster;
        cluster.ValidateNetwork(encrypted: false);
        Assert.Equal(address, cluster.Advertised()?.ToString());
    }

    [Theory]
    [InlineData("Srpo:Cluster:AdvertisedAddress is '10.0.0.1'; others than this machine could connect", "Cluster:AdvertisedAddress=10.0.0.1")]
    [InlineData("Srpo:Cluster:ListenOnAnyAddress is 'True'; others than this machine could connect", "Cluster:ListenOnAnyAddress=true")]
    [InlineData("Srpo:Cluster:ListenOnAnyAddress is 'True'; others than this machine could connect", "Cluster:ListenOnAnyAddress=true", "Cluster:AdvertisedAddress=127.0.0.1")]
    public void Others_connect_with_TLS_or_where_a_setting_accepts_that_they_do_without(string message, params string[] settings)
    {
        var cluster = Read(["Cluster:Kind=development", .. settings]).Cluster;
        var error = Assert.Throws<SiloSettingsException>(() => cluster.ValidateNetwork(encrypted: false));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("TLS", error.Message, StringComparison.Ordinal);
        Assert.Contains("Srpo:Cluster:TrustNetwork=true", error.Message, StringComparison.Ordinal);
        cluster.ValidateNetwork(encrypted: true);
    }

    [Fact]
    public void A_primary_silo_elsewhere_must_be_able_to_reach_this_one()
    {
        var cluster = Read("Cluster:Kind=development", "Cluster:Primary=10.0.0.1:11111").Cluster;
        var error = Assert.Throws<SiloSettingsException>(() => cluster.ValidateNetwork(encrypted: true));
        Assert.Contains("Srpo:Cluster:AdvertisedAddress is ''; the primary silo at 10.0.0.1:11111 could not reach this one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_primary_silo_is_found_by_name()
    {
        var settings = Read("Cluster:Kind=development", "Cluster:Primary=localhost:11111", "Cluster:AdvertisedAddress=127.0.0.1");
        settings.Validate();
        Assert.Equal("127.0.0.1:11111", settings.Cluster.PrimaryEndPoint()!.ToString());
        Assert.Equal("127.0.0.1", settings.Cluster.Advertised()!.ToString());
        Assert.Null(Read("Cluster:Kind=development").Cluster.PrimaryEndPoint());
    }

    private static SiloSettings Read(params string[] settings)
    {
        var pairs = settings.Select(setting => setting.Split('=', 2)).ToDictionary(parts => $"Srpo:{parts[0]}", string? (parts) => parts[1]);
        return new ConfigurationBuilder().AddInMemoryCollection(pairs).Build().GetSection("Srpo").Get<SiloSettings>() ?? new SiloSettings();
    }
}
