using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Srpo.Core.Errors;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

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
            Waiting = "waits for a silo that takes teams";
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
            if (_failures == Attempts || session.Stopping.IsSet) session.Fail(SrpoException.OfWork(error), $"{Name} failed after round {round}: {error.Message}");
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
            Record.CutTo(reply.Round);
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
