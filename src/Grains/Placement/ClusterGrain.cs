using Orleans.Concurrency;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Collects what the silos say of themselves.</summary>
[GrainType("cluster"), StatelessWorker]
internal sealed class ClusterGrain(ActiveSilos active) : Grain, IClusterGrain
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public async Task<SiloReport[]> GetSilosAsync()
    {
        // One after the other: asking wakes grains, and those are to be counted too.
        var reports = await Task.WhenAll(active.Get().Select(AskAsync));
        var counts = await CountAsync();
        return [.. reports.Select(report => report with
        {
            Grains =
            [
                .. counts.Where(count => GrainKeys.Silo(count.SiloAddress) == report.Silo)
                    .GroupBy(count => Kind(count.GrainType), count => count.ActivationCount)
                    .Where(group => group.Key is not null)
                    .Select(group => new GrainCount(group.Key!, group.Sum()))
                    .OrderBy(count => count.Kind, StringComparer.Ordinal),
            ],
        })];
    }

    /// <summary>The kind of a grain of ours from the name of its class; null for grains of the runtime.</summary>
    private static string? Kind(string type)
    {
        const string Suffix = "Grain";
        var name = type.Split(',')[0];
        if (!name.StartsWith(typeof(ClusterGrain).Namespace + ".", StringComparison.Ordinal) || !name.EndsWith(Suffix, StringComparison.Ordinal)) return null;
        return name[(name.LastIndexOf('.') + 1)..^Suffix.Length].ToLowerInvariant();
    }

    private async Task<SimpleGrainStatistic[]> CountAsync()
    {
        try
        {
            return await GrainFactory.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics().WaitAsync(Patience);
        }
        catch (Exception error) when (Transient.Is(error))
        {
            return [];
        }
    }

    private async Task<SiloReport> AskAsync(SiloAddress silo)
    {
        var key = GrainKeys.Silo(silo);
        try
        {
            return await GrainFactory.GetGrain<ISiloGrain>(key).QueryAsync().WaitAsync(Patience);
        }
        catch (Exception error) when (Transient.Is(error))
        {
            return new SiloReport(key, "no answer", "", 0, 0, 0, 0, 0, 0, 0, 0, 0, [], []);
        }
    }
}
