using Orleans.Concurrency;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Collects what the silos say of themselves.</summary>
[GrainType("cluster"), StatelessWorker]
internal sealed class ClusterGrain(ActiveSilos active, SiloServiceClient silos, TimeProvider time) : Grain, IClusterGrain
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public async Task<SiloReport[]> GetSilosAsync()
    {
        // At the same time: both take as long as a silo that does not answer.
        var counting = CountAsync();
        var reports = await Task.WhenAll(active.Get().Select(AskAsync));
        var counts = await counting;
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
            return await GrainFactory.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics().WaitAsync(Patience, time);
        }
        catch (Exception error) when (Transient.Is(error))
        {
            return [];
        }
    }

    private async Task<SiloReport> AskAsync(SiloAddress silo)
    {
        try
        {
            return await silos.Of(silo).QueryAsync().WaitAsync(Patience, time);
        }
        catch (Exception error) when (Transient.Is(error))
        {
            return new SiloReport(GrainKeys.Silo(silo), "no answer", "", 0, 0, 0, 0, 0, 0, 0, 0, 0, [], []);
        }
    }
}
