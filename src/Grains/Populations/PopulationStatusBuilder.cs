using System.Diagnostics;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Makes the status message of a population.</summary>
internal static class PopulationStatusBuilder
{
    private const int WarningsShown = 5;

    public static PopulationStatus Build(
        string name, PopulationRecord record, TrainingSession? session, double secondsBefore, string? storageWarning, List<string> warnings)
    {
        var spec = record.Spec!;
        var teams = new TeamStatus[record.Teams.Length];
        long rounds = 0;
        for (var i = 0; i < teams.Length; i++)
        {
            var team = record.Teams[i];
            rounds += team.Finished();
            teams[i] = new TeamStatus(
                i, team.Finished(), team.Checkpoints.Length > 0 ? team.Checkpoints[0] : 0,
                team.Curve.Count > 0 ? team.Curve[^1].MeanReturn : null);
        }

        var perRound = spec.Training.EnvironmentStepsPerUpdate;
        var elapsed = session is null ? 0 : Stopwatch.GetElapsedTime(session.Started).TotalSeconds;
        return new PopulationStatus(
            name,
            record.Phase == PopulationPhase.Training && session is null ? PopulationPhase.Paused : record.Phase,
            MethodNames.Of(spec.Training.Method),
            $"{spec.Environment.Name} {spec.Environment.Variant}",
            spec.Training.Iterations,
            teams,
            rounds * perRound,
            (long)spec.Training.Iterations * spec.Teams * perRound,
            session is null ? record.TrainingSeconds : secondsBefore + elapsed,
            session is null || elapsed <= 0 ? 0 : Math.Max(0, rounds * perRound - session.StepsBefore) / elapsed,
            record.Error,
            Warning(storageWarning, session is null ? warnings : session.Warnings));
    }

    private static string? Warning(string? storage, List<string> warnings)
    {
        if (storage is null && warnings.Count == 0) return null;
        var shown = warnings.Take(WarningsShown);
        if (storage is not null) shown = shown.Prepend(storage);
        var text = string.Join(Environment.NewLine, shown);
        return warnings.Count > WarningsShown ? $"{text}{Environment.NewLine}and {warnings.Count - WarningsShown} more" : text;
    }
}
