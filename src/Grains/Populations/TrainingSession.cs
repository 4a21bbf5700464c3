using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Grains;

/// <summary>
/// One stretch of training of a population, from a start or resume to its end. All teams are under way together, each in its
/// <see cref="TeamRun"/>; learners take a bounded number of chunks at a time, and the teams that wait for one are served in
/// turn. Runs on the coordinator's scheduler, between its requests; the record it works on is stored by the coordinator.
/// </summary>
internal sealed class TrainingSession : IWorkSession
{
    private readonly SiloMap _map;
    private readonly TeamBoard _board;
    private readonly Dictionary<string, SemaphoreSlim> _turns = [];
    private readonly int _teamsPerLearner;
    private readonly bool _namesSilos;
    private readonly TeamRun[] _runs;
    private readonly StopSignal _stop = new();

    /// <param name="record">What the coordinator stores; this session's number is in it.</param>
    /// <param name="plan">Who plays and learns in a team.</param>
    /// <param name="grains">Gives references to grains.</param>
    /// <param name="map">The silos and what they can take.</param>
    /// <param name="writer">Stores the record.</param>
    /// <param name="teamsPerLearner">Chunks that a learner takes at the same time.</param>
    /// <param name="namesSilos">Whether learners' keys name their silo: on a cluster, where there is one per silo and slot.</param>
    /// <param name="meter">Counts failed attempts and teams in quarantine.</param>
    /// <param name="logger">Where trouble goes.</param>
    public TrainingSession(
        PopulationRecord record, TeamPlan plan, IGrainFactory grains, SiloMap map, CoalescedWriter writer, int teamsPerLearner, bool namesSilos, SrpoMeter meter, ILogger logger)
    {
        (Record, Grains, _map, Writer, Meter, Logger) = (record, grains, map, writer, meter, logger);
        (_teamsPerLearner, _namesSilos) = (teamsPerLearner, namesSilos);
        Plan = plan;
        _board = new TeamBoard(Spec.Population, Spec.Teams, LearnerDevices.Get(Spec.Training.Device).Capacity);
        _runs = [.. Enumerable.Range(0, Spec.Teams).Select(team => new TeamRun(this, team))];
        Started = Stopwatch.GetTimestamp();
        StepsBefore = Steps();
    }

    /// <summary>The record of the population.</summary>
    public PopulationRecord Record { get; }

    /// <summary>Its spec.</summary>
    public PopulationSpec Spec => Record.Spec!;

    /// <summary>Who plays and learns in a team.</summary>
    public TeamPlan Plan { get; }

    /// <summary>Gives references to grains.</summary>
    public IGrainFactory Grains { get; }

    /// <summary>Stores the record.</summary>
    public CoalescedWriter Writer { get; }

    /// <summary>Counts failed attempts and teams in quarantine.</summary>
    public SrpoMeter Meter { get; }

    /// <summary>Where trouble goes.</summary>
    public ILogger Logger { get; }

    /// <inheritdoc/>
    public long Started { get; }

    /// <summary>Environment steps behind the state at which it began. The rate counts what this session trains, not what it went back.</summary>
    public long StepsBefore { get; set; }

    /// <summary>Why a team failed, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>The kind of <see cref="Error"/>.</summary>
    public ErrorKind? ErrorKind { get; private set; }

    /// <summary>Whether another coordinator has taken over, or storage has a record that this one did not write.</summary>
    public bool Superseded { get; private set; }

    /// <summary>Trouble that was survived, one entry per team and cause.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Cancelled when the session is to end: no new chunk begins.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <inheritdoc/>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>How it ended, once it has.</summary>
    public TrainingOutcome Outcome { get; private set; } = TrainingOutcome.Stopped;

    /// <summary>Why teams wait at present, one entry per cause.</summary>
    public IEnumerable<string> Waiting() => _runs
        .Where(run => run.Waiting is not null)
        .GroupBy(run => run.Waiting!, run => run.Team)
        .Select(cause => FormattableString.Invariant($"{Teams([.. cause])}: {cause.Key}"));

    /// <summary>Environment steps of all teams behind the present state.</summary>
    public long Steps()
    {
        long rounds = 0;
        foreach (var team in Record.Teams) rounds += team.Finished();
        return rounds * Plan.StepsPerRound;
    }

    /// <inheritdoc/>
    public void Start() => Completion = RunAsync();

    /// <summary>Ends all teams after their rounds in flight, with a checkpoint of each.</summary>
    public void Stop()
    {
        if (Stopping.IsCancellationRequested) return;
        _stop.Set();
        foreach (var learner in _turns.Keys.ToArray()) _ = StopAsync(learner);
    }

    /// <summary>A team cannot be trained: the session ends with an error.</summary>
    public void Fail(ErrorKind kind, string reason)
    {
        (Error, ErrorKind) = (Error ?? reason, ErrorKind ?? kind);
        Stop();
    }

    /// <summary>Somebody else trains or has stored: the session ends and stores nothing more.</summary>
    public void GiveWay()
    {
        Superseded = true;
        Stop();
    }

    /// <summary>The key of a team's learner; null while no silo takes teams.</summary>
    public string? LearnerOf(int team) => _board.Of(team) is { } slot
        ? _namesSilos ? GrainKeys.Learner(Spec.Training.Device, slot.Slot, slot.Silo) : GrainKeys.Learner(Spec.Training.Device, slot.Slot)
        : null;

    /// <summary>Does something with a learner when it is its turn.</summary>
    public async Task WithTurnAsync(string key, Func<ITeamLearner, Task> act)
    {
        if (!_turns.TryGetValue(key, out var turns)) _turns.Add(key, turns = new SemaphoreSlim(_teamsPerLearner, _teamsPerLearner));
        await turns.WaitAsync();
        try
        {
            await act(Grains.GetGrain<ITeamLearner>(key));
        }
        finally
        {
            turns.Release();
        }
    }

    private static string Teams(int[] teams) =>
        teams.Length == 1 ? FormattableString.Invariant($"team {teams[0]}") : FormattableString.Invariant($"{teams.Length} teams, the first is {teams[0]}");

    private bool IsTraining(int team) => !_runs[team].IsDone;

    private async Task RunAsync()
    {
        _board.Update(await _map.GetAsync(), IsTraining);
        var teams = Task.WhenAll(_runs.Select(run => run.RunAsync()));
        while (!teams.IsCompleted)
        {
            var changed = _map.Changed;
            var silos = _map.Current();
            if (_board.Differs(silos)) _board.Update(silos, IsTraining);
            await Task.WhenAny(teams, changed);
        }

        await teams;
        Outcome = Judge();
    }

    private TrainingOutcome Judge()
    {
        if (Superseded) return TrainingOutcome.Superseded;
        if (Error is not null) return TrainingOutcome.Failed;
        if (Array.TrueForAll(Record.Teams, team => team.Quarantine is not null))
        {
            (Error, ErrorKind) = ($"no team is left to train: {Record.Teams[0].Quarantine}", Core.Errors.ErrorKind.Failed);
            return TrainingOutcome.Failed;
        }

        return Array.TrueForAll(Record.Teams, team => team.Quarantine is not null || team.Round == Spec.Training.Iterations)
            ? TrainingOutcome.Finished
            : TrainingOutcome.Stopped;
    }

    private async Task StopAsync(string learner)
    {
        try
        {
            await Grains.GetGrain<ITeamLearner>(learner).StopAsync(Spec.Population, Record.Session);
        }
        catch (Exception error)
        {
            // Its chunks then go on to their ends.
            Logger.LogWarning(error, "The learner {Learner} could not be asked to stop early.", learner);
        }
    }
}
