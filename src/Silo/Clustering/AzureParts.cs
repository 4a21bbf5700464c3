using Azure.Data.Tables;
using Srpo.Grains.Storage;

namespace Srpo.Silo;

/// <summary>Membership in a table, and state in blobs, of an Azure Storage account.</summary>
internal static class AzureParts
{
    public static void AddMembership(ISiloBuilder silo, SiloSettings settings) =>
        silo.UseAzureStorageClustering(options => options.TableServiceClient = new TableServiceClient(settings.Cluster.Secret));

    public static void AddStorage(ISiloBuilder silo, string name, SiloSettings settings) => silo.AddAzureStateStorage(
        name, settings.Storage.Azure(settings.Cluster), $"{settings.Storage.Container}-{name}", TimeSpan.FromSeconds(settings.Storage.PatienceSeconds));
}
