using Microsoft.Extensions.Logging;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Grains;

/// <summary>
/// One stretch of training of a population, from a start or resume to its end. All teams are under way together, each in its
/// <see cref="TeamRun"/>; learners take a bounded number of chunks at a time, and the teams that wait for one are served in
/// turn. Runs on the coordinator's scheduler, between its requests; the record it works on is stored by the coordinator.
/// </summary>
internal sealed class TrainingSession : WorkSession
{
    private readonly WorkContext<PopulationRecord> _work;
    private readonly SiloMap _map;
    private readonly TeamBoard _board;
    private readonly Dictionary<string, SemaphoreSlim> _turns = [];
    private readonly int _teamsPerLearner;
    private readonly TeamRun[] _runs;

    /// <param name="work">What the coordinator stores, with this session's number in it, and the silo.</param>
    /// <param name="plan">Who plays and learns in a team.</param>
    /// <param name="map">The silos and what they can take.</param>
    /// <param name="teamsPerLearner">Chunks that a learner takes at the same time.</param>
    public TrainingSession(WorkContext<PopulationRecord> work, TeamPlan plan, SiloMap map, int teamsPerLearner)
        : base(work.Host.Time)
    {
        (_work, Plan, _map, _teamsPerLearner) = (work, plan, map, teamsPerLearner);
        _board = new TeamBoard(Spec.Population, Spec.Teams, LearnerDevices.Get(Spec.Training.Device).Capacity);
        _runs = [.. Enumerable.Range(0, Spec.Teams).Select(team => new TeamRun(this, team))];
        StepsBefore = Steps();
    }

    /// <summary>The record of the population.</summary>
    public PopulationRecord Record => _work.Record;

    /// <summary>Its spec.</summary>
    public PopulationSpec Spec => Record.Spec!;

    /// <summary>Who plays and learns in a team.</summary>
    public TeamPlan Plan { get; }

    /// <summary>Stores the record.</summary>
    public CoalescedWriter Writer => _work.Writer;

    /// <summary>The silo of the coordinator.</summary>
    public GrainHost Host => _work.Host;

    /// <summary>Where trouble goes.</summary>
    public ILogger Logger => _work.Logger;

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

    /// <summary>The key of a team's learner; null while no silo takes teams. On a cluster it names the silo: there is one per silo and slot.</summary>
    public string? LearnerOf(int team) => _board.Of(team) is { } slot
        ? Host.Work.Unattended ? GrainKeys.Learner(Spec.Training.Device, slot.Slot, slot.Silo) : GrainKeys.Learner(Spec.Training.Device, slot.Slot)
        : null;

    /// <summary>Does something with a learner when it is its turn.</summary>
    public async Task WithTurnAsync(string key, Func<ITeamLearner, Task> act)
    {
        if (!_turns.TryGetValue(key, out var turns)) _turns.Add(key, turns = new SemaphoreSlim(_teamsPerLearner, _teamsPerLearner));
        await turns.WaitAsync();
        try
        {
            await act(Host.Grains.GetGrain<ITeamLearner>(key));
        }
        finally
        {
            turns.Release();
        }
    }

    /// <summary>Ends all teams after their rounds in flight, with a checkpoint of each.</summary>
    protected override void HastenEnd()
    {
        foreach (var learner in _turns.Keys.ToArray()) _ = StopAsync(learner);
    }

    private static string Teams(int[] teams) =>
        teams.Length == 1 ? FormattableString.Invariant($"team {teams[0]}") : FormattableString.Invariant($"{teams.Length} teams, the first is {teams[0]}");

    private bool IsTraining(int team) => !_runs[team].IsDone;

    /// <inheritdoc/>
    protected override async Task RunAsync()
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
            await Host.Grains.GetGrain<ITeamLearner>(learner).StopAsync(Spec.Population, Record.Session);
        }
        catch (Exception error)
        {
            // Its chunks then go on to their ends.
            Logger.LogWarning(error, "The learner {Learner} could not be asked to stop early.", learner);
        }
    }
}

/// <summary>How a training session ended.</summary>
internal enum TrainingOutcome
{
    /// <summary>Every team has played all rounds or is in quarantine.</summary>
    Finished,

    /// <summary>It was asked to stop.</summary>
    Stopped,

    /// <summary>A team failed for good, or all are in quarantine.</summary>
    Failed,

    /// <summary>Another coordinator has taken over.</summary>
    Superseded,
}
