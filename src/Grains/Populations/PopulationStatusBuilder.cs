using System.Diagnostics;
using System.Globalization;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Makes the status message of a population.</summary>
internal static class PopulationStatusBuilder
{
    private const int WarningsShown = 5;

    public static PopulationStatus Build(
        string name, PopulationRecord record, long stepsPerRound, TrainingSession? session, double seconds, IEnumerable<string?> troubles, List<string> warnings,
        bool unattended)
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
                team.Curve.Count > 0 ? team.Curve[^1].MeanReturn : null, team.Quarantine);
        }

        var elapsed = session is null ? 0 : Stopwatch.GetElapsedTime(session.Started).TotalSeconds;
        return new PopulationStatus(
            name,
            record.Phase == PopulationPhase.Training && session is null && !unattended ? PopulationPhase.Paused : record.Phase,
            spec.Training.Method,
            $"{spec.Environment.Name} {spec.Environment.Variant}",
            spec.Training.Iterations,
            teams,
            rounds * stepsPerRound,
            (long)spec.Training.Iterations * spec.Teams * stepsPerRound,
            seconds,
            session is null || elapsed <= 0 ? 0 : Math.Max(0, rounds * stepsPerRound - session.StepsBefore) / elapsed,
            record.Error,
            Warning([
                .. troubles.OfType<string>(),
                .. record.Phase == PopulationPhase.Training && session is null && unattended ? ["training goes on by itself in a few seconds"] : Array.Empty<string>(),
                .. session?.Waiting() ?? [],
                .. Quarantined(record),
                .. session is null ? warnings : session.Warnings,
            ]),
            session is null ? null : record.Wish,
            record.ErrorKind);
    }

    private static IEnumerable<string> Quarantined(PopulationRecord record) => record.Teams
        .Select((team, i) => team.Quarantine is { } reason
            ? string.Create(CultureInfo.InvariantCulture, $"team {i} is in quarantine and stays at round {team.Finished()}: {reason}")
            : null)
        .OfType<string>();

    private static string? Warning(string[] warnings)
    {
        if (warnings.Length == 0) return null;
        var text = string.Join(Environment.NewLine, warnings.Take(WarningsShown));
        return warnings.Length > WarningsShown ? $"{text}{Environment.NewLine}and {warnings.Length - WarningsShown} more" : text;
    }
}
