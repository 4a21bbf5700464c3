using System.Globalization;
using System.Text.Json.Serialization;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>What storage keeps of a population.</summary>
[GenerateSerializer, Alias("srpo.PopulationRecord")]
internal sealed class PopulationRecord : IWorkRecord, ILaterForm
{
    /// <inheritdoc/>
    [Id(0)]
    public long Sequence { get; set; }

    /// <summary>The spec, null before the start.</summary>
    [Id(1)]
    public PopulationSpec? Spec { get; set; }

    /// <summary>Where it stands; Training without a session means that the process ended.</summary>
    [Id(2)]
    public PopulationPhase Phase { get; set; }

    /// <summary>The teams.</summary>
    [Id(3)]
    public TeamRecord[] Teams { get; set; } = [];

    /// <summary>Seconds of training in ended sessions and up to the last write of the present one.</summary>
    [Id(4)]
    public double TrainingSeconds { get; set; }

    /// <summary>What went wrong, when failed.</summary>
    [Id(5)]
    public string? Error { get; set; }

    /// <summary>Number of the last session.</summary>
    [Id(6)]
    public long Session { get; set; }

    /// <summary>The phase that the user has asked for while a session ends, or null. Stored before it is acknowledged.</summary>
    [Id(7)]
    public PopulationPhase? Wish { get; set; }

    /// <summary>
    /// <see cref="SpecIdentity.Of"/> the spec, as the build had it that began: one that does not know a setting would read the spec without it. Null in
    /// records of builds that stored none.
    /// </summary>
    [Id(8)]
    public string? Identity { get; set; }

    /// <summary>Why it went wrong, when failed.</summary>
    [Id(9)]
    public ErrorKind? ErrorKind { get; set; }

    /// <summary>A build that knows no pages would take the end of a curve for the whole, and store it so.</summary>
    uint ILaterForm.LeastVersion => Teams is not null && Array.Exists(Teams, team => team.PageEnds.Count > 0) ? 3u : 2u;

    bool IWorkRecord.GoesOn => Phase == PopulationPhase.Training && Wish is null;

    double IWorkRecord.SecondsOfWork
    {
        get => TrainingSeconds;
        set => TrainingSeconds = value;
    }

    /// <inheritdoc/>
    public void Settle()
    {
        if (Wish is { } wish) (Phase, Wish) = (wish, null);
    }

    /// <summary>The newest checkpoint of a team that the record knows of. Actors store theirs before the record does.</summary>
    /// <param name="name">The population.</param>
    /// <param name="team">The team.</param>
    /// <param name="certain">Whether this is the newest record and nobody trains.</param>
    /// <exception cref="UnknownGrainException">No such team.</exception>
    public TeamCheckpoint Checkpoint(string name, int team, bool certain)
    {
        if (team < 0 || team >= Teams.Length) throw new UnknownGrainException(string.Create(CultureInfo.InvariantCulture, $"the population '{name}' has no team {team}"));
        return new TeamCheckpoint(Teams[team].Checkpoints is [var newest, ..] ? newest : 0, certain && Phase != PopulationPhase.Training);
    }

    /// <summary>The learning curves beyond what somebody knows.</summary>
    /// <inheritdoc cref="ICoordinatorGrain.GetCurvesAfterAsync"/>
    public TeamCurve[] Curves(int[] known) =>
    [
        .. Teams.Select((team, index) =>
        {
            var first = index < known.Length && known[index] > 0 && known[index] <= team.Points ? known[index] : 0;
            return new TeamCurve(index, team.CurveFrom(first)) { First = first };
        }),
    ];

    /// <summary>Begins a session.</summary>
    /// <returns>Undoes it, for when it cannot be stored.</returns>
    public Action Begin(PopulationSpec spec, DateTimeOffset now)
    {
        var (phase, teams, error, kind, known, wish, identity) = (Phase, Teams, Error, ErrorKind, Spec, Wish, Identity);
        (Spec, Phase, Error, ErrorKind, Wish, Identity) = (spec, PopulationPhase.Training, null, null, null, SpecIdentity.Of(spec));
        if (teams.Length == 0) Teams = [.. Enumerable.Range(0, spec.Teams).Select(_ => new TeamRecord())];

        // Larger than that of any earlier session, even of a population of this name whose record was removed.
        Session = Math.Max(Session + 1, now.UtcTicks);
        return () => (Phase, Teams, Error, ErrorKind, Spec, Wish, Identity) = (phase, teams, error, kind, known, wish, identity);
    }
}

/// <summary>What storage keeps of a team.</summary>
[GenerateSerializer, Alias("srpo.TeamRecord")]
internal sealed class TeamRecord
{
    /// <summary>Points of the pages, once they were read; null before.</summary>
    [NonSerialized]
    private List<CurvePoint[]>? _pages;

    [NonSerialized]
    private int _cuts;

    [NonSerialized]
    private CurveText? _text;

    /// <summary>Rounds finished; the curve is complete up to here. -1 before the first point.</summary>
    [Id(0)]
    public int Round { get; set; } = -1;

