using System.Globalization;
using Srpo.Core.Files;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Experiments.Runs;

/// <summary>Writes the agents and adversaries of a run as safetensors files.</summary>
public static class CheckpointExporter
{
    /// <summary>Writes `checkpoints/LABEL/TEAM-SEAT.safetensors`, adversaries as `TEAM-SEAT.adversary.safetensors`.</summary>
    /// <returns>Number of files.</returns>
    public static async Task<int> ExportAsync(IStateReader state, RunManifest manifest, string directory, CancellationToken cancellation)
    {
        var files = 0;
        foreach (var population in manifest.Experiment.Populations)
        {
            var folder = Path.Combine(directory, "checkpoints", population.Label);
            Directory.CreateDirectory(folder);
            files += await ExportPopulationAsync(state, manifest.Experiment.Spec(population, manifest.PopulationName), folder, cancellation);
        }

        return files;
    }

    /// <summary>Writes the agents and adversaries of one population into a directory that exists.</summary>
    /// <returns>Number of files.</returns>
    public static async Task<int> ExportPopulationAsync(IStateReader state, PopulationSpec spec, string directory, CancellationToken cancellation)
    {
        var actors = TeamPlan.For(spec, EnvironmentFactory.Create(spec.Environment, lanes: 1).Info).Actors;
        var files = 0;
        for (var team = 0; team < spec.Teams; team++)
        {
            foreach (var actor in actors)
            {
                cancellation.ThrowIfCancellationRequested();
                var export = await state.ExportActorAsync(actor.Kind, GrainKeys.Seat(spec.Population, team, actor.Seat));
                var suffix = actor.Kind == ActorKind.Adversary ? ".adversary" : "";
                AtomicFile.Write(Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{team}-{actor.Seat}{suffix}.safetensors")), export.Content);
                files++;
            }
        }

        return files;
    }
}
