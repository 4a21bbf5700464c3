using Srpo.Client.Live;
using Srpo.Grains.Storage;

namespace Srpo.Client.Commands.Admin;

/// <summary>Looks whether a listed silo lives: whether somebody answers at its ports, or it has written to the list just now.</summary>
internal static class SiloProbe
{
    /// <summary>A silo notes that it is alive every five seconds by default.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(1);

    /// <summary>The sign of life of each silo, or null, in the order of the list.</summary>
    public static Task<string?[]> SignsAsync(IReadOnlyList<ListedSilo> silos, CancellationToken cancellation) =>
        Task.WhenAll(silos.Select(silo => SignAsync(silo, silos, cancellation)));

    private static async Task<string?> SignAsync(ListedSilo silo, IReadOnlyList<ListedSilo> silos, CancellationToken cancellation)
    {
        // A later silo at the same address is who answers there now.
        if (silo.Status == ListedStatus.Dead || silos.Any(other => (other.Address, other.Port) == (silo.Address, silo.Port) && other.Generation > silo.Generation)) return null;
        if (silo.Silence < Recent) return $"noted that it is alive {Math.Max(0, silo.Silence.TotalSeconds):0} s ago";
        if (await Ports.AnswersAsync(silo.Address, silo.Port, cancellation)) return $"answers at its port {silo.Port}";
        return silo.GatewayPort > 0 && await Ports.AnswersAsync(silo.Address, silo.GatewayPort, cancellation) ? $"answers at its port {silo.GatewayPort}" : null;
    }
}
