using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Plugins;
using Srpo.Reporting.Files;

namespace Srpo.Experiments.Runs;

/// <summary>An event file that was written.</summary>
/// <param name="File">Its path within the directory.</param>
/// <param name="Population">The population's label.</param>
/// <param name="Team">The team.</param>
/// <param name="Points">Points of its learning curve.</param>
public sealed record ExportedEvents(string File, string Population, int Team, int Points);

/// <summary>Writes the learning curves of populations as event files for TensorBoard.</summary>
public static class EventExporter
{
    /// <summary>Writes `LABEL/TEAM/events.out.tfevents.SECONDS.NAME` for every team that has a curve.</summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="populations">Names of populations by label; those that were not started are left out.</param>
    /// <param name="began">When they began; null for as long ago as they have trained.</param>
    /// <param name="directory">Where to, absolute; made if it is missing.</param>
    /// <param name="force">Whether event files of the same teams are replaced.</param>
    /// <exception cref="SrpoException">There is no curve, a file is there already, or it cannot be written.</exception>
    public static async Task<IReadOnlyList<ExportedEvents>> ExportAsync(
        IGrainSession session, IEnumerable<(string Label, string Population)> populations, DateTimeOffset? began, string directory, bool force)
    {
        var files = new List<(ExportedEvents Entry, byte[] Content)>();
        foreach (var (label, population) in populations)
        {
            if (await ResultsCollector.KnownAsync(session.Grains.GetGrain<ICoordinatorGrain>(population).GetStatusAsync) is not { } status) continue;
            var start = began ?? DateTimeOffset.UtcNow.AddSeconds(-status.TrainingSeconds);
            var spec = (await session.Grains.GetGrain<ICoordinatorGrain>(population).GetSpecAsync()).RequirePlugins();
            var score = ResultsCollector.ScoreName(spec.Environment) == "joint accuracy" ? "joint accuracy" : "return";
            foreach (var curve in await ResultsCollector.CurvesAsync(session.Grains, population, label))
            {
                if (curve.Points.IsDefaultOrEmpty) continue;
                var file = string.Create(CultureInfo.InvariantCulture, $"{label}/{curve.Run}/events.out.tfevents.{start.ToUnixTimeSeconds()}.{population}");
                files.Add((new ExportedEvents(file, label, curve.Run, curve.Points.Length), LearningEvents.Write(curve, score, start, status.TrainingSeconds)));
            }
        }

        if (files.Count == 0) throw new SrpoException(ErrorKind.NotFound, "there is no point of a learning curve yet; they come with training, unless curveInterval is 0");

        // Nothing is written before all is known to be free: TensorBoard would draw two files of one directory as one curve.
        foreach (var (entry, _) in files)
        {
            var folder = Path.GetDirectoryName(Path.Combine(directory, entry.File))!;
            if (!force && Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*tfevents*").FirstOrDefault() is { } there)
                throw new SrpoException(ErrorKind.InUse, $"{there} is there already; --force replaces it, or choose another directory");
        }

        foreach (var (entry, content) in files)
        {
            var path = Path.Combine(directory, entry.File);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, content);
            foreach (var older in Directory.GetFiles(Path.GetDirectoryName(path)!, "events.out.tfevents.*").Where(file => file != path)) File.Delete(older);
        }

        return [.. files.Select(file => file.Entry)];
    }
}
