using System.Collections.Immutable;
using System.Diagnostics;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Experiments.Data;
using Srpo.Experiments.Equilibria;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Reporting;
using Srpo.Reporting.Figures;

namespace Srpo.Experiments.Runs;

/// <summary>
/// Brings a run from wherever it is to its end: train, play, export, report. Every step looks at what is stored and does
/// only what is missing, so that a run that was killed goes on with the same call.
/// </summary>
public sealed class ExperimentRun
{
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(5);

    private readonly RunContext _context;
    private readonly DataDirectory _data;
    private readonly string _resume;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly double _secondsBefore;
    private RunManifest _manifest;
    private TimeSpan _saved;

    private ExperimentRun(RunContext context, DataDirectory data, RunManifest manifest)
    {
        _context = context;
        _data = data;
        _manifest = manifest;
        _secondsBefore = manifest.WallSeconds;
        _resume = context.Command($"resume {manifest.Id}");
    }

    /// <summary>Runs it to its end and writes its outputs. The caller holds the right to work on it.</summary>
    /// <param name="context">What it works with.</param>
    /// <param name="data">The directory that keeps it.</param>
    /// <param name="manifest">The run, new or as stored.</param>
    /// <exception cref="SrpoException">It failed, or was paused; what was done is stored.</exception>
    public static Task<WrittenReport> RunAsync(RunContext context, DataDirectory data, RunManifest manifest) => new ExperimentRun(context, data, manifest).RunAsync();

    /// <summary>Writes the report again from what is stored.</summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="manifest">The run.</param>
    /// <param name="directory">Where the report goes.</param>
    /// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
    /// <exception cref="SrpoException">There are no results yet.</exception>
    public static async Task<WrittenReport> ReportAsync(IGrainSession session, RunManifest manifest, string directory, Action<string>? older = null)
    {
        var results = await ResultsCollector.CollectAsync(session, manifest, older);
        var (sweeps, notes) = await StrategyComparer.SweepsAsync(manifest.Experiment, results.Strategies);
        return ReportWriter.WriteAll(directory, results with { Notes = [.. results.Notes, .. notes] }, sweeps: sweeps);
    }

    /// <summary>The figures of a run's report, from what is stored.</summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="manifest">The run.</param>
    /// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
    /// <exception cref="SrpoException">There are no results yet.</exception>
    public static async Task<ImmutableArray<Figure>> FiguresAsync(IGrainSession session, RunManifest manifest, Action<string>? older = null)
    {
        var results = await ResultsCollector.CollectAsync(session, manifest, older, withEpisodes: false);
        var (sweeps, _) = await StrategyComparer.SweepsAsync(manifest.Experiment, results.Strategies);
        return FigureFiles.Of(results, sweeps: sweeps);
    }

    /// <summary>Refuses before anything is trained what would be refused once its turn comes: a name that something else has already.</summary>
    /// <param name="state">What is stored.</param>
    /// <param name="manifest">The run.</param>
    /// <exception cref="SrpoException">A population or tournament exists with other settings; the message says which differ.</exception>
    public static async Task RequireNamesAsync(IStateReader state, RunManifest manifest)
    {
        foreach (var population in manifest.Experiment.Populations)
        {
            var spec = manifest.Experiment.Spec(population, manifest.PopulationName);
            if (await ResultsCollector.KnownAsync(() => state.GetSpecAsync(spec.Population)) is { } known && !SpecIdentity.Same(known, spec))
                throw new SrpoException(ErrorKind.InUse, $"the population '{spec.Population}' exists with other settings ({SpecIdentity.Difference(known, spec)}); choose another --id, or delete it (`srpo runs delete {spec.Population}`)");
        }

        foreach (var layout in manifest.Experiment.Evaluation.Layouts)
        {
            var name = manifest.TournamentName(layout.Name);
            if (await ResultsCollector.KnownAsync(() => state.GetTournamentSpecAsync(name)) is { } known && known != Tournament(manifest, layout))
                throw new SrpoException(ErrorKind.InUse, $"the tournament '{name}' exists with other settings; choose another --id, or delete it (`srpo runs delete {name}`)");
        }
    }

