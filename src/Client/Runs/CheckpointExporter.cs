using System.Globalization;
using Srpo.Client.Data;
using Srpo.Client.Sessions;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Client.Runs;

/// <summary>Writes the agents and adversaries of a run as safetensors files.</summary>
internal static class CheckpointExporter
{
    /// <summary>Writes `checkpoints/LABEL/TEAM-SEAT.safetensors`, adversaries as `TEAM-SEAT.adversary.safetensors`.</summary>
    /// <returns>Number of files.</returns>
    public static async Task<int> ExportAsync(IGrainSession session, RunManifest manifest, string directory, CancellationToken cancellation)
    {
        var files = 0;
        foreach (var population in manifest.Experiment.Populations)
        {
            var folder = Path.Combine(directory, "checkpoints", population.Label);
            Directory.CreateDirectory(folder);
            files += await ExportPopulationAsync(session, manifest.Experiment.Spec(population, manifest.PopulationName), folder, cancellation);
        }

        return files;
    }

    /// <summary>Writes the agents and adversaries of one population into a directory that exists.</summary>
    /// <returns>Number of files.</returns>
    public static async Task<int> ExportPopulationAsync(IGrainSession session, PopulationSpec spec, string directory, CancellationToken cancellation)
    {
        var actors = TeamPlan.For(spec, EnvironmentFactory.Create(spec.Environment, lanes: 1).Info).Actors;
        var files = 0;
        for (var team = 0; team < spec.Teams; team++)
        {
            foreach (var actor in actors)
            {
                cancellation.ThrowIfCancellationRequested();
                var export = await Actor(session, GrainKeys.Seat(spec.Population, team, actor.Seat), actor.Kind == ActorKind.Adversary).ExportAsync();
                var suffix = actor.Kind == ActorKind.Adversary ? ".adversary" : "";
                AtomicFiles.Write(Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{team}-{actor.Seat}{suffix}.safetensors")), export.Content);
                files++;
            }
        }

        return files;
    }

    public static IActorGrain Actor(IGrainSession session, string key, bool adversary) => adversary
        ? session.Grains.GetGrain<IAdversaryGrain>(key)
        : session.Grains.GetGrain<IAgentGrain>(key);
}
