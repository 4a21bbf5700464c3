namespace Srpo.Grains;

/// <summary>The silos that membership holds for active.</summary>
internal sealed class ActiveSilos(IClusterMembershipService membership)
{
    /// <summary>Their addresses, sorted.</summary>
    public SiloAddress[] Get() => Of(membership.CurrentSnapshot);

    /// <summary>Their addresses, sorted, now and whenever membership changes.</summary>
    public async IAsyncEnumerable<SiloAddress[]> ChangesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(cancellation)) yield return Of(snapshot);
    }

    private static SiloAddress[] Of(ClusterMembershipSnapshot snapshot) =>
        [.. snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).Order()];
}
