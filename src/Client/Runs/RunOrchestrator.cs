using System.Diagnostics;
using Srpo.Client.Cli;
using Srpo.Client.Data;
using Srpo.Client.Equilibria;
using Srpo.Client.Experiments;
using Srpo.Client.Output;
using Srpo.Client.Sessions;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Grains;
using Srpo.Grains.Interfaces;
using Srpo.Reporting;

namespace Srpo.Client.Runs;

/// <summary>
/// Brings a run from wherever it is to its end: train, play, export, report. Every step looks at what is stored and does
/// only what is missing, so that a run that was killed goes on with the same call.
/// </summary>
internal sealed class RunOrchestrator
{
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(5);

    private readonly CommandContext _context;
    private readonly IGrainSession _session;
    private readonly string _resume;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly double _secondsBefore;
    private RunManifest _manifest;
    private TimeSpan _saved;

    private RunOrchestrator(CommandContext context, IGrainSession session, RunManifest manifest)
    {
        _context = context;
        _session = session;
        _manifest = manifest;
        _secondsBefore = manifest.WallSeconds;
        _resume = CommandHints.For(context, $"resume {manifest.Id}");
    }

    /// <summary>Directory of the outputs.</summary>
    private string Output => _manifest.Out ?? _context.Data.Run(_manifest.Id);

    /// <summary>Runs it; other processes can look on meanwhile.</summary>
    public static async Task<int> RunAsync(CommandContext context, RunManifest manifest, RunLock held)
    {
        await using var session = await context.OpenToWorkAsync(held);
        return await new RunOrchestrator(context, session, manifest).RunAsync();
    }

    /// <summary>Writes the report again from what is stored.</summary>
    public static async Task<WrittenReport> ReportAsync(IGrainSession session, RunManifest manifest, string directory)
    {
        var results = await ResultsCollector.CollectAsync(session, manifest);
        return ReportWriter.WriteAll(directory, results, sweeps: StrategyComparer.Sweeps(manifest.Experiment, results.Strategies));
    }

    private async Task<int> RunAsync()
    {
        // Whatever happens, the time spent and the state are kept.
        var state = RunState.Running;
        try
        {
            Save(RunState.Running);
            if (!_context.Json)
                _context.Error.WriteLine($"run {_manifest.Id}: {_manifest.Experiment.Populations.Sum(population => population.Seeds)} teams, results in {Relative(Output)}");
            await ProgressDisplay.RunAsync(_context.Shell, async display =>
            {
                await TrainAsync(display);
                await PlayAsync(display);
            });
            await CheckpointExporter.ExportAsync(new GrainReader(_session.Grains), _manifest, Output, _context.Cancellation);
            _manifest = _manifest with { WallSeconds = WallSeconds() };
            var report = await ReportAsync(_session, _manifest, Output);
            state = RunState.Finished;
            RunSummaryView.Print(_context, report.Summary, Relative(Path.Combine(Output, "report.html")));
            return (int)ExitCode.Ok;
        }
        catch (Exception error) when (ErrorReporter.Describe(error).Code == ExitCode.Interrupted)
        {
            state = RunState.Paused;
            throw error is SrpoException ? error : PopulationTraining.Paused(_resume);
        }
        finally
        {
            TrySave(state);
        }
    }

    private async Task TrainAsync(ProgressDisplay display)
    {
        foreach (var batch in TrainingBatches.Of(_manifest))
        {
            TrainingJob[] jobs = [.. batch.Select(population =>
                new TrainingJob(population.Label, _manifest.PopulationName(population.Label), _manifest.Experiment.Spec(population, _manifest.PopulationName)))];
            await PopulationTraining.RunAsync(_context, _session, jobs, _resume, display, SaveNowAndThen);
        }
    }

    private async Task PlayAsync(ProgressDisplay display)
    {
        var evaluation = _manifest.Experiment.Evaluation;
        string[] populations = [.. _manifest.Experiment.Populations.Where(population => population.Evaluate).Select(population => _manifest.PopulationName(population.Label))];
        foreach (var layout in evaluation.Layouts)
        {
            var spec = new TournamentSpec(populations, layout.Environment, evaluation.Episodes, evaluation.Steps, evaluation.Seed, Opponents(layout));
            await CrossPlay.RunAsync(_context, _session, _manifest.TournamentName(layout.Name), layout.Name, spec, _resume, display, SaveNowAndThen);
        }
    }

    private PolicyReference[] Opponents(EvaluationLayout layout) => [.. layout.Opponents.Select(reference => reference.Policy(_manifest.PopulationName))];

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
        _manifest.Save(_context.Data);
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

    private string Relative(string path)
    {
        var relative = Path.GetRelativePath(_context.Shell.Directory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
