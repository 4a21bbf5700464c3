using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Grains.Compute;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Grains;

/// <summary>
/// Trains teams. Reentrant: many teams take turns between each other's awaits; what a team needs is in its own
/// <see cref="TeamHost"/>, and calls for one team run one after the other.
/// </summary>
[GrainType("learner"), SiloPlacement, Reentrant]
internal sealed class LearnerGrain(
    GrainHost host, EnvironmentCatalog environments, UpdateQueue updates, SiloMap map, ILogger<LearnerGrain> logger) : Grain, ILearnerGrain, ITeamLearner
{
    /// <summary>Teams of which something is remembered; those that rest are forgotten beyond it.</summary>
    private const int MostCalls = 4096;

    private readonly Dictionary<(string Population, int Team), TeamHost> _teams = [];
    private readonly HashSet<TeamHost> _training = [];
    private readonly Dictionary<(string Population, int Team), TeamCalls> _calls = [];
    private readonly Dictionary<string, SessionFence> _fences = [];
    private long _updates;
    private long _steps;
    private long _rolloutTicks;
    private long _updateTicks;

    private string Key => this.GetPrimaryKeyString();

    private ActiveWork Work => host.Work;

    private ComputePool Pool => updates.Workers;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Work.Learners[Key] = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Work.Learners.TryRemove(Key, out _);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<RestoreReply?> RestoreAsync(RestoreRequest request)
    {
        Check(request?.Spec, request?.Population, request?.Team ?? -1);
        GrainChecks.Session(environments.Problems(request!.Spec), request.Session);
        GrainChecks.Range("known round", request.KnownRound, -1, request.Spec.Training.Iterations);
        if (request.Identity is not null && request.Identity != SpecIdentity.Of(request.Spec))
            throw Refuse("this silo is of another build than the coordinator's and does not know every setting of the population; resume it when all silos are of the newer build");
        Fence(request.Population).Enter(request.Session);
        var calls = Calls((request.Population, request.Team));
        var before = calls.Restore.Work ?? Task.CompletedTask;
        return calls.Restore.AskAsync((request.Session, request.Attempt), () =>
        {
            // What was trained before it is not to be found by a request that comes after it.
            calls.Train.Forget();
            return RestoreAfterAsync(before, request);
        });
    }

    /// <inheritdoc/>
    public Task<TrainReply?> TrainAsync(TrainRequest request)
    {
        Check(request?.Spec, request?.Population, request?.Team ?? -1);
        GrainChecks.Session(environments.Problems(request!.Spec), request.Session);
        var last = request.FirstRound + (long)request.Rounds - 1;
        if (request.FirstRound < 1 || request.Rounds < 1 || last > request.Spec.Training.Iterations)
            throw Refuse($"rounds {request.FirstRound} to {last} are not among 1 to {request.Spec.Training.Iterations}");
        Fence(request.Population).Enter(request.Session);
        return Calls((request.Population, request.Team)).Train.AskAsync(
            (request.Session, request.FirstRound, request.Rounds), () => TrainNowAsync(request, (int)last));
    }

    /// <inheritdoc/>
    public Task StopAsync(string population, long session)
    {
        GrainKeys.CheckName(population);
        Fence(population).Stop(session);
        _ = CancelSoonAsync(team => team.Spec.Population == population && team.Session <= session);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task DrainAsync()
    {
        _ = CancelSoonAsync(_ => Work.Stopping);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<LearnerReport> QueryAsync()
    {
        var (device, _) = CheckKey();
        return Task.FromResult(new LearnerReport(
            Key, $"{device.Name}, {device.Description}, {Pool.Workers} workers", _updates, _steps,
            _updateTicks / (double)Stopwatch.Frequency, _rolloutTicks / (double)Stopwatch.Frequency,
            [.. _training.OrderBy(team => (team.Spec.Population, team.Team)).Select(team => team.Key)]));
    }

    private async Task<RestoreReply> RestoreAfterAsync(Task before, RestoreRequest request)
    {
        await Quietly(before);
        if (_teams.Remove((request.Population, request.Team), out var former))
        {
            former.Cancel();
            await Quietly(former.Last);
        }

        using var activity = SrpoActivities.Restore(request.Population, request.Team);
        return await TeamRestore.RunAsync(host, environments.Plan(request.Spec), request);
    }

    private async Task<TrainReply> TrainNowAsync(TrainRequest request, int last)
    {
        var key = (request.Population, request.Team);
        var team = TeamOf(key, request.Spec);
        var chunk = TrainAfterAsync(team.Last, team, request);
        team.Last = chunk;
        try
        {
            var reply = await chunk;

            // Nothing is kept of a team that has finished or been stopped: the actors hold its states.
            if (reply.LastRound == request.Spec.Training.Iterations || reply.LastRound < last)
            {
                Forget(key, team);
                await Quietly(team.RestAsync());
            }

            return reply;
        }
        catch
        {
            Forget(key, team);
            throw;
        }
    }

    private TeamCalls Calls((string Population, int Team) key)
    {
        if (_calls.TryGetValue(key, out var calls)) return calls;
        if (_calls.Count >= MostCalls)
        {
            foreach (var resting in _calls.Where(known => known.Value.IsResting).Select(known => known.Key).ToArray()) _calls.Remove(resting);
            var known = _calls.Keys.Select(call => call.Population).ToHashSet();
            foreach (var forgotten in _fences.Keys.Where(population => !known.Contains(population)).ToArray()) _fences.Remove(forgotten);
        }

        return _calls[key] = new TeamCalls(Pool.Options.Answer, host.Time);
    }

    private static async Task Quietly(Task task) =>
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Gives rounds in flight a moment to end, then cancels those that have not. What they have played is played again.</summary>
    private async Task CancelSoonAsync(Func<TeamHost, bool> concerned)
    {
        await Task.Delay(TeamHost.Patience, host.Time);
        while (_training.FirstOrDefault(concerned) is not null)
        {
            foreach (var team in _training.Where(concerned).ToArray()) team.Cancel();
            await Task.Delay(TeamHost.Patience / 2, host.Time);
        }
    }

    private async Task<TrainReply> TrainAfterAsync(Task before, TeamHost team, TrainRequest request)
    {
        await Quietly(before);
        team.Session = request.Session;
        _training.Add(team);
        Work.Teams[team.Key] = true;
        var (rollouts, updates) = (team.RolloutTicks, team.UpdateTicks);
        using var activity = SrpoActivities.Train(request.Population, request.Team, request.FirstRound, request.Rounds);
        using var scope = logger.BeginScope(new TeamScope(request.Population, request.Team, () => team.Training.Round));
        using var part = team.TakePart();
        try
        {
            return await TrainAsync(team, request);
        }
        finally
        {
            _training.Remove(team);
            Work.Teams.TryRemove(team.Key, out _);
            _rolloutTicks += team.RolloutTicks - rollouts;
            _updateTicks += team.UpdateTicks - updates;
        }
    }

    private async Task<TrainReply> TrainAsync(TeamHost team, TrainRequest request)
    {
        var points = new List<CurvePoint>();
        var round = request.FirstRound - 1;
        var fence = Fence(request.Population);
        var tokens = team.Tokens;
        await team.FetchAsync(round);
        if (round == 0 && await team.EvaluateAsync() is { } beginning) points.Add(beginning);
        while (round < request.FirstRound + request.Rounds - 1 && fence.Admits(request.Session) && !Work.Stopping)
        {
            if (!await TrainRoundAsync(team)) break;
            round++;
            _updates++;
            _steps += team.Plan.StepsPerRound;
            Work.Done.AddRound(team.Plan.StepsPerRound);
            if (await team.EvaluateAsync() is { } point) points.Add(point);
        }

        return new TrainReply(round, [.. points], Work.Stopping, team.Tokens - tokens);
    }

    /// <summary>Plays and learns the next round, and hands every actor its next state.</summary>
    /// <returns>False if it was cancelled before any actor was changed.</returns>
    private async Task<bool> TrainRoundAsync(TeamHost team)
    {
        if (team.IsCancelled) return false;
        var (rollouts, updates) = (team.RolloutTicks, team.UpdateTicks);
        try
        {
            await team.Training.TrainAsync();
            host.Meter.RoundTrained(team.Spec.Training, team.Plan, team.RolloutTicks - rollouts, team.UpdateTicks - updates);
            return true;
        }
        catch (DivergedException error)
        {
            throw new TrainingDivergedException($"{team.Name}: {error.Message}");
        }
        catch (Exception) when (team.IsCancelled && !team.Training.HasHandedOut)
        {
            return false;
        }
    }

    private SessionFence Fence(string population)
    {
        if (!_fences.TryGetValue(population, out var fence)) _fences.Add(population, fence = new SessionFence(Key, population));
        return fence;
    }

    private TeamHost TeamOf((string Population, int Team) key, PopulationSpec spec)
    {
        if (_teams.TryGetValue(key, out var known) && !known.IsCancelled && SpecIdentity.Same(known.Spec, spec)) return known;
        var team = new TeamHost(host, environments, updates, spec, key.Team) { Last = known?.Last ?? Task.CompletedTask };
        return _teams[key] = team;
    }

    private void Forget((string Population, int Team) key, TeamHost team)
    {
        if (_teams.GetValueOrDefault(key) == team) _teams.Remove(key);
    }

    /// <summary>On a cluster a learner's key names its silo, in a process alone it does not: there would be two learners for one slot.</summary>
    private (ILearnerDevice Device, int Slot) CheckKey()
    {
        var (name, slot) = GrainKeys.ParseLearner(Key);
        if (!LearnerDevices.IsName(name)) throw new GrainKeyException($"'{GrainKeys.Shown(Key)}' is not a key of a learner; write DEVICE/SLOT, for example cpu/0: {NearestName.Unknown("device", name, [.. LearnerDevices.Names])}");
        var device = LearnerDevices.Get(name);
        var named = GrainKeys.SiloOf(Key);
        if (named is not null && named != GrainKeys.Silo(host.Here)) throw Refuse($"this is the silo {GrainKeys.Silo(host.Here)}");
        if (named is null && Work.Unattended)
            throw new GrainKeyException($"'{Key}' is not the full key of a learner: on a cluster it names the silo, {Key}/SILO. {NearestName.Known("learner", Key, Known(device, slot))}");
        if (slot >= device.Capacity(LearnerDevices.Room(Pool.Workers)) || (named is not null && !Work.Unattended)) throw new UnknownGrainException(NearestName.Unknown("learner", Key, Known(device, slot)));
        return (device, slot);
    }

    /// <summary>Keys of learners: on a cluster those of a slot on every silo that has it, else of the first slot; in a process alone all.</summary>
    private string[] Known(ILearnerDevice device, int slot)
    {
        if (!Work.Unattended) return [.. Enumerable.Range(0, device.Capacity(LearnerDevices.Room(Pool.Workers))).Select(known => GrainKeys.Learner(device.Name, known))];
        var silos = map.Current();
        var shown = Array.Exists(silos, known => slot < device.Capacity(known.Room())) ? slot : 0;
        return [.. silos.Where(known => shown < device.Capacity(known.Room())).Select(known => GrainKeys.Learner(device.Name, shown, known.Silo))];
    }

    private void Check(PopulationSpec? spec, string? population, int team)
    {
        var (device, _) = CheckKey();
        if (spec is null || population is null || spec.Population != population) throw Refuse("a request needs a population and its spec");
        if (spec.Training?.Device != device.Name) throw Refuse($"'{population}' is trained on the device '{spec.Training?.Device}'");
        if (team < 0 || team >= spec.Teams) throw Refuse($"there is no team {team}; '{population}' has the teams 0 to {spec.Teams - 1}");
    }

    private SrpoGrainException Refuse(string reason) => new($"learner '{Key}': {reason}");

    /// <summary>What a team's coordinator asked for last, and what came of it: kept, so that a request whose reply was lost finds it.</summary>
    private sealed class TeamCalls(TimeSpan patience, TimeProvider time)
    {
        public FollowedWork<(long Session, int Attempt), RestoreReply> Restore { get; } = new(patience, keeps: true, time);

        public FollowedWork<(long Session, int FirstRound, int Rounds), TrainReply> Train { get; } = new(patience, keeps: true, time);

        public bool IsResting => Restore.Work is not { IsCompleted: false } && Train.Work is not { IsCompleted: false };
    }
}

/// <summary>What a learner knows of the training sessions of a population: the newest one, and up to which they were stopped.</summary>
internal sealed class SessionFence(string learner, string population)
{
    private long _newest = long.MinValue;
    private long _stopped = long.MinValue;

    /// <summary>A request of a session arrives; rounds of earlier ones end.</summary>
    /// <exception cref="StaleSessionException">A later one has begun.</exception>
    public void Enter(long session)
    {
        if (session < _newest)
        {
            throw new StaleSessionException(string.Create(
                CultureInfo.InvariantCulture, $"learner '{learner}': session {session} of '{population}' has been replaced by session {_newest}"));
        }

        _newest = session;
    }

    /// <summary>Rounds of a session and of earlier ones end.</summary>
    public void Stop(long session) => _stopped = Math.Max(_stopped, session);

    /// <summary>Whether a session may play another round.</summary>
    public bool Admits(long session) => session >= _newest && session > _stopped;
}
