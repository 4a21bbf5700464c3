using System.Globalization;
using Srpo.Core.Files;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Experiments.Runs;

/// <summary>A file of an exported agent or adversary.</summary>
/// <param name="File">Its name within the directory.</param>
/// <param name="Kind">"agent" or "adversary".</param>
/// <param name="Team">Its team.</param>
/// <param name="Seat">Its seat.</param>
/// <param name="Round">Updates behind it.</param>
/// <param name="Weights">Hash of the policy's weights, see <see cref="NetworkTensors.Hash"/>.</param>
public sealed record ExportedActor(string File, string Kind, int Team, int Seat, int Round, string? Weights);

/// <summary>What the directory of an exported population holds, in <see cref="CheckpointExporter.Manifest"/>.</summary>
/// <param name="Population">The population.</param>
/// <param name="Method">Its method.</param>
/// <param name="Environment">Environment and variant.</param>
/// <param name="Files">The files.</param>
public sealed record ExportedPopulation(string Population, string Method, string Environment, IReadOnlyList<ExportedActor> Files);

/// <summary>Writes the agents and adversaries of a run as safetensors files, imported graphs as the ONNX files that they are.</summary>
public static class CheckpointExporter
{
    /// <summary>The file of a directory that says which round and which weights each file holds.</summary>
    public const string Manifest = "manifest.json";

    /// <summary>Writes `checkpoints/LABEL/TEAM-SEAT.safetensors`, adversaries as `TEAM-SEAT.adversary.safetensors`, and a manifest for each label.</summary>
    public static async Task ExportAsync(IStateReader state, RunManifest manifest, string directory, CancellationToken cancellation)
    {
        foreach (var population in manifest.Experiment.Populations)
        {
            var folder = Path.Combine(directory, "checkpoints", population.Label);
            Directory.CreateDirectory(folder);
            await ExportPopulationAsync(state, manifest.Experiment.Spec(population, manifest.PopulationName), folder, cancellation);
        }
    }

    /// <summary>Writes the agents and adversaries of one population, and their manifest, into a directory that exists.</summary>
    /// <returns>What was written.</returns>
    public static async Task<ExportedPopulation> ExportPopulationAsync(IStateReader state, PopulationSpec spec, string directory, CancellationToken cancellation)
    {
        var actors = TeamPlan.For(spec, EnvironmentFactory.Info(spec.Environment)).Actors;
        var files = new List<ExportedActor>();

        // Nothing is written before everything has been read once: what cannot be read leaves no half of a directory.
        for (var team = 0; team < spec.Teams; team++)
        {
            foreach (var actor in actors) await state.ExportActorAsync(actor.Kind, GrainKeys.Seat(spec.Population, team, actor.Seat));
            cancellation.ThrowIfCancellationRequested();
        }

        for (var team = 0; team < spec.Teams; team++)
        {
            foreach (var actor in actors)
            {
                cancellation.ThrowIfCancellationRequested();
                var export = await state.ExportActorAsync(actor.Kind, GrainKeys.Seat(spec.Population, team, actor.Seat));
                var suffix = actor.Kind == ActorKind.Adversary ? ".adversary" : "";
                var file = string.Create(CultureInfo.InvariantCulture, $"{team}-{actor.Seat}{suffix}{export.Extension ?? ".safetensors"}");
                AtomicFile.Write(Path.Combine(directory, file), export.Content);
                files.Add(new ExportedActor(file, actor.Kind == ActorKind.Adversary ? "adversary" : "agent", team, actor.Seat, export.Version, export.Weights));
            }
        }

        var written = new ExportedPopulation(spec.Population, spec.Training.Method, $"{spec.Environment.Name} {spec.Environment.Variant}", files);
        AtomicFile.Write(Path.Combine(directory, Manifest), JsonText.Write(written) + "\n");
        return written;
    }
}
