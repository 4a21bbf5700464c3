using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>
/// One stretch of training of a population, from a start or resume to its end. All teams are under way together; each learner
/// takes a bounded number of chunks at a time, and the teams that wait for it are served in turn. Runs on the coordinator's
/// scheduler, between its requests; the record it works on is stored by the coordinator.
/// </summary>
internal sealed class TrainingSession
{
    private const int ChunkRounds = 20;
    private const int Attempts = 3;

    private readonly PopulationSpec _spec;
    private readonly PopulationRecord _record;
    private readonly TeamPlan _plan;
    private readonly IGrainFactory _grains;
    private readonly CoalescedWriter _writer;
    private readonly ILogger _logger;
    private readonly ILearnerGrain[] _learners;
    private readonly SemaphoreSlim[] _turns;
    private readonly Task[] _stored;
    private bool _stopping;

    public TrainingSession(PopulationRecord record, IGrainFactory grains, CoalescedWriter writer, ComputeOptions options, ILogger logger)
    {
        (_spec, _record, _grains, _writer, _logger) = (record.Spec!, record, grains, writer, logger);
        _plan = TeamPlan.For(_spec.Training);
        var slots = Math.Min(options.Learners ?? options.Workers, _spec.Teams);
        _learners = new ILearnerGrain[slots];
        _turns = new SemaphoreSlim[slots];
        for (var i = 0; i < slots; i++)
        {
            _learners[i] = grains.GetGrain<ILearnerGrain>(GrainKeys.Learner("cpu", i));
            _turns[i] = new SemaphoreSlim(options.TeamsPerLearner, options.TeamsPerLearner);
        }

        _stored = new Task[_spec.Teams];
        Array.Fill(_stored, Task.CompletedTask);
        Started = Stopwatch.GetTimestamp();
        StepsBefore = Steps();
    }

    /// <summary>When it began.</summary>
    public long Started { get; }

    /// <summary>Environment steps behind the state at which it began.</summary>
    public long StepsBefore { get; private set; }

    /// <summary>Why a team failed, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>Trouble that was survived, one entry per team and cause.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Completes, without an exception, when no team is under way any more.</summary>
    public Task<TrainingOutcome> Completion { get; private set; } = Task.FromResult(TrainingOutcome.Stopped);

    /// <summary>Environment steps of all teams behind the present state.</summary>
    public long Steps()
    {
        long rounds = 0;
        foreach (var team in _record.Teams) rounds += team.Finished();
        return rounds * _spec.Training.EnvironmentStepsPerUpdate;
    }

    /// <summary>Sets all teams going.</summary>
    public void Start() => Completion = RunAsync();

    /// <summary>Ends all teams after their rounds in flight, with a checkpoint of each.</summary>
    public void Stop()
    {
        if (_stopping) return;
        _stopping = true;
        foreach (var learner in _learners) _ = StopAsync(learner);
    }

    private async Task<TrainingOutcome> RunAsync()
    {
        var teams = new Task[_spec.Teams];
        for (var team = 0; team < teams.Length; team++) teams[team] = RunTeamAsync(team);
        await Task.WhenAll(teams);
        if (Error is not null) return TrainingOutcome.Failed;
        return Array.TrueForAll(_record.Teams, team => team.Round == _spec.Training.Iterations) ? TrainingOutcome.Finished : TrainingOutcome.Stopped;
    }

    private async Task StopAsync(ILearnerGrain learner)
    {
        try
        {
            await learner.StopAsync(_spec.Population, _record.Session);
        }
        catch (Exception error)
        {
            // Its chunks then go on to their ends.
            _logger.LogWarning(error, "A learner could not be asked to stop early.");
        }
    }

    private async Task RunTeamAsync(int team)
    {
        var failures = 0;
        var failedAt = -1;
        while (!_stopping)
        {
            try
            {
                if (await RestoreAsync(team)) await TrainAsync(team);
                return;
            }
            catch (TrainingDivergedException error)
            {
                Fail(error.Message);
            }
            catch (Exception error)
            {
                var round = _record.Teams[team].Finished();
                failures = round > failedAt ? 1 : failures + 1;
                failedAt = round;
                _logger.LogWarning(error, "Team {Team} of {Population} failed after round {Round}; attempt {Attempt} of {Attempts}.", team, _spec.Population, round, failures, Attempts);
                if (failures == Attempts || _stopping)
                    Fail($"team {team} of '{_spec.Population}' failed after round {round}: {error.Message}");
            }
        }
    }

