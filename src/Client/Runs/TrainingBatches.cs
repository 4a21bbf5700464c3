using Srpo.Client.Data;
using Srpo.Client.Experiments;

namespace Srpo.Client.Runs;

/// <summary>
/// Which populations train at the same time: one after another as long as each has a team for every worker, so that rates
/// are each population's own; smaller ones together, so that no core is idle.
/// </summary>
internal static class TrainingBatches
{
    public static IReadOnlyList<IReadOnlyList<ExperimentPopulation>> Of(RunManifest manifest)
    {
        var batches = new List<IReadOnlyList<ExperimentPopulation>>();
        var batch = new List<ExperimentPopulation>();
        foreach (var population in manifest.Experiment.Populations)
        {
            batch.Add(population);
            if (batch.Sum(member => member.Seeds) < manifest.Workers) continue;
            batches.Add(batch);
            batch = [];
        }

        if (batch.Count > 0) batches.Add(batch);
        return batches;
    }
}
