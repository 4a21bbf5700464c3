namespace Srpo.Silo;

/// <summary>Azure Storage where its packages could not be restored.</summary>
internal static class AzureParts
{
    private const string Remedy =
        "this silo was built without the Azure packages; configure a package feed that has Microsoft.Orleans.Clustering.AzureStorage and Microsoft.Orleans.Persistence.AzureStorage 10.2.2, run scripts/detect-packages.sh --force, and build again";

    public static void AddMembership(ISiloBuilder silo, SiloSettings settings) => throw new SiloSettingsException("Cluster:Kind", settings.Cluster.Kind, Remedy);

    public static void AddStorage(ISiloBuilder silo, string name, SiloSettings settings) =>
        throw new SiloSettingsException("Storage:Kind", FormattableString.Invariant($"azure (for {name})"), Remedy);
}