    private void Fail(string reason)
    {
        Error ??= reason;
        Stop();
    }

    /// <returns>False if the session stopped before it was this team's turn.</returns>
    private async Task<bool> RestoreAsync(int team)
    {
        var record = _record.Teams[team];
        var before = record.Finished();
        var restored = false;
        await WithTurnAsync(team, async learner =>
        {
            if (_stopping) return;
            var reply = await learner.RestoreAsync(new RestoreRequest(_spec.Population, team, record.Round, _spec));
            record.CutTo(reply.Round);
            if (reply.Round > 0) record.AddCheckpoint(reply.Round);
            if (reply.Warning is { } warning && !Warnings.Contains(warning)) Warnings.Add(warning);
            restored = true;
        });

        // The rate counts what this session trains, not what it went back.
        StepsBefore += (record.Finished() - before) * _spec.Training.EnvironmentStepsPerUpdate;
        return restored;
    }

    private async Task TrainAsync(int team)
    {
        var record = _record.Teams[team];
        var iterations = _spec.Training.Iterations;
        while (!_stopping && record.Finished() < iterations)
        {
            var round = record.Finished();
            var checkpoint = (int)Math.Min(iterations, ((long)round / _spec.CheckpointInterval + 1) * _spec.CheckpointInterval);
            var rounds = Math.Min(checkpoint - round, ChunkRounds);
            await WithTurnAsync(team, async learner =>
            {
                if (_stopping) return;
                var reply = await learner.TrainAsync(new TrainRequest(_spec.Population, team, round + 1, rounds, _spec, _record.Session));
                if (reply.LastRound < round + rounds && !_stopping)
                    throw new SrpoGrainException($"the learner stopped at round {reply.LastRound} without being asked to");
                if (reply.LastRound > round || reply.Curve.Length > 0) record.Round = reply.LastRound;
                record.Curve.AddRange(reply.Curve);
            });
            if (record.Finished() == checkpoint) await CheckpointAsync(team);
            else if (_writer.IsDue) StoreSoon();
        }

        if (record.Finished() > (record.Checkpoints.Length > 0 ? record.Checkpoints[0] : 0)) await CheckpointAsync(team);
        await StoredAsync(team);
    }

    /// <summary>
    /// Actors first, then the coordinator's record. Before the older checkpoint of the actors is overwritten, the record that
    /// goes with the newer one must be in storage.
    /// </summary>
    private async Task CheckpointAsync(int team)
    {
        await StoredAsync(team);
        var record = _record.Teams[team];
        var round = record.Finished();
        var actors = TeamActors.Actors(_grains, _spec.Population, team, _plan);
        var versions = await Task.WhenAll(actors.Select(actor => actor.CheckpointAsync()));
        for (var i = 0; i < versions.Length; i++)
        {
            if (versions[i] != round) throw new SrpoGrainException($"{_plan.Actors[i]} stored round {versions[i]} instead of {round}");
        }

        record.AddCheckpoint(round);
        _stored[team] = _writer.WriteAsync();
    }

    /// <summary>Waits until the record that goes with the team's last checkpoint is in storage.</summary>
    private Task StoredAsync(int team)
    {
        var stored = _stored[team];
        _stored[team] = Task.CompletedTask;
        return stored;
    }

    /// <summary>Stores progress that nobody waits for; a failure shows at the next checkpoint.</summary>
    private void StoreSoon() => _ = _writer.WriteAsync().ContinueWith(
        task => _logger.LogWarning(task.Exception, "The progress of {Population} could not be stored.", _spec.Population),
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private async Task WithTurnAsync(int team, Func<ILearnerGrain, Task> act)
    {
        var slot = team % _learners.Length;
        await _turns[slot].WaitAsync();
        try
        {
            await act(_learners[slot]);
        }
        finally
        {
            _turns[slot].Release();
        }
    }
}