    private async Task<WrittenReport> RunAsync()
    {
        RunCheck.Playable(_manifest);
        if (!Preparation.IsNeeded(_manifest.Experiment)) await RequireNamesAsync(new GrainReader(_context.Session.Grains), _manifest);

        // Whatever happens, the time spent and the state are kept.
        var state = RunState.Running;
        try
        {
            Save(RunState.Running);
            await PrepareAsync();
            await TrainAsync();
            await PlayAsync();
            var output = _manifest.Output(_data);
            if (_manifest.Out is not null) OutputDirectory.RequireNoOthers(output, _manifest.Id);
            await CheckpointExporter.ExportAsync(new GrainReader(_context.Session.Grains), _manifest, output, _context.Cancellation);
            _manifest = _manifest with { WallSeconds = WallSeconds() };
            var report = await ReportAsync(_context.Session, _manifest, output);
            state = RunState.Finished;
            return report;
        }
        catch (OperationCanceledException)
        {
            state = RunState.Paused;
            throw PopulationTraining.Paused(_resume);
        }
        catch (SrpoException error) when (error.Kind == ErrorKind.Interrupted)
        {
            state = RunState.Paused;
            throw;
        }
        finally
        {
            TrySave(state);
        }
    }

    /// <summary>What was made ready is part of the run from here on: it goes on with the same weights, or not at all.</summary>
    private async Task PrepareAsync()
    {
        if (!Preparation.IsNeeded(_manifest.Experiment)) return;
        var prepared = await Preparation.RunAsync(_manifest.Experiment, _data.Models, _manifest.Workers, _context.Observer, _context.Cancellation);
        _manifest = _manifest with { Experiment = prepared };
        await RequireNamesAsync(new GrainReader(_context.Session.Grains), _manifest);
        Save(RunState.Running);
    }

    private async Task TrainAsync()
    {
        foreach (var batch in TrainingBatches.Of(_manifest))
        {
            TrainingJob[] jobs = [.. batch.Select(population =>
                new TrainingJob(population.Label, _manifest.PopulationName(population.Label), _manifest.Experiment.Spec(population, _manifest.PopulationName)))];
            await PopulationTraining.RunAsync(_context, jobs, _resume, SaveNowAndThen);
        }
    }

    private async Task PlayAsync()
    {
        foreach (var layout in _manifest.Experiment.Evaluation.Layouts)
            await CrossPlay.RunAsync(_context, _manifest.TournamentName(layout.Name), layout.Name, Tournament(_manifest, layout), _resume, SaveNowAndThen);
    }

    private static TournamentSpec Tournament(RunManifest manifest, EvaluationLayout layout)
    {
        var evaluation = manifest.Experiment.Evaluation;
        string[] populations = [.. manifest.Experiment.Populations.Where(population => population.Evaluate).Select(population => manifest.PopulationName(population.Label))];
        PolicyReference[] opponents = [.. layout.Opponents.Select(reference => reference.Policy(manifest.PopulationName))];
        return new TournamentSpec(populations, layout.Environment, evaluation.Episodes, evaluation.Steps, evaluation.Seed, opponents) { Actions = layout.Actions };
    }

    private double WallSeconds() => _secondsBefore + Stopwatch.GetElapsedTime(_began).TotalSeconds;

    private void SaveNowAndThen()
    {
        var now = Stopwatch.GetElapsedTime(_began);
        if (now - _saved < SaveInterval) return;
        _saved = now;
        Save(RunState.Running);
    }

    private void Save(RunState state)
    {
        _manifest = _manifest with { State = state, WallSeconds = state == RunState.Finished ? _manifest.WallSeconds : WallSeconds() };
        _manifest.Save(_data);
    }

    private void TrySave(RunState state)
    {
        try
        {
            Save(state);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The error that brought us here, most likely this very one, is on its way to the user.
        }
    }
}
