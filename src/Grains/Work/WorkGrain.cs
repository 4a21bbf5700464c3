using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains;

/// <summary>
/// The life of long work that belongs to one grain: it begins, is stored as it goes, tells observers how far it is, ends, and
/// goes on by itself when its silo stops or dies. The work itself is a session that runs between the requests; requests that
/// begin or end one wait for each other at a gate, all others are answered at once. No request waits for long: what it began goes
/// on, and the same request finds it again.
/// </summary>
internal abstract class WorkGrain<TRecord, TSession, TObserver> : Grain
    where TRecord : class, IWorkRecord, new()
    where TSession : class, IWorkSession
    where TObserver : class, IGrainObserver
{
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a request waits for what it began.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(3);

    /// <summary>The request that goes on with what was asked for before, and asks for nothing itself.</summary>
    private const string Ensure = "ensure";

    private readonly AlternatingRecord<TRecord> _stored;
    private readonly StorageHealth? _health;
    private readonly ObserverSet<TObserver> _observers;
    private readonly WorkRegister _register;
    private readonly EndWriter _end;
    private readonly AsyncGate _gate = new();
    private readonly string _described;
    private readonly Dictionary<string, Task> _asked = [];
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
        _observers = new(TimeProvider.System, logger);
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

        await AskedAsync("going on with", Ensure, async () =>
        {
            // An end that is not stored yet may be lost with this silo; until then it stays watched.
            await EndedAsync();
            if (Session is not null) return;
            if (Record.GoesOn) await BeginAgainAsync();
            else await _register.EndAsync();
        });
        return Record.GoesOn;
    }

    /// <summary>Begins to store and end what is under way because this silo stops; it goes on elsewhere or with the next process.</summary>
    public Task SuspendAsync()
    {
        Leaving();
        Session?.Stop();

        // On a cluster it is activated again where there is room.
        if (Work.Unattended) DeactivateOnIdle();
        return Task.CompletedTask;
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
    /// <exception cref="StorageUnavailableException">Storage does not answer within seconds.</exception>
    protected async Task LoadAsync()
    {
        GrainKeys.CheckName(Name);
        var loading = _stored.LoadAsync();
        try
        {
            await loading.WaitAsync(Answer);
        }
        catch (TimeoutException) when (!loading.IsCompleted)
        {
            throw new StorageUnavailableException(StorageProblem ?? $"the record of {_described} is still being read; ask again");
        }

        if (Session is not null || !_ended.IsCompleted) return;
        Record.Settle();

        // Whatever kept it from being watched, a directory that was away or the death of a silo: whoever asks has it watched again.
        if (Work.Unattended && Record.GoesOn) _register.BeginAsync().Ignore();
    }

    /// <summary>
    /// Does what a request asks for when no other request begins or ends a session, and answers within seconds. What takes longer
    /// goes on, and a request that is repeated meanwhile waits for the same.
    /// </summary>
    /// <param name="what">For messages, before the name of the work.</param>
    /// <param name="request">Tells equal requests from others.</param>
    /// <param name="act">What is asked for.</param>
    /// <exception cref="WorkPendingException">It takes longer.</exception>
    protected async Task AskedAsync(string what, string request, Func<Task> act)
    {
        if (!_asked.TryGetValue(request, out var asked) || asked.IsCompleted)
        {
            // Whoever repeats an earlier request after this one means it to be carried out after this one.
            foreach (var earlier in _asked.Keys.Where(earlier => request != Ensure && earlier != Ensure).ToArray()) _asked.Remove(earlier);
            _asked[request] = asked = _gate.RunAsync(act);
        }

        try
        {
            await asked.WaitAsync(Answer);
        }
        catch (TimeoutException) when (!asked.IsCompleted)
        {
            throw new WorkPendingException($"{what} {_described} takes longer than usual and goes on{(StorageProblem is { } problem ? $": {problem}" : "")}; ask again");
        }
        catch (InconsistentStateException) when (Work.Unattended)
        {
            // Somebody else wrote the record, most likely an activation that its silo's death left behind: whoever asks again finds one that reads it anew.
            DeactivateOnIdle();
            throw;
        }
        finally
        {
            if (asked.IsCompleted && _asked.GetValueOrDefault(request) == asked) _asked.Remove(request);
        }
    }

    /// <summary>The error for a name under which nothing was ever begun.</summary>
    protected Task<UnknownGrainException> UnknownAsync() => _register.UnknownAsync();

    /// <summary>Refuses to begin while the silo is about to stop.</summary>
    protected void CheckTakesWork()
    {
        if (Work.Stopping) throw new SiloUnavailableException("this silo is about to stop; ask again in a few seconds");
    }

    /// <summary>Stores that the work begins, makes its name known, and has it watched where work goes on without the user.</summary>
    /// <param name="undo">Takes the beginning back where it could not be stored.</param>
    protected async Task StoreBeginAsync(Action undo)
    {
        _secondsBefore = Record.SecondsOfWork;
        try
        {
            await Writer.WriteAsync();
        }
        catch
        {
            undo();
            throw;
        }

        await _register.BeginAsync();
    }

    /// <summary>Waits until the end of the last session is stored.</summary>
    protected Task EndedAsync() => _ended;

    /// <summary>Sets a session going.</summary>
    protected void Run(TSession session)
    {
        Session = session;
        _register.Enter();
        _timer = this.RegisterGrainTimer(Report, new GrainTimerCreationOptions(ProgressPeriod, ProgressPeriod) { Interleave = true, KeepAlive = true });
        session.Start();
        _ended = FinishAsync(session);

        // It began while the silo was asked to stop.
        if (!Work.Stopping) return;
        Leaving();
        session.Stop();
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
        if (Conclude(session)) await _end.WriteAsync(DeactivateOnIdle, ConcludeUnstored);
        else DeactivateOnIdle();

        // A silo that stops waits until nothing is left here.
        _register.Leave();
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
