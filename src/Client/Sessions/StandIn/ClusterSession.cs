using Srpo.Client.Cli;

namespace Srpo.Client.Sessions;

/// <summary>The connection to a cluster that a program built without Orleans cannot make.</summary>
internal static class ClusterSession
{
    public static Task<IGrainSession> ConnectAsync(string addresses, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var address = ClusterAddress.Parse(addresses, Environment.GetEnvironmentVariable);
        throw new CommandException(
            ExitCode.Environment,
            $"--cluster {address.Name}: this program was built without Orleans and works on this machine only. Configure a package feed that has Microsoft.Orleans 10.2.2, run `scripts/detect-packages.sh --force` and build again; docs/decisions/0001-feeds-without-orleans.md explains.");
    }
}
