using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Srpo.Grains.Compute;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains;

/// <summary>
/// Plays a cross-play matrix. The play itself is a <see cref="TournamentSession"/> that runs between the requests; requests
/// that begin or end one wait for each other at a gate.
/// </summary>
[GrainType("tournament")]
internal sealed class TournamentGrain : Grain, ITournamentGrain
{
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(500);

    private readonly EnvironmentCatalog _environments;
    private readonly SiloMap _map;
    private readonly ActiveWork _work;
    private readonly StorageHealth? _health;
    private readonly ILogger<TournamentGrain> _logger;
    private readonly AlternatingRecord<TournamentRecord> _stored;
    private readonly CoalescedWriter _writer;
    private readonly ObserverSet<ITournamentObserver> _observers;
    private readonly AsyncGate _gate = new();
    private TournamentSession? _session;
    private Task _ended = Task.CompletedTask;
    private IGrainTimer? _timer;
    private readonly StopSignal _leave = new();
    private double _secondsBefore;

    public TournamentGrain(IServiceProvider services, EnvironmentCatalog environments, SiloMap map, ActiveWork work, ILogger<TournamentGrain> logger)
    {
        (_environments, _map, _work, _logger) = (environments, map, work, logger);
        _health = services.GetService<StorageHealth>();
        _stored = new(SlotPair<TournamentRecord>.Of(this, services, StorageNames.Tournaments, "tournament"));
        _writer = new(SaveAsync);
        _observers = new(logger);
    }

    private string Name => this.GetPrimaryKeyString();

    private TournamentRecord Record => _stored.Value;

    /// <inheritdoc/>
    public async Task<TournamentStatus> StartAsync(TournamentSpec spec)
    {
        GrainKeys.CheckName(Name);
        Check(spec);
        await _stored.LoadAsync();
        await _gate.RunAsync(async () =>
        {
            if (Record.Spec is { } known && JsonSerializer.Serialize(known) != JsonSerializer.Serialize(spec))
                throw new SrpoGrainException($"tournament '{Name}' exists with other settings; choose another id, or give the settings that it was started with");
            if (_session is null && !IsFinished()) await BeginAsync(spec);
        });
        return Status();
    }

    /// <inheritdoc/>
    public async Task<TournamentStatus> PauseAsync()
    {
        await KnownAsync();
        await _gate.RunAsync(async () =>
        {
            Record.Active = false;
            if (_session is null)
            {
                if (_work.Unattended) await _writer.WriteAsync();
                return;
            }

            _session.Stop();
            await _ended;
        });
        return Status();
    }

