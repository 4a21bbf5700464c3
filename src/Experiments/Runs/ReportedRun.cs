using System.Collections.Immutable;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;
using Srpo.Reporting;
using Srpo.Reporting.Figures;

namespace Srpo.Experiments.Runs;

/// <summary>What has a report that can be written again from what grains have stored: the run of an experiment, or a cross-play.</summary>
public sealed class ReportedRun
{
    private readonly RunManifest? _manifest;
    private readonly CrossPlayRun? _crossPlay;

    private ReportedRun(string output, RunManifest? manifest, CrossPlayRun? crossPlay) => (Output, _manifest, _crossPlay) = (output, manifest, crossPlay);

    /// <summary>Directory of its outputs.</summary>
    public string Output { get; }

    /// <summary>Reads what it is.</summary>
    /// <param name="data">The directory that keeps it.</param>
    /// <param name="id">Its id.</param>
    /// <exception cref="SrpoException">There is none of this id, or its file is damaged.</exception>
    public static ReportedRun Load(DataDirectory data, string id)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (CrossPlayRun.Find(data, id) is { } crossPlay) return new(crossPlay.Out, null, crossPlay);
        var manifest = RunManifest.Load(data, id);
        KnownPlugins.Require(id, manifest.Experiment.Plugins);
        return new(manifest.Output(data), manifest, null);
    }

    /// <summary>Writes the report again.</summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="directory">Where the report goes.</param>
    /// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
    /// <exception cref="SrpoException">There are no results yet.</exception>
    public async Task<WrittenReport> ReportAsync(IGrainSession session, string directory, Action<string>? older = null) => _crossPlay is { } run
        ? ReportWriter.WriteAll(directory, await CrossPlayResults.CollectAsync(session, run, older))
        : await ExperimentRun.ReportAsync(session, _manifest!, directory, older);

    /// <summary>The figures of the report.</summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
    /// <exception cref="SrpoException">There are no results yet.</exception>
    public async Task<ImmutableArray<Figure>> FiguresAsync(IGrainSession session, Action<string>? older = null) => _crossPlay is { } run
        ? FigureFiles.Of(await CrossPlayResults.CollectAsync(session, run, older))
        : await ExperimentRun.FiguresAsync(session, _manifest!, older);
}
