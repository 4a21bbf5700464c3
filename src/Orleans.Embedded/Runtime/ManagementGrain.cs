using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>Counts activations. A stateless worker, so that it answers whatever else it is asked.</summary>
[StatelessWorker, GrainType("sys.management")]
internal sealed class ManagementGrain(EmbeddedSilo silo) : Grain, IManagementGrain
{
    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics() => Task.FromResult(Visible()
        .GroupBy(a => a.Class)
        .Select(g => new SimpleGrainStatistic
        {
            GrainType = g.Key.Type.FullName ?? g.Key.Type.Name,
            SiloAddress = silo.SiloAddress,
            ActivationCount = g.Count(),
        })
        .OrderBy(s => s.GrainType, StringComparer.Ordinal)
        .ToArray());

    public Task<int> GetTotalActivationCount() => Task.FromResult(Visible().Count());

    public ValueTask<List<GrainId>> GetActiveGrains(GrainType type) => new(
        Visible().Where(a => a.Class.Name == type).Select(a => a.GrainId).Distinct().ToList());

    public Task ForceActivationCollection(TimeSpan ageLimit)
    {
        var now = silo.Clock.GetTimestamp();
        var reason = new DeactivationReason(DeactivationReasonCode.ActivationIdle, "Collection was forced.");
        foreach (var activation in Visible().Where(a => a.IsIdle(now, ageLimit)))
            activation.Deactivate(reason);
        return Task.CompletedTask;
    }

    // Its own activations are machinery, not load.
    private IEnumerable<Activation> Visible() =>
        silo.Catalog.Activations().Where(a => a.IsActive && a.Class.Type != typeof(ManagementGrain));
}
