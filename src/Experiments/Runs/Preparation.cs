using Srpo.Core.Settings;
using Srpo.Learning;

namespace Srpo.Experiments.Runs;

/// <summary>What is made ready before populations train, where their agents stand on something: language models on weights that are there, or that are trained first.</summary>
public static class Preparation
{
    /// <summary>Whether anything has to be made ready for an experiment, or looked at.</summary>
    /// <param name="experiment">The experiment.</param>
    public static bool IsNeeded(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return ArchitectureRegistry.Source(experiment.Environment.Name) is not null;
    }

    /// <summary>Makes everything ready that an experiment's populations stand on; what is there already is looked at only.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="folder">Where what is made is kept for other runs.</param>
    /// <param name="workers">How much is made at the same time.</param>
    /// <param name="observer">Who looks on.</param>
    /// <param name="cancellation">Ends it; what is complete is kept.</param>
    /// <returns>The experiment with settings that need nothing else any more.</returns>
    /// <exception cref="Core.Errors.SrpoException">Something cannot be had.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<Experiment> RunAsync(Experiment experiment, string folder, int workers, IRunObserver observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(observer);
        if (ArchitectureRegistry.Source(experiment.Environment.Name) is not { } source) return experiment;

        // Populations of one model have it made once: the others then find it.
        var prepared = new TrainingSettings[experiment.Populations.Count];
        var byModel = Enumerable.Range(0, prepared.Length).GroupBy(i => experiment.Populations[i].Training.Language?.Model ?? "").ToArray();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, workers), CancellationToken = cancellation };
        await Task.Run(
            () => Parallel.ForEach(byModel, options, group =>
            {
                var title = $"preparing {ArchitectureRegistry.LabelOf(group.Key)}";
                foreach (var i in group)
                {
                    var spec = experiment.Spec(experiment.Populations[i], label => label);
                    prepared[i] = source.Prepare(spec, folder, (fraction, tokens) => observer.Report(new WorkState(title, fraction, tokens, "tokens")), cancellation);
                }

                observer.Report(new WorkState(title, 1, 0));
            }),
            cancellation).ConfigureAwait(false);
        return experiment with { Populations = [.. experiment.Populations.Select((population, i) => population with { Training = prepared[i] })] };
    }

    /// <summary>Makes ready what one population stands on.</summary>
    /// <param name="spec">The population.</param>
    /// <param name="folder">Where what is made is kept for other runs.</param>
    /// <param name="observer">Who looks on.</param>
    /// <param name="cancellation">Ends it; what is complete is kept.</param>
    /// <returns>The population with settings that need nothing else any more.</returns>
    /// <exception cref="Core.Errors.SrpoException">Something cannot be had.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<PopulationSpec> RunAsync(PopulationSpec spec, string folder, IRunObserver observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(observer);
        if (ArchitectureRegistry.Source(spec.Environment.Name) is not { } source) return spec;
        var title = $"preparing {ArchitectureRegistry.LabelOf(spec.Training.Language?.Model ?? "")}";
        return spec with
        {
            Training = await Task.Run(
                () => source.Prepare(spec, folder, (fraction, tokens) => observer.Report(new WorkState(title, fraction, tokens, "tokens")), cancellation), cancellation).ConfigureAwait(false),
        };
    }
}