    /// <inheritdoc/>
    public async Task SuspendAsync()
    {
        if (_session is not null)
        {
            await _gate.RunAsync(async () =>
            {
                _session?.Stop();
                await _ended;
            });
        }

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
            if (IsActive()) await BeginAsync(Record.Spec!);
            else await GrainFactory.GetGrain<IWorkLedgerGrain>(GrainKeys.Ledger).EndAsync(WorkKind.Tournament, Name);
        });
        return IsActive();
    }

    /// <inheritdoc/>
    public async Task<TournamentStatus> GetStatusAsync()
    {
        await KnownAsync();
        return Status();
    }

    /// <inheritdoc/>
    public async Task<TournamentMatrix> GetMatrixAsync()
    {
        await KnownAsync();
        return new TournamentMatrix(Name, Record.Spec!, Record.Players, [.. Record.Cells]);
    }

    /// <inheritdoc/>
    public Task SubscribeAsync(ITournamentObserver observer)
    {
        GrainKeys.CheckName(Name);
        _observers.Add(observer);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task UnsubscribeAsync(ITournamentObserver observer)
    {
        _observers.Remove(observer);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _session?.Stop();
        _leave.Set();
        try
        {
            await _ended.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _logger.LogWarning("The last tiles of {Tournament} could not be stored in time; they will be played again.", Name);
        }
    }

    private void Check(TournamentSpec spec)
    {
        if (spec?.Populations is null || spec.Environment is null) throw Refuse("the spec is incomplete; name populations and an environment");
        if (spec.Populations.Length == 0) throw Refuse("no populations are named; name at least one");
        GrainChecks.Range("populations", spec.Populations.Length, 1, GrainChecks.MaxColumns);
        foreach (var population in spec.Populations) GrainKeys.CheckName(population);
        if (spec.Populations.Distinct().Count() != spec.Populations.Length) throw Refuse("a population is named twice; name each once");
        if (spec.Episodes is < 1 or > 1_000_000) throw Refuse($"{spec.Episodes} episodes are out of range; use a whole number from 1 to 1000000");
        if (spec.Steps is < 1 or > 65536) throw Refuse($"{spec.Steps} steps are out of range; use a whole number from 1 to 65536");
        _environments.Info(spec.Environment);
    }

    private SrpoGrainException Refuse(string reason) => new($"tournament '{Name}': {reason}");

    private async Task KnownAsync()
    {
        GrainKeys.CheckName(Name);
        await _stored.LoadAsync();
        if (Record.Spec is null) throw new UnknownGrainException($"there is no tournament '{Name}'; list the tournaments for the ids that exist");
    }

    private async Task BeginAsync(TournamentSpec spec)
    {
        if (_work.Stopping) throw new SiloUnavailableException("this silo is about to stop; ask again in a few seconds");
        var policies = await TournamentPolicies.GatherAsync(GrainFactory, spec, _environments.Info(spec.Environment));
        if (Record.Spec is null)
        {
            (Record.Spec, Record.Players) = (spec, policies.Players);
            Record.Cells = new MatchResult?[policies.Players.Length * policies.Players.Length];
        }
        else if (!Record.Players.AsSpan().SequenceEqual(policies.Players))
        {
            throw Refuse("its populations have other runs than when it began; start one with another id");
        }

        (Record.Error, Record.Active) = (null, true);
        _secondsBefore = Record.Seconds;
        await _writer.WriteAsync();
        await GrainFactory.GetGrain<IDirectoryGrain>(GrainKeys.Directory).RegisterTournamentAsync(Name);
        if (_work.Unattended) await GrainFactory.GetGrain<IWorkLedgerGrain>(GrainKeys.Ledger).BeginAsync(WorkKind.Tournament, Name);
        _session = new TournamentSession(Name, Record, policies, GrainFactory, _map, _writer, _logger);
        _work.Tournaments[Name] = true;
        _timer = this.RegisterGrainTimer(Report, new GrainTimerCreationOptions(ProgressPeriod, ProgressPeriod) { Interleave = true, KeepAlive = true });
        _session.Start();
        _ended = FinishAsync(_session);
    }

    private async Task FinishAsync(TournamentSession session)
    {
        await session.Completion;
        _timer?.Dispose();
        Record.Seconds = _secondsBefore + Stopwatch.GetElapsedTime(session.Started).TotalSeconds;
        _session = null;
        _work.Tournaments.TryRemove(Name, out _);
        await StoreEndAsync();
        Notify();
    }

    /// <summary>Stores what was played, as long as storage is away too.</summary>
    private async Task StoreEndAsync()
    {
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                await _writer.WriteAsync();
                return;
            }
            catch (InconsistentStateException error) when (_work.Unattended)
            {
                _logger.LogWarning(error, "The record of {Tournament} was written by somebody else; it is read again.", Name);
                DeactivateOnIdle();
                return;
            }
            catch (Exception error) when (Transient.Is(error) && error is not InconsistentStateException && !_leave.IsSet)
            {
                _logger.LogWarning(error, "The state of {Tournament} could not be stored and is tried again.", Name);
                await backoff.WaitAsync(_leave.Token);
            }
            catch (Exception error)
            {
                _logger.LogError(error, "The state of {Tournament} could not be stored.", Name);
                Record.Error ??= error.Message;
                return;
            }
        }
    }

    private Task SaveAsync()
    {
        if (_session is { } session) Record.Seconds = _secondsBefore + Stopwatch.GetElapsedTime(session.Started).TotalSeconds;
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

    private string? Warning()
    {
        string?[] troubles =
        [
            _health?.Problem,
            _session?.Waiting,
            .. Record.Players
                .Where(player => player.QuarantinedAt is not null)
                .Select(player => string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{player.Population}' team {player.Team} is in quarantine and plays as it was at round {player.QuarantinedAt}")),
        ];
        var text = string.Join(Environment.NewLine, troubles.OfType<string>());
        return text.Length == 0 ? null : text;
    }

    private bool IsFinished() => Record.Spec is not null && Array.TrueForAll(Record.Cells, cell => cell is not null);

    /// <summary>Whether it is to go on by itself.</summary>
    private bool IsActive() => Record.Active && Record.Error is null && !IsFinished();

    private TournamentStatus Status()
    {
        var (spec, played) = (Record.Spec!, Record.Played());
        var seconds = _session is { } session ? _secondsBefore + Stopwatch.GetElapsedTime(session.Started).TotalSeconds : Record.Seconds;
        return new TournamentStatus(
            Name, $"{spec.Environment.Name} {spec.Environment.Variant}", Record.Players.Length, played, Record.Cells.Length,
            (long)played * spec.Episodes * spec.Steps, seconds, IsFinished() && _session is null, Record.Error, Warning());
    }
}
