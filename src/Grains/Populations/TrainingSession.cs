using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Grains.Diagnostics;
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
        _board = new TeamBoard(Spec.Population, Spec.Teams, silo => silo.Has(Spec.Plugins) ? LearnerDevices.Get(Spec.Training.Device).Capacity(silo.Room()) : 0);
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

    /// <summary>Where long learning curves are.</summary>
    public CurvePages Pages => _work.Host.Pages(Spec.Population);

    /// <summary>Where trouble goes.</summary>
    public ILogger Logger => _work.Logger;

    /// <summary>Environment steps behind the state at which it began. The rate counts what this session trains, not what it went back.</summary>
    public long StepsBefore { get; set; }

    /// <summary>Tokens that language models have generated for its rounds.</summary>
    public long Tokens { get; set; }

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

/// <summary>
/// The training of one team within a session: restores it at its learner, has chunks of rounds trained, checkpoints. When its
/// learner changes, because a silo came, goes or died, it is stored if it can be and restored at the new one.
/// </summary>
internal sealed class TeamRun(TrainingSession session, int team)
{
    private const int LongestChunk = 20;
    private const int FirstChunk = 4;
    private const int Attempts = 3;

    /// <summary>Chunks of slow rounds are short, so that progress is seen and learners are shared; of fast ones long, so that messages are few.</summary>
    private static readonly TimeSpan LongChunk = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortChunk = TimeSpan.FromMilliseconds(500);

    private readonly Backoff _backoff = new(session.Host.Time);
    private int _chunk = FirstChunk;
    private Task _stored = Task.CompletedTask;
    private int _restores;
    private int _failures;
    private int _failedAt = -1;

    /// <summary>The team.</summary>
    public int Team => team;

    /// <summary>Whether it is no longer under way.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Why it waits at present, or null.</summary>
    public string? Waiting { get; private set; }

    private TeamRecord Record => session.Record.Teams[team];

    private string Name => $"team {team} of '{session.Spec.Population}'";

    /// <summary>Trains the team to the end of the session. Never throws.</summary>
    public async Task RunAsync()
    {
        using var scope = session.Logger.BeginScope(new TeamScope(session.Spec.Population, team, Record.Finished));
        while (!session.Stopping.IsSet)
        {
            try
            {
                if (await TryAsync()) break;
            }
            catch (Exception error)
            {
                await SurviveAsync(error);
            }
        }

        (IsDone, Waiting) = (true, null);
    }

    /// <returns>Whether the team is done; if not, its learner has changed.</returns>
    private async Task<bool> TryAsync()
    {
        if (session.LearnerOf(team) is not { } learner)
        {
            // In a process alone nothing will change.
            if (!session.Host.Work.Unattended) LearnerDevices.Get(session.Spec.Training.Device).Require();
            Waiting = $"waits for a silo that takes teams{(session.Spec.Training.Device == LearnerDevices.Names[0] ? "" : $" and has the device '{session.Spec.Training.Device}'")}{string.Concat((session.Spec.Plugins ?? []).Select(plugin => $" and has the plug-in {plugin}"))}";
            await _backoff.WaitAsync(session.Stopping);
            return false;
        }

        if (!await RestoreAsync(learner)) return true;
        Waiting = null;
        if (Record.Quarantine is not null)
        {
            await QuarantineAsync();
            return true;
        }

        return await TrainAsync(learner);
    }

    private async Task SurviveAsync(Exception error)
    {
        var round = Record.Finished();
        session.Host.Meter.AttemptFailed();
        if (error is StaleSessionException)
        {
            session.Logger.LogWarning(error, "{Population} has another coordinator; this one stops.", session.Spec.Population);
            session.GiveWay();
        }
        else if (error is TrainingDivergedException)
        {
            session.Logger.LogError(error, "Team {Team} of {Population} diverged and is put in quarantine.", team, session.Spec.Population);
            Record.Quarantine = error.Message;
            session.Host.Meter.TeamQuarantined();
        }
        else if (Transient.Is(error) || error is TeamOutOfStepException or UnknownGrainException)
        {
            // However often: machines and databases come back, or others take over. An actor that was activated anew after its
            // silo died, or the silo that kept its address, knows only what was stored.
            session.Logger.LogWarning(error, "Team {Team} of {Population} failed after round {Round} and tries again.", team, session.Spec.Population, round);
            if (session.Stopping.IsSet)
            {
                session.Warnings.Add(FormattableString.Invariant($"team {team} could not be stored before the end; it goes on from an earlier checkpoint: {error.Message}"));
                return;
            }

            Waiting = $"waits and tries again: {ShortText.Of(error)}";
            await _backoff.WaitAsync(session.Stopping);
        }
        else
        {
            _failures = round > _failedAt ? 1 : _failures + 1;
            _failedAt = round;
            session.Logger.LogWarning(
                error, "Team {Team} of {Population} failed after round {Round}; attempt {Attempt} of {Attempts}.", team, session.Spec.Population, round, _failures, Attempts);
            if (_failures == Attempts || session.Stopping.IsSet) session.Fail(SrpoException.OfWork(error), $"{Name} failed after round {round}: {SrpoException.MessageOf(error)}");
        }
    }

