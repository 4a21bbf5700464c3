using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;

namespace Srpo.Dashboard.Tests.Support;

/// <summary>A source with one population, whose course a test decides; it notes what it is asked. Thread-safe.</summary>
internal sealed class FakeSource : IDashboardSource, IStateReader
{
    public const string Population = "alone";

    private readonly Lock _lock = new();
    private readonly List<string> _asked = [];
    private PopulationStatus _status;
    private readonly CurvePoint[][] _curves;
    private Exception? _problem;

    public FakeSource(int teams)
    {
        Spec = SpecOf(Population, teams);
        _curves = [.. Enumerable.Range(0, teams).Select(_ => Array.Empty<CurvePoint>())];
        _status = new PopulationStatus(
            Population, PopulationPhase.Training, "ippo", "gridworld official", Spec.Training.Iterations, [.. Enumerable.Range(0, teams).Select(team => new TeamStatus(team, 0, 0, null))],
            0, 1000, 0, 0, null, null);
    }

    public PopulationSpec Spec { get; }

    public string Name => "data directory of a test";

    public string Era { get; set; } = "1";

    public IReadOnlyList<StoredRun> Runs { get; set; } = [];

    public Dictionary<string, TournamentSpec> Tournaments { get; } = [];

    /// <summary>Tournaments that have been played to their ends.</summary>
    public HashSet<string> Played { get; } = [];

    /// <summary>Answers who asks for silos.</summary>
    public Func<Task<SiloReport[]>> Silos { get; set; } = () => throw new NotSupportedException();

    /// <summary>What is waited for before it is said where a population stands.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>How often runs were read.</summary>
    public int RunsRead { get; private set; }

    /// <summary>What it was asked since the last call of this.</summary>
    public string[] Asked()
    {
        lock (_lock)
        {
            string[] asked = [.. _asked];
            _asked.Clear();
            return asked;
        }
    }

    /// <summary>From here on every question ends with this error; null for answers.</summary>
    public void Fail(Exception? problem)
    {
        lock (_lock) _problem = problem;
    }

    /// <summary>Changes where the population stands.</summary>
    public void Change(Func<PopulationStatus, PopulationStatus> change)
    {
        lock (_lock) _status = change(_status);
    }

    /// <summary>A team has played up to a round, and its curve has a point after each; one that goes back loses those beyond.</summary>
    public void Play(int team, int round)
    {
        lock (_lock)
        {
            _curves[team] = [.. Enumerable.Range(0, round + 1).Select(Point)];
            _status = _status with { Teams = [.. _status.Teams.Select(one => one.Team == team ? one with { Round = round, LastReturn = Point(round).MeanReturn } : one)] };
        }
    }

    public static CurvePoint Point(int round) => new(round, 10 * round, 20 * round, round / 2.0, [1, 2], round == 0 ? null : [Measures(round, 0), Measures(round, 1)]);

    /// <summary>Measures that say whose they are.</summary>
    public static UpdateMetrics Measures(int round, int actor) => new(round, round + (100 * actor), 0, 0.5 + actor, 0.1 + actor, 0.2 + actor, actor == 0 ? 0 : 0.3, 0.4 + actor, 0.6 + actor);

    public static PopulationSpec SpecOf(string name, int teams = 1, string method = "ippo") => new()
    {
        Population = name,
        Environment = new EnvironmentSettings("gridworld", "official"),
        Teams = teams,
        Training = new TrainingSettings { Method = method, Iterations = 100, Lanes = 2, Horizon = 8, Network = new NetworkSettings { Hidden = [4] } },
    };

    public Task<IReadOnlyList<StoredRun>> RunsAsync(CancellationToken cancellation)
    {
        RunsRead++;
        return Task.FromResult(Runs);
    }

    public Task<IReadOnlyList<string>> AliveAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<string>>([]);

    public RunManifest? Manifest(string id) => null;

    public string? Report(StoredRun run) => null;

    public Task<T> AskAsync<T>(Func<IStateReader, Task<T>> ask, CancellationToken cancellation) => ask(this);

    public Task<PopulationSpec> GetSpecAsync(string population) => Answer("spec", () => Spec);

    public async Task<PopulationStatus> GetStatusAsync(string population)
    {
        await Before(population);
        return await Answer("status", () => _status);
    }

    public Task<TeamCurve[]> GetCurvesAfterAsync(string population, int[] known) => Answer($"curves after {string.Join(' ', known)}", () => _curves.Select((curve, team) =>
    {
        var first = team < known.Length && known[team] <= curve.Length ? known[team] : 0;
        return new TeamCurve(team, curve[first..]) { First = first };
    }).ToArray());

    public Task<TournamentSpec> GetTournamentSpecAsync(string tournament) => Task.FromResult(Tournaments[tournament]);

    public Task<SiloReport[]> SilosAsync(CancellationToken cancellation) => Silos();

    public Task<ReplayFrame[]> ReplayAsync(ReplayRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public Task StartAsync(string population, IReadOnlyList<string> settings, CancellationToken cancellation) => throw new NotSupportedException();

    public Task ResumeAsync(string population, CancellationToken cancellation) => throw new NotSupportedException();

    public Task PauseAsync(string population, bool stop, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<string[]> GetPopulationsAsync() => throw new NotSupportedException();

    public Task<string[]> GetTournamentsAsync() => throw new NotSupportedException();

    public Task<ActorReport> QueryActorAsync(ActorKind kind, string key) => throw new NotSupportedException();

    public Task<ActorExport> ExportActorAsync(ActorKind kind, string key) => throw new NotSupportedException();

    public Task<PolicySnapshot> GetPolicyAsync(ActorKind kind, string key) => throw new NotSupportedException();

    public Task<PolicySnapshot> GetPolicyAfterAsync(string agent, int round) => throw new NotSupportedException();

    public Task<EnvironmentReport> QueryEnvironmentAsync(string key) => throw new NotSupportedException();

    public Task<TournamentStatus> GetTournamentAsync(string tournament) =>
        Task.FromResult(new TournamentStatus(tournament, "gridworld official", 2, Played.Contains(tournament) ? 4 : 1, 4, 0, 0, Played.Contains(tournament), null));

    public Task<TournamentMatrix> GetMatrixAsync(string tournament) => throw new NotSupportedException();

    private Task<T> Answer<T>(string question, Func<T> answer)
    {
        lock (_lock)
        {
            _asked.Add(question);
            return _problem is null ? Task.FromResult(answer()) : Task.FromException<T>(_problem);
        }
    }
}
