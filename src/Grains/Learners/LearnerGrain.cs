using System.Diagnostics;
using Orleans.Concurrency;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Kernels;

namespace Srpo.Grains;

/// <summary>
/// Trains teams. Reentrant: many teams take turns between each other's awaits; what a team needs is in its own
/// <see cref="TeamTrainer"/>, and calls for one team run one after the other.
/// </summary>
[GrainType("learner"), Reentrant]
internal sealed class LearnerGrain(
    EnvironmentCatalog environments, ComputePool pool, ScratchPool<UpdaterKey, TeamUpdater> updaters) : Grain, ILearnerGrain
{
    private readonly Dictionary<(string Population, int Team), TeamTrainer> _teams = [];
    private readonly HashSet<(string Population, int Team)> _training = [];
    private readonly Dictionary<string, long> _stopped = [];
    private long _updates;
    private long _steps;
    private long _rolloutTicks;
    private long _updateTicks;

    /// <inheritdoc/>
    public async Task<RestoreReply> RestoreAsync(RestoreRequest request)
    {
        GrainKeys.ParseLearner(this.GetPrimaryKeyString());
        Check(request?.Spec, request?.Population, request?.Team ?? -1);
        if (_teams.Remove((request!.Population, request.Team), out var former)) await Quietly(former.Last);
        return await TeamRestore.RunAsync(GrainFactory, request);
    }

    /// <inheritdoc/>
    public async Task<TrainReply> TrainAsync(TrainRequest request)
    {
        GrainKeys.ParseLearner(this.GetPrimaryKeyString());
        Check(request?.Spec, request?.Population, request?.Team ?? -1);
        var last = request!.FirstRound + (long)request.Rounds - 1;
        if (request.FirstRound < 1 || request.Rounds < 1 || last > request.Spec.Training.Iterations)
            throw Refuse($"rounds {request.FirstRound} to {last} are not among 1 to {request.Spec.Training.Iterations}");

        var key = (request.Population, request.Team);
        var trainer = Trainer(key, request.Spec);
        var chunk = TrainAfterAsync(trainer.Last, trainer, key, request);
        trainer.Last = chunk;
        try
        {
            var reply = await chunk;

            // Nothing is kept of a team that has finished or been stopped: the actors hold its states.
            if (reply.LastRound == request.Spec.Training.Iterations || reply.LastRound < last) Forget(key, trainer);
            return reply;
        }
        catch
        {
            Forget(key, trainer);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(string population, long session)
    {
        GrainKeys.CheckName(population);
        if (session > _stopped.GetValueOrDefault(population)) _stopped[population] = session;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<LearnerReport> QueryAsync()
    {
        var key = this.GetPrimaryKeyString();
        var (device, _) = GrainKeys.ParseLearner(key);
        return Task.FromResult(new LearnerReport(
            key, $"{device}, {KernelSet.Default.Name} kernels, {pool.Workers} workers", _updates, _steps,
            _updateTicks / (double)Stopwatch.Frequency, _rolloutTicks / (double)Stopwatch.Frequency,
            [.. _training.Order().Select(team => FormattableString.Invariant($"{team.Population}/{team.Team}"))]));
    }

    private static async Task Quietly(Task task) =>
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    private async Task<TrainReply> TrainAfterAsync(Task before, TeamTrainer trainer, (string Population, int Team) key, TrainRequest request)
    {
        await Quietly(before);
        _training.Add(key);
        var (rollouts, updates) = (trainer.RolloutTicks, trainer.UpdateTicks);
        try
        {
            return await TrainAsync(trainer, request);
        }
        finally
        {
            _training.Remove(key);
            _rolloutTicks += trainer.RolloutTicks - rollouts;
            _updateTicks += trainer.UpdateTicks - updates;
        }
    }

    private async Task<TrainReply> TrainAsync(TeamTrainer trainer, TrainRequest request)
    {
        var settings = request.Spec.Training;
        var points = new List<CurvePoint>();
        var round = request.FirstRound - 1;
        await trainer.FetchAsync(round);
        if (round == 0 && CurveRounds.HasPoint(settings, 0)) points.Add(await trainer.EvaluateAsync(0));
        while (round < request.FirstRound + request.Rounds - 1 && request.Session > _stopped.GetValueOrDefault(request.Population))
        {
            await trainer.TrainAsync(++round);
            _updates++;
            _steps += settings.EnvironmentStepsPerUpdate;
            if (CurveRounds.HasPoint(settings, round)) points.Add(await trainer.EvaluateAsync(round));
        }

        return new TrainReply(round, [.. points]);
    }

    private TeamTrainer Trainer((string Population, int Team) key, PopulationSpec spec)
    {
        if (_teams.TryGetValue(key, out var known) && SpecIdentity.Same(known.Spec, spec)) return known;
        var trainer = new TeamTrainer(GrainFactory, spec, key.Team, environments.Shape(spec), pool, updaters) { Last = known?.Last ?? Task.CompletedTask };
        return _teams[key] = trainer;
    }

    private void Forget((string Population, int Team) key, TeamTrainer trainer)
    {
        if (_teams.GetValueOrDefault(key) == trainer) _teams.Remove(key);
    }

    private void Check(PopulationSpec? spec, string? population, int team)
    {
        if (spec is null || population is null || spec.Population != population) throw Refuse("a request needs a population and its spec");
        if (team < 0 || team >= spec.Teams) throw Refuse($"there is no team {team}; '{population}' has the teams 0 to {spec.Teams - 1}");
    }

    private SrpoGrainException Refuse(string reason) => new($"learner '{this.GetPrimaryKeyString()}': {reason}");
}
