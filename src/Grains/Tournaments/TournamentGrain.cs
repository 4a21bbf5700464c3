using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Srpo.Grains.Compute;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

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
    private readonly ComputePool _pool;
    private readonly ActiveWork _work;
    private readonly ILogger<TournamentGrain> _logger;
    private readonly AlternatingRecord<TournamentRecord> _stored;
    private readonly CoalescedWriter _writer;
    private readonly ObserverSet<ITournamentObserver> _observers;
    private readonly AsyncGate _gate = new();
    private TournamentSession? _session;
    private Task _ended = Task.CompletedTask;
    private IGrainTimer? _timer;
    private double _secondsBefore;

    public TournamentGrain(IServiceProvider services, EnvironmentCatalog environments, ComputePool pool, ActiveWork work, ILogger<TournamentGrain> logger)
    {
        (_environments, _pool, _work, _logger) = (environments, pool, work, logger);
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
            _session?.Stop();
            await _ended;
        });
        return Status();
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

        Record.Error = null;
        _secondsBefore = Record.Seconds;
        await _writer.WriteAsync();
        await GrainFactory.GetGrain<IDirectoryGrain>(GrainKeys.Directory).RegisterTournamentAsync(Name);
        _session = new TournamentSession(Record, policies, GrainFactory, _writer, _pool.Workers + 1, _logger);
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
        try
        {
            await _writer.WriteAsync();
        }
        catch (Exception error)
        {
            _logger.LogError(error, "The state of {Tournament} could not be stored.", Name);
            Record.Error ??= error.Message;
        }

        Notify();
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

    private bool IsFinished() => Record.Spec is not null && Array.TrueForAll(Record.Cells, cell => cell is not null);

    private TournamentStatus Status()
    {
        var (spec, played) = (Record.Spec!, Record.Played());
        var seconds = _session is { } session ? _secondsBefore + Stopwatch.GetElapsedTime(session.Started).TotalSeconds : Record.Seconds;
        return new TournamentStatus(
            Name, $"{spec.Environment.Name} {spec.Environment.Variant}", Record.Players.Length, played, Record.Cells.Length,
            (long)played * spec.Episodes * spec.Steps, seconds, IsFinished() && _session is null, Record.Error);
    }
}
