using Srpo.Client.Cli;

namespace Srpo.Client.Sessions;

/// <summary>Gateways from a table of Azure Storage, where its packages could not be restored.</summary>
internal static class AzureGateways
{
    public static void Use(Orleans.Hosting.IClientBuilder client, string connectionString) => throw new CommandException(
        ExitCode.Environment,
        "--cluster azure: this program was built without the Azure packages; configure a package feed that has Microsoft.Orleans.Clustering.AzureStorage 10.2.2, run `scripts/detect-packages.sh --force` and build again, or give gateways as HOST:PORT");
}
