using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains;

/// <summary>
/// Trains a population. The training itself is a <see cref="TrainingSession"/> that runs between the requests; requests that
/// begin or end one wait for each other at a gate, all others are answered at once.
/// </summary>
[GrainType("coordinator")]
internal sealed class CoordinatorGrain : Grain, ICoordinatorGrain
{
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(500);

    private readonly EnvironmentCatalog _environments;
    private readonly ActiveWork _work;
    private readonly SiloMap _map;
    private readonly StorageHealth? _health;
    private readonly IOptions<ComputeOptions> _options;
    private readonly ILogger<CoordinatorGrain> _logger;
    private readonly AlternatingRecord<PopulationRecord> _stored;
    private readonly CoalescedWriter _writer;
    private readonly ObserverSet<IPopulationObserver> _observers;
    private readonly AsyncGate _gate = new();
    private readonly List<string> _warnings = [];
    private TrainingSession? _session;
    private string? _unstored;
    private Task _ended = Task.CompletedTask;
    private PopulationPhase _target = PopulationPhase.Paused;
    private readonly StopSignal _leave = new();
    private double _secondsBefore;
    private IGrainTimer? _timer;

    public CoordinatorGrain(
        IServiceProvider services, EnvironmentCatalog environments, ActiveWork work, SiloMap map, IOptions<ComputeOptions> options,
        ILogger<CoordinatorGrain> logger)
    {
        (_environments, _work, _map, _options, _logger) = (environments, work, map, options, logger);
        _health = services.GetService<StorageHealth>();
        _stored = new(SlotPair<PopulationRecord>.Of(this, services, StorageNames.Populations, "population"));
        _observers = new(logger);
        _writer = new(SaveAsync);
    }

    private string Name => this.GetPrimaryKeyString();

    private PopulationRecord Record => _stored.Value;

    /// <inheritdoc/>
    public async Task<PopulationStatus> StartAsync(PopulationSpec spec)
    {
        GrainKeys.CheckName(Name);
        var problems = _environments.Problems(spec);
        if (problems.Count > 0) throw new SrpoGrainException($"population '{Name}' cannot be trained:{Environment.NewLine}{string.Join(Environment.NewLine, problems)}");
        if (spec.Population != Name) throw new SrpoGrainException($"the spec is for the population '{spec.Population}', not for '{Name}'");
        await _stored.LoadAsync();
        return await AtGateAsync(async () =>
        {
            if (Record.Spec is { } known && !SpecIdentity.Same(known, spec))
            {
                throw new SrpoGrainException(
                    $"population '{Name}' exists with other settings ({SpecDifference.Describe(known, spec)}); choose another name, or give the settings that it was started with");
            }

            if (_session is null && Record.Phase != PopulationPhase.Finished) await BeginAsync(spec);
        });
    }

    /// <inheritdoc/>
    public async Task<PopulationStatus> ResumeAsync()
    {
        await KnownAsync();

        // A finished population is looked through as well: what was damaged is trained again.
        return await AtGateAsync(async () =>
        {
            if (_session is null) await BeginAsync(Record.Spec!);
        });
    }

    /// <inheritdoc/>
    public Task<PopulationStatus> PauseAsync() => EndAsync(PopulationPhase.Paused);

    /// <inheritdoc/>
    public Task<PopulationStatus> StopAsync() => EndAsync(PopulationPhase.Stopped);

    /// <inheritdoc/>
    public async Task SuspendAsync()
    {
        if (_session is not null) await AtGateAsync(() => EndSessionAsync(PopulationPhase.Training));

        // On a cluster it is activated again where there is room.
        if (_work.Unattended) DeactivateOnIdle();
    }

    /// <inheritdoc/>
    public async Task<bool> EnsureRunningAsync()
    {
        GrainKeys.CheckName(Name);
        await _stored.LoadAsync();
        if (_session is not null) return true;
        if (_work.Stopping)
        {
            DeactivateOnIdle();
            return true;
        }

        await _gate.RunAsync(async () =>
        {
            if (_session is not null) return;
            if (Record.Phase == PopulationPhase.Training) await BeginAsync(Record.Spec!);
            else await GrainFactory.GetGrain<IWorkLedgerGrain>(GrainKeys.Ledger).EndAsync(WorkKind.Population, Name);
        });
        return Record.Phase == PopulationPhase.Training;
    }

    /// <inheritdoc/>
    public async Task<PopulationStatus> GetStatusAsync()
    {
        await KnownAsync();
        return Status();
    }

    /// <inheritdoc/>
    public async Task<PopulationSpec> GetSpecAsync()
    {
        await KnownAsync();
        return Record.Spec!;
    }

    /// <inheritdoc/>
    public async Task<TeamCurve[]> GetCurvesAsync()
    {
        await KnownAsync();
        var curves = new TeamCurve[Record.Teams.Length];
        for (var team = 0; team < curves.Length; team++) curves[team] = new TeamCurve(team, [.. Record.Teams[team].Curve]);
        return curves;
    }

    /// <inheritdoc/>
    public Task SubscribeAsync(IPopulationObserver observer)
    {
        GrainKeys.CheckName(Name);
        _observers.Add(observer);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task UnsubscribeAsync(IPopulationObserver observer)
    {
        _observers.Remove(observer);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_session is null) return;
        _target = PopulationPhase.Training;
        _session.Stop();
        _leave.Set();
        try
        {
            await _ended.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _logger.LogWarning("{Population} could not be stored in time; it goes on from its last checkpoints.", Name);
        }
    }

