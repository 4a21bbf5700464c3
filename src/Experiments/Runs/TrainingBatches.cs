using Srpo.Experiments.Data;

namespace Srpo.Experiments.Runs;

/// <summary>
/// Which populations train at the same time: those that others need come first; then one after another as long as each has a
/// team for every worker, so that rates are each population's own; smaller ones together, so that no core is idle.
/// </summary>
internal static class TrainingBatches
{
    public static IReadOnlyList<IReadOnlyList<ExperimentPopulation>> Of(RunManifest manifest)
    {
        var batches = new List<IReadOnlyList<ExperimentPopulation>>();
        var trained = new HashSet<string>(StringComparer.Ordinal);
        var waiting = manifest.Experiment.Populations.ToList();
        while (waiting.Count > 0)
        {
            ExperimentPopulation[] ready = [.. waiting.Where(population => population.Needs().All(trained.Contains))];
            if (ready.Length == 0) throw new InvalidOperationException("populations wait for each other: " + string.Join(", ", waiting.Select(population => population.Label)));
            AddBatches(batches, ready, manifest.Workers);
            waiting.RemoveAll(ready.Contains);
            trained.UnionWith(ready.Select(population => population.Label));
        }

        return batches;
    }

    private static void AddBatches(List<IReadOnlyList<ExperimentPopulation>> batches, IEnumerable<ExperimentPopulation> ready, int workers)
    {
        var batch = new List<ExperimentPopulation>();
        foreach (var population in ready)
        {
            batch.Add(population);
            if (batch.Sum(member => member.Seeds) < workers) continue;
            batches.Add(batch);
            batch = [];
        }

        if (batch.Count > 0) batches.Add(batch);
    }
}