    /// <summary>Rounds of the last two checkpoints, newest first.</summary>
    [Id(1)]
    public int[] Checkpoints { get; set; } = [];

    /// <summary>The learning curve up to <see cref="Round"/>, but for what its pages have: its end, which has the last point.</summary>
    [JsonIgnore]
    [Id(2)]
    public List<CurvePoint> Curve { get; set; } = [];

    /// <summary><see cref="Curve"/> as it is stored.</summary>
    [JsonPropertyName(nameof(Curve))]
    public CurveText? StoredCurve
    {
        get
        {
            if (Curve is null) return null;
            _text ??= new();
            _text.Points = Curve;
            return _text;
        }
        set => Curve = value?.Points!;
    }

    /// <summary>Why the team trains no further, or null.</summary>
    [Id(3)]
    public string? Quarantine { get; set; }

    /// <summary>Round of the last point of every page that the curve begins with, see <see cref="CurvePages"/>.</summary>
    [Id(4)]
    public List<int> PageEnds { get; set; } = [];

    /// <summary>Whether the points of its pages are known here.</summary>
    [JsonIgnore]
    public bool HasPages => _pages is not null || PageEnds.Count == 0;

    /// <summary>How often it went back: whoever reads pages meanwhile reads them again.</summary>
    [JsonIgnore]
    public int Cuts => _cuts;

    /// <summary>Points of the curve. The pages must have been read.</summary>
    [JsonIgnore]
    public int Points => Read().Sum(page => page.Length) + Curve.Count;

    /// <summary>The points that the next page is made of; null while there are too few.</summary>
    [JsonIgnore]
    public CurvePoint[]? FullPage => Curve.Count >= 2 * CurvePages.Size ? [.. Curve.Take(CurvePages.Size)] : null;

    /// <summary>Rounds finished, not negative.</summary>
    public int Finished() => Math.Max(Round, 0);

    /// <summary>Gives it the points of its pages, which are stored apart; those of a page that cannot be read are none.</summary>
    public void TakePages(List<CurvePoint[]> pages) => _pages = pages;

    /// <summary>Has a page that was stored take the place of its points here.</summary>
    /// <returns>Whether these are still the points that come next.</returns>
    public bool TryMoveToPage(int number, CurvePoint[] points)
    {
        if (number != PageEnds.Count || Curve.Count < points.Length || !ReferenceEquals(Curve[points.Length - 1], points[^1]) || !ReferenceEquals(Curve[0], points[0])) return false;
        Curve.RemoveRange(0, points.Length);
        PageEnds.Add(points[^1].Round);
        _pages?.Add(points);
        return true;
    }

    /// <summary>The curve from a point on, counted from 0. The pages must have been read.</summary>
    public CurvePoint[] CurveFrom(int first)
    {
        var points = new List<CurvePoint>(Math.Max(0, Points - first));
        foreach (var page in Read())
        {
            if (first < page.Length) points.AddRange(page.AsSpan(first));
            first = Math.Max(0, first - page.Length);
        }

        points.AddRange(Curve.Skip(first));
        return [.. points];
    }

    /// <summary>The page that has the last point of a team which goes back to a round; null if none has.</summary>
    public int? CutPage(int round) => round > 0 && PageEnds.FindIndex(end => end >= round) is >= 0 and var page ? page : null;

    /// <summary>Goes back, or stays, at a round.</summary>
    /// <param name="round">The round.</param>
    /// <param name="cut">Points of the page <see cref="CutPage"/>, which is none any more: what is left of it belongs to the record, which has the last point.</param>
    public void CutTo(int round, IReadOnlyList<CurvePoint>? cut = null)
    {
        var kept = round == 0 ? 0 : CutPage(round) ?? PageEnds.Count;
        if (kept < PageEnds.Count)
        {
            Curve.InsertRange(0, cut ?? []);
            PageEnds.RemoveRange(kept, PageEnds.Count - kept);
            if (_pages is not null) _pages.RemoveRange(kept, _pages.Count - kept);
            _cuts++;
        }

        Round = round == 0 ? -1 : round;
        Curve.RemoveAll(point => round == 0 || point.Round > round);
        Checkpoints = [.. Checkpoints.Where(checkpoint => checkpoint <= round)];
    }

    /// <summary>Notes a checkpoint.</summary>
    public void AddCheckpoint(int round)
    {
        if (Checkpoints.Length > 0 && Checkpoints[0] == round) return;
        Checkpoints = Checkpoints.Length > 0 ? [round, Checkpoints[0]] : [round];
    }

    private List<CurvePoint[]> Read() => _pages ?? (PageEnds.Count == 0 ? [] : throw new InvalidOperationException("the pages of the learning curve were not read"));
}

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

        var elapsed = session is null ? 0 : session.Elapsed.TotalSeconds;
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
            record.ErrorKind,
            session is null || elapsed <= 0 ? 0 : session.Tokens / elapsed)
        { Imported = spec.Imported };
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
