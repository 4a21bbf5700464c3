using Azure.Data.Tables;

namespace Srpo.Client.Sessions;

/// <summary>Gateways from a table of Azure Storage.</summary>
internal static class AzureGateways
{
    public static void Use(Orleans.Hosting.IClientBuilder client, string connectionString) =>
        client.UseAzureStorageClustering(options => options.TableServiceClient = new TableServiceClient(connectionString));
}