    /// <returns>False if the session stopped before it was this team's turn.</returns>
    private async Task<bool> RestoreAsync(string learner)
    {
        var before = Record.Finished();
        var restored = false;
        await session.WithTurnAsync(learner, async grain =>
        {
            if (session.Stopping.IsSet) return;
            using var activity = SrpoActivities.HaveRestored(session.Spec.Population, team);
            var request = new RestoreRequest(session.Spec.Population, team, Record.Round, session.Spec, session.Record.Session, ++_restores, SpecIdentity.Of(session.Spec));
            var reply = await activity.AwaitAsync(Following.AskAsync(() => grain.RestoreAsync(request)));
            if (await session.Pages.CutAsync(Record, team, reply.Round) is { } lost && !session.Warnings.Contains(lost)) session.Warnings.Add(lost);
            if (reply.Round > 0) Record.AddCheckpoint(reply.Round);
            if (reply.Warning is { } warning && !session.Warnings.Contains(warning)) session.Warnings.Add(warning);
            restored = true;
        });
        session.StepsBefore += (Record.Finished() - before) * session.Plan.StepsPerRound;
        return restored;
    }

    /// <summary>The team stands at its last good checkpoint; it is stored so, also where it had none and begins anew.</summary>
    private async Task QuarantineAsync()
    {
        await CheckpointAsync();
        await StoredAsync();
    }

    /// <returns>False if it is to go on with another learner.</returns>
    private async Task<bool> TrainAsync(string learner)
    {
        var spec = session.Spec;
        var iterations = spec.Training.Iterations;
        var moves = false;
        while (!moves && !session.Stopping.IsSet && Record.Finished() < iterations)
        {
            var round = Record.Finished();
            var checkpoint = (int)Math.Min(iterations, ((long)round / spec.CheckpointInterval + 1) * spec.CheckpointInterval);
            var rounds = Math.Min(checkpoint - round, _chunk);
            await session.WithTurnAsync(learner, async grain =>
            {
                moves = session.LearnerOf(team) != learner;
                if (moves || session.Stopping.IsSet) return;
                var start = session.Host.Time.GetTimestamp();
                using var activity = SrpoActivities.HaveTrained(spec.Population, team, round + 1, rounds);
                var request = new TrainRequest(spec.Population, team, round + 1, rounds, spec, session.Record.Session);
                var reply = await activity.AwaitAsync(Following.AskAsync(() => grain.TrainAsync(request)));
                var took = session.Host.Time.GetElapsedTime(start);
                if (took > LongChunk) _chunk = Math.Max(1, _chunk / 2);
                else if (took < ShortChunk) _chunk = Math.Min(LongestChunk, 2 * _chunk);
                moves = reply.SiloStopping;
                if (reply.LastRound < round + rounds && !moves && !session.Stopping.IsSet)
                    throw new SrpoGrainException($"the learner stopped at round {reply.LastRound} without being asked to");
                if (reply.LastRound > round || reply.Curve.Length > 0) Record.Round = reply.LastRound;
                Record.Curve.AddRange(reply.Curve);
                session.Tokens += reply.Tokens;
            });
            _backoff.Reset();
            if (Record.Finished() == checkpoint) await CheckpointAsync();
            else session.Writer.WriteIfDue();
            moves |= session.LearnerOf(team) != learner;
        }

        if (Record.Finished() > (Record.Checkpoints.Length > 0 ? Record.Checkpoints[0] : 0)) await CheckpointAsync();
        await StoredAsync();
        if (!moves || session.Stopping.IsSet || Record.Finished() == iterations) return true;

        // A silo that is about to stop says so before its neighbours know.
        if (session.LearnerOf(team) == learner) await _backoff.WaitAsync(session.Stopping);
        return false;
    }

    /// <summary>
    /// Actors first, then the coordinator's record. Before the older checkpoint of the actors is overwritten, the record that
    /// goes with the newer one must be in storage.
    /// </summary>
    private async Task CheckpointAsync()
    {
        await StoredAsync();
        var round = Record.Finished();
        using var activity = SrpoActivities.Checkpoint(session.Spec.Population, team, round);
        var actors = TeamActors.Actors(session.Host.Grains, session.Spec.Population, team, session.Plan);
        var versions = await activity.AwaitAsync(Task.WhenAll(actors.Select(actor => actor.CheckpointAsync(session.Record.Session))));
        for (var i = 0; i < versions.Length; i++)
        {
            if (versions[i] != round) throw new TeamOutOfStepException($"{session.Plan.Actors[i]} stored round {versions[i]} instead of {round}");
        }

        if (round > 0) Record.AddCheckpoint(round);
        _stored = session.Writer.WriteAsync();
    }

    /// <summary>Waits until the record that goes with the team's last checkpoint is in storage, and stores it again if that failed.</summary>
    private async Task StoredAsync()
    {
        if (_stored.IsFaulted || _stored.IsCanceled) _stored = session.Writer.WriteAsync();
        try
        {
            await _stored;
        }
        catch (InconsistentStateException error)
        {
            session.Logger.LogWarning(error, "The record of {Population} was written by somebody else; this coordinator stops.", session.Spec.Population);
            session.GiveWay();
            throw;
        }

        _stored = Task.CompletedTask;
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
