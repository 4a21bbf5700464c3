using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>What storage keeps of a tournament.</summary>
[GenerateSerializer, Alias("srpo.TournamentRecord")]
internal sealed class TournamentRecord : IWorkRecord, ILaterForm
{
    /// <summary>A build that knows nothing of ways to act would go on drawing actions.</summary>
    uint ILaterForm.LeastVersion => Spec is null or { Actions: ActionChoice.Sampled } ? 2u : 3u;

    /// <inheritdoc/>
    [Id(0)]
    public long Sequence { get; set; }

    /// <summary>The spec, null before the start.</summary>
    [Id(1)]
    public TournamentSpec? Spec { get; set; }

    /// <summary>The runs, in the order of rows and of columns.</summary>
    [Id(2)]
    public TournamentPlayer[] Players { get; set; } = [];

    /// <summary>[Players x Players] row-major; null where not played yet.</summary>
    [Id(3)]
    public MatchResult?[] Cells { get; set; } = [];

    /// <summary>Seconds spent playing, over all sessions.</summary>
    [Id(4)]
    public double Seconds { get; set; }

    /// <summary>What went wrong, else null.</summary>
    [Id(5)]
    public string? Error { get; set; }

    /// <summary>Whether it was begun and not paused since.</summary>
    [Id(6)]
    public bool Active { get; set; }

    /// <summary>How two runs share the team's seats.</summary>
    [Id(7)]
    public Seating Seating { get; set; }

    /// <summary>Why it went wrong, else null.</summary>
    [Id(8)]
    public ErrorKind? ErrorKind { get; set; }

    bool IWorkRecord.GoesOn => Active && Error is null && !IsFinished();

    double IWorkRecord.SecondsOfWork
    {
        get => Seconds;
        set => Seconds = value;
    }

    /// <summary>The matrix as far as it is played.</summary>
    /// <param name="tournament">The tournament's id.</param>
    /// <param name="environments">What knows the seats.</param>
    public TournamentMatrix Matrix(string tournament, EnvironmentCatalog environments)
    {
        var seats = environments.Info(Spec!.Environment).TeamSeats;
        return new TournamentMatrix(tournament, Spec, Players, [.. Cells], Seatings.Describe(Seating, seats), Seatings.Episodes(Seating, seats, Spec.Episodes));
    }

    /// <summary>Notes what went wrong; the first error stays.</summary>
    /// <param name="error">The error.</param>
    /// <param name="what">What was being done; null for nothing in particular.</param>
    public void Fail(Exception error, string? what = null)
    {
        if (Error is null) (Error, ErrorKind) = (what is null ? SrpoException.MessageOf(error) : $"{what}: {SrpoException.MessageOf(error)}", SrpoException.OfWork(error));
    }

    /// <summary>A pause is noted in <see cref="Active"/> at once, so that nothing is left to settle.</summary>
    void IWorkRecord.Settle()
    {
    }

    /// <summary>Whether all is played.</summary>
    public bool IsFinished() => Spec is not null && Array.TrueForAll(Cells, cell => cell is not null);

    /// <summary>Cells played.</summary>
    public int Played() => Cells.Count(cell => cell is not null);
}

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
            .. record.Players.Where(player => player.Older is not null).Select(player => $"'{player.Population}' team {player.Team} plays with older weights: {player.Older}"),
        ];
        var text = string.Join(Environment.NewLine, troubles.OfType<string>());
        return text.Length == 0 ? null : text;
    }
}