    private async Task KnownAsync()
    {
        GrainKeys.CheckName(Name);
        await _stored.LoadAsync();
        if (Record.Spec is null) throw new UnknownGrainException($"there is no population '{Name}'; list the populations for the names that exist");
    }

    private async Task<PopulationStatus> AtGateAsync(Func<Task> act)
    {
        await _gate.RunAsync(act);
        return Status();
    }

    private async Task BeginAsync(PopulationSpec spec)
    {
        if (_work.Stopping) throw new SiloUnavailableException("this silo is about to stop; ask again in a few seconds");
        var undo = Record.Begin(spec);
        _secondsBefore = Record.TrainingSeconds;
        try
        {
            await _writer.WriteAsync();
            await GrainFactory.GetGrain<IDirectoryGrain>(GrainKeys.Directory).RegisterPopulationAsync(Name);
            if (_work.Unattended) await GrainFactory.GetGrain<IWorkLedgerGrain>(GrainKeys.Ledger).BeginAsync(WorkKind.Population, Name);
        }
        catch
        {
            undo();
            throw;
        }

        _warnings.Clear();
        _target = PopulationPhase.Paused;
        _session = new TrainingSession(Record, GrainFactory, _map, _writer, _options.Value.TeamsPerLearner, _work.Unattended, _logger);
        _work.Populations[Name] = true;
        _timer = this.RegisterGrainTimer(Report, new GrainTimerCreationOptions(ProgressPeriod, ProgressPeriod) { Interleave = true, KeepAlive = true });
        _session.Start();
        _ended = FinishAsync(_session);
        Notify();
    }

    private async Task<PopulationStatus> EndAsync(PopulationPhase target)
    {
        await KnownAsync();
        return await AtGateAsync(async () =>
        {
            if (_session is not null)
            {
                await EndSessionAsync(target);
            }
            else if (Record.Phase == PopulationPhase.Training || (Record.Phase == PopulationPhase.Paused && target == PopulationPhase.Stopped))
            {
                Record.Phase = target;
                _secondsBefore = Record.TrainingSeconds;
                await _writer.WriteAsync();
                Notify();
            }
        });
    }

    private async Task EndSessionAsync(PopulationPhase target)
    {
        if (_session is null) return;
        _target = target;
        _session.Stop();
        await _ended;
    }

    private async Task FinishAsync(TrainingSession session)
    {
        var outcome = await session.Completion;
        _timer?.Dispose();
        _warnings.AddRange(session.Warnings);
        Record.TrainingSeconds = _secondsBefore + Stopwatch.GetElapsedTime(session.Started).TotalSeconds;
        _secondsBefore = Record.TrainingSeconds;
        _session = null;
        _work.Populations.TryRemove(Name, out _);

        if (outcome == TrainingOutcome.Superseded && _work.Unattended)
        {
            // What is stored is another coordinator's, or newer than what is known here: forget and read again.
            DeactivateOnIdle();
            Notify();
            return;
        }

        // A failure while the host shuts down is most likely the shutdown itself: the next process tries again.
        (Record.Phase, Record.Error) = outcome switch
        {
            TrainingOutcome.Finished => (PopulationPhase.Finished, null),
            TrainingOutcome.Superseded => (PopulationPhase.Failed, "another process trains this population or wrote its record; let one process work with a data directory, then resume"),
            TrainingOutcome.Failed when _target != PopulationPhase.Training => (PopulationPhase.Failed, session.Error),
            _ => (_target, null),
        };
        await StoreEndAsync();
        Notify();
    }

    /// <summary>Stores how the session ended, as long as storage is away too; until then the session's end is not acknowledged.</summary>
    private async Task StoreEndAsync()
    {
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                await _writer.WriteAsync();
                _unstored = null;
                return;
            }
            catch (InconsistentStateException error) when (_work.Unattended)
            {
                _logger.LogWarning(error, "The record of {Population} was written by somebody else; it is read again.", Name);
                DeactivateOnIdle();
                return;
            }
            catch (Exception error) when (Transient.Is(error) && error is not InconsistentStateException && !_leave.IsSet)
            {
                _logger.LogWarning(error, "The state of {Population} could not be stored and is tried again.", Name);
                _unstored = $"the end of training cannot be stored and is tried again: {error.Message}";
                await backoff.WaitAsync(_leave.Token);
            }
            catch (Exception error)
            {
                _logger.LogError(error, "The state of {Population} could not be stored.", Name);
                (Record.Phase, Record.Error) = (PopulationPhase.Failed, Record.Error ?? error.Message);
                return;
            }
        }
    }

    private Task SaveAsync()
    {
        if (_session is { } session) Record.TrainingSeconds = _secondsBefore + Stopwatch.GetElapsedTime(session.Started).TotalSeconds;
        return _stored.SaveAsync();
    }

    private Task Report(CancellationToken cancellation)
    {
        if (_session is not null) Notify();
        return Task.CompletedTask;
    }

    private void Notify()
    {
        if (_observers.Count == 0) return;
        var status = Status();
        _observers.Notify(observer => observer.OnProgressAsync(status));
    }

    private PopulationStatus Status() => PopulationStatusBuilder.Build(Name, Record, _session, _secondsBefore, [_stored.Warning, _health?.Problem, _unstored], _warnings, _work.Unattended);
}
