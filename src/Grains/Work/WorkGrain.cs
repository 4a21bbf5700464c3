using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains;

/// <summary>
/// The life of long work that belongs to one grain: it begins, is stored as it goes, tells observers how far it is, ends, and
/// goes on by itself when its silo stops or dies. The work itself is a session that runs between the requests; requests that
/// begin or end one wait for each other at a gate, all others are answered at once.
/// </summary>
internal abstract class WorkGrain<TRecord, TSession, TObserver> : Grain
    where TRecord : class, IWorkRecord, new()
    where TSession : class, IWorkSession
    where TObserver : class, IGrainObserver
{
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(500);

    private readonly AlternatingRecord<TRecord> _stored;
    private readonly StorageHealth? _health;
    private readonly ObserverSet<TObserver> _observers;
    private readonly WorkRegister _register;
    private readonly EndWriter _end;
    private readonly AsyncGate _gate = new();
    private readonly string _described;
    private Task _ended = Task.CompletedTask;
    private IGrainTimer? _timer;
    private double _secondsBefore;

    /// <param name="kind">What kind of work it is.</param>
    /// <param name="storage">The storage of its record.</param>
    /// <param name="services">Storage and its health.</param>
    /// <param name="work">What this silo has under way.</param>
    /// <param name="logger">Where trouble goes.</param>
    protected WorkGrain(WorkKind kind, string storage, IServiceProvider services, ActiveWork work, ILogger logger)
    {
        (Work, Logger, Writer) = (work, logger, new(SaveAsync));
        _stored = new(SlotPair<TRecord>.Of(this, services, storage, WorkRegister.Word(kind)));
        _health = services.GetService<StorageHealth>();
        _observers = new(logger);
        _described = $"{WorkRegister.Word(kind)} '{Name}'";
        _register = new(kind, Name, GrainFactory, work);
        _end = new(Writer, work.Unattended, _described, logger);
    }

    /// <summary>The name of the work.</summary>
    protected string Name => this.GetPrimaryKeyString();

    /// <summary>What is stored; <see cref="LoadAsync"/> must have returned.</summary>
    protected TRecord Record => _stored.Value;

    /// <summary>Stores the record.</summary>
    protected CoalescedWriter Writer { get; }

    /// <summary>What is under way, or null.</summary>
    protected TSession? Session { get; private set; }

    /// <summary>What this silo has under way.</summary>
    protected ActiveWork Work { get; }

    /// <summary>Where trouble goes.</summary>
    protected ILogger Logger { get; }

    /// <summary>Seconds of work up to now.</summary>
    protected double Seconds => Session is { } session ? _secondsBefore + Stopwatch.GetElapsedTime(session.Started).TotalSeconds : Record.SecondsOfWork;

    /// <summary>Trouble met while the record was loaded and survived, or null.</summary>
    protected string? LoadWarning => _stored.Warning;

    /// <summary>Why storage cannot be reached at present, or null.</summary>
    protected string? StorageProblem => _health?.Problem;

    /// <summary>Why the end of the last session is not stored yet, or null.</summary>
    protected string? Unstored => _end.Trouble;

    /// <summary>Goes on with work that is to go on.</summary>
    public async Task<bool> EnsureRunningAsync()
    {
        await LoadAsync();
        if (Session is not null) return true;
        if (Work.Stopping)
        {
            DeactivateOnIdle();
            return true;
        }

        await AtGateAsync(async () =>
        {
            if (Session is not null) return;
            if (Record.GoesOn) await BeginAgainAsync();
            else await _register.EndAsync();
        });
        return Record.GoesOn;
    }

    /// <summary>Stores and ends what is under way because this silo stops; it goes on elsewhere or with the next process.</summary>
    public async Task SuspendAsync()
    {
        if (Session is not null)
        {
            await AtGateAsync(() =>
            {
                Leaving();
                return EndSessionAsync();
            });
        }

        // On a cluster it is activated again where there is room.
        if (Work.Unattended) DeactivateOnIdle();
    }

    /// <summary>Adds an observer.</summary>
    public Task SubscribeAsync(TObserver observer)
    {
        GrainKeys.CheckName(Name);
        _observers.Add(observer);
        return Task.CompletedTask;
    }

    /// <summary>Removes an observer.</summary>
    public Task UnsubscribeAsync(TObserver observer)
    {
        _observers.Remove(observer);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Leaving();
        Session?.Stop();
        _end.Leave();
        try
        {
            await _ended.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Logger.LogWarning("The end of {Work} could not be stored in time; it goes on from what was stored last.", _described);
        }
    }

    /// <summary>Begins a session from the record.</summary>
    protected abstract Task BeginAgainAsync();

    /// <summary>The session is about to end because this silo or activation does: the work goes on elsewhere.</summary>
    protected virtual void Leaving()
    {
    }

    /// <summary>Notes in the record how the session ended.</summary>
    /// <returns>False if somebody else's record is in force: nothing is stored, and it is read again.</returns>
    protected abstract bool Conclude(TSession session);

    /// <summary>Notes that the end could not be stored, and never will be.</summary>
    protected abstract void ConcludeUnstored(Exception error);

    /// <summary>A message for every observer, as things stand now.</summary>
    protected abstract Func<TObserver, Task> Progress();

    /// <summary>Checks the name and reads the record.</summary>
    protected Task LoadAsync()
    {
        GrainKeys.CheckName(Name);
        return _stored.LoadAsync();
    }

    /// <summary>The error for a name under which nothing was ever begun.</summary>
    protected Task<UnknownGrainException> UnknownAsync() => _register.UnknownAsync();

    /// <summary>Does something when no other request begins or ends a session.</summary>
    protected Task AtGateAsync(Func<Task> act) => _gate.RunAsync(act);

    /// <summary>Refuses to begin while the silo is about to stop.</summary>
    protected void CheckTakesWork()
    {
        if (Work.Stopping) throw new SiloUnavailableException("this silo is about to stop; ask again in a few seconds");
    }

    /// <summary>Stores that the work begins, makes its name known, and has it watched where work goes on without the user.</summary>
    protected async Task StoreBeginAsync()
    {
        _secondsBefore = Record.SecondsOfWork;
        await Writer.WriteAsync();
        await _register.BeginAsync();
    }

    /// <summary>Sets a session going.</summary>
    protected void Run(TSession session)
    {
        Session = session;
        _register.Enter();
        _timer = this.RegisterGrainTimer(Report, new GrainTimerCreationOptions(ProgressPeriod, ProgressPeriod) { Interleave = true, KeepAlive = true });
        session.Start();
        _ended = FinishAsync(session);
    }

    /// <summary>Ends what is under way; returns when its end is stored.</summary>
    protected Task EndSessionAsync()
    {
        Session?.Stop();
        return _ended;
    }

    /// <summary>Tells all observers how things stand.</summary>
    protected void Notify()
    {
        if (_observers.Count > 0) _observers.Notify(Progress());
    }

    private async Task FinishAsync(TSession session)
    {
        await session.Completion;
        _timer?.Dispose();
        Record.SecondsOfWork = Seconds;
        Session = null;
        _register.Leave();
        if (Conclude(session)) await _end.WriteAsync(DeactivateOnIdle, ConcludeUnstored);
        else DeactivateOnIdle();
        Notify();
    }

    private Task SaveAsync()
    {
        if (Session is not null) Record.SecondsOfWork = Seconds;
        return _stored.SaveAsync();
    }

    private Task Report(CancellationToken cancellation)
    {
        if (Session is not null) Notify();
        return Task.CompletedTask;
    }
}
