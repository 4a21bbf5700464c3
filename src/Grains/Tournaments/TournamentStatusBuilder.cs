using System.Globalization;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Makes the status message of a tournament.</summary>
internal static class TournamentStatusBuilder
{
    public static TournamentStatus Build(string name, TournamentRecord record, TournamentSession? session, double seconds, string? storageProblem)
    {
        var (spec, played) = (record.Spec!, record.Played());
        return new TournamentStatus(
            name, $"{spec.Environment.Name} {spec.Environment.Variant}", record.Players.Length, played, record.Cells.Length,
            (long)played * spec.Episodes * spec.Steps, seconds, record.IsFinished() && session is null, record.Error, Warning(record, session, storageProblem),
            session is not null, record.ErrorKind);
    }

    private static string? Warning(TournamentRecord record, TournamentSession? session, string? storageProblem)
    {
        string?[] troubles =
        [
            storageProblem,
            session?.Waiting,
            .. record.Players
                .Where(player => player.QuarantinedAt is not null)
                .Select(player => string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{player.Population}' team {player.Team} is in quarantine and plays as it was at round {player.QuarantinedAt}")),
        ];
        var text = string.Join(Environment.NewLine, troubles.OfType<string>());
        return text.Length == 0 ? null : text;
    }
}
