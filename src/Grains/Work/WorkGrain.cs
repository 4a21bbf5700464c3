using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Srpo.Core.Errors;
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
    where TSession : WorkSession
    where TObserver : class, IGrainObserver
{
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a request waits for what it began.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(3);

    /// <summary>The request that goes on with what was asked for before, and asks for nothing itself.</summary>
    private const string Ensure = "ensure";

    private readonly WorkKind _kind;
    private readonly AlternatingRecord<TRecord> _stored;
    private readonly ObserverSet<TObserver> _observers;
    private readonly IDirectoryGrain _directory;
    private readonly StopSignal _leave = new();
    private readonly AsyncGate _gate = new();
    private readonly string _described;
    private readonly Dictionary<string, Task> _asked = [];
    private Task _ended = Task.CompletedTask;
    private IGrainTimer? _timer;
    private double _secondsBefore;

    /// <param name="kind">What kind of work it is.</param>
    /// <param name="storage">The storage of its record.</param>
    /// <param name="host">The silo.</param>
    /// <param name="logger">Where trouble goes.</param>
    protected WorkGrain(WorkKind kind, string storage, GrainHost host, ILogger logger)
    {
        (_kind, Host, Logger) = (kind, host, logger);
        _described = $"{WorkNames.Word(kind)} '{Name}'";
        _stored = new(host.Slots<TRecord>(this.GetGrainId(), storage, WorkNames.Word(kind)));
        _observers = new(host.Time, logger);
        _directory = GrainFactory.GetGrain<IDirectoryGrain>(GrainKeys.Directory);
        Writer = new(SaveAsync, _described, host.Time, logger);
    }

    /// <summary>The name of the work.</summary>
    protected string Name => this.GetPrimaryKeyString();

    /// <summary>What is stored; <see cref="LoadAsync"/> must have returned.</summary>
    protected TRecord Record => _stored.Value;

    /// <summary>Stores the record.</summary>
    protected CoalescedWriter Writer { get; }

    /// <summary>What is under way, or null.</summary>
    protected TSession? Session { get; private set; }

    /// <summary>The silo.</summary>
    protected GrainHost Host { get; }

    /// <summary>What the silo has under way.</summary>
    protected ActiveWork Work => Host.Work;

    /// <summary>Where trouble goes.</summary>
    protected ILogger Logger { get; }

    /// <summary>Seconds of work up to now.</summary>
    protected double Seconds => Session is { } session ? _secondsBefore + session.Elapsed.TotalSeconds : Record.SecondsOfWork;

    /// <summary>Trouble met while the record was loaded and survived, or null.</summary>
    protected string? LoadWarning => _stored.Warning;

    /// <summary>Why storage cannot be reached at present, or null.</summary>
    protected string? StorageProblem => Host.Health.Problem;

    /// <summary>What a session works with.</summary>
    protected WorkContext<TRecord> Context => new(Name, Record, Writer, Host, Logger);

    /// <summary>Why the end of the last session is not stored yet, or null.</summary>
    protected string? Unstored { get; private set; }

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
            else await _directory.EndAsync(_kind, Name);
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

    /// <summary>Removes all that is stored of it, its own record last but for its name: whatever breaks this off, it can be repeated.</summary>
    public async Task DeleteAsync()
    {
        var isRead = true;
        try
        {
            await LoadAsync();
        }
        catch (CorruptStateException)
        {
            // Nobody works by a record that cannot be read.
            isRead = false;
        }

        await AskedAsync("deleting", "delete", async () =>
        {
            // Not waited for: a session ends when somebody pauses it.
            if (Session is not null || (isRead && Work.Unattended && Record.GoesOn)) throw new SrpoGrainException(ErrorKind.InUse, $"{_described} is under way and is not deleted; pause or stop it first");
            await EndedAsync();
            await DeletePartsAsync(isRead ? Record : null);
            await _stored.ClearAsync();
            await _directory.RemoveAsync(_kind, Name);
        });
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
        _leave.Set();
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

    /// <summary>Removes what other grains have stored for it. Repeating it is harmless.</summary>
    /// <param name="record">Its record; null where that cannot be read.</param>
    protected virtual Task DeletePartsAsync(TRecord? record) => Task.CompletedTask;

    /// <summary>Stores what has to be there before the record is.</summary>
    protected virtual Task StorePartsAsync(TRecord record) => Task.CompletedTask;

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
            await loading.WaitAsync(Answer, Host.Time);
        }
        catch (TimeoutException) when (!loading.IsCompleted)
        {
            throw new StorageUnavailableException(StorageProblem ?? $"the record of {_described} is still being read; ask again");
        }

        if (Session is not null || !_ended.IsCompleted) return;
        Record.Settle();

        // Whatever kept it from being watched, a directory that was away or the death of a silo: whoever asks has it watched again.
        if (Work.Unattended && Record.GoesOn) MakeKnownAsync().Ignore();
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
            await asked.WaitAsync(Answer, Host.Time);
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

    /// <summary>The error of a request that waited while the work was deleted.</summary>
    protected UnknownGrainException Deleted() => new($"{_described} was deleted meanwhile");

    /// <summary>The error for a name under which nothing was ever begun.</summary>
    protected Task<UnknownGrainException> UnknownAsync() => WorkNames.UnknownAsync(_kind, Name, () => _directory.GetNamesAsync(_kind).WaitAsync(Answer, Host.Time));

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

        await MakeKnownAsync();
    }

    /// <summary>Waits until the end of the last session is stored.</summary>
    protected Task EndedAsync() => _ended;

    /// <summary>Sets a session going.</summary>
    protected void Run(TSession session)
    {
        Session = session;
        Work.Of(_kind)[Name] = true;
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
        if (Conclude(session)) await StoreEndAsync();
        else DeactivateOnIdle();

        // A silo that stops waits until nothing is left here.
        Work.Of(_kind).TryRemove(Name, out _);
        Notify();
    }

    /// <summary>Stores how the session ended, as long as storage is away too; until then the end is not acknowledged.</summary>
    private async Task StoreEndAsync()
    {
        var backoff = new Backoff(Host.Time);
        while (true)
        {
            try
            {
                await Writer.WriteAsync();
                Unstored = null;
                return;
            }
            catch (InconsistentStateException error) when (Work.Unattended)
            {
                Logger.LogWarning(error, "The record of {Work} was written by somebody else; it is read again.", _described);
                DeactivateOnIdle();
                return;
            }
            catch (Exception error) when (Transient.Is(error) && error is not InconsistentStateException && !_leave.IsSet)
            {
                Logger.LogWarning(error, "The state of {Work} could not be stored and is tried again.", _described);
                Unstored = error.Message;
                await backoff.WaitAsync(_leave);
            }
            catch (Exception error)
            {
                Logger.LogError(error, "The state of {Work} could not be stored.", _described);
                ConcludeUnstored(error);
                return;
            }
        }
    }

    /// <summary>Makes the name known, and has the work watched where it goes on without the user.</summary>
    private Task MakeKnownAsync() => _directory.BeginAsync(_kind, Name, Work.Unattended);

    private async Task SaveAsync()
    {
        await StorePartsAsync(Record);
        if (Session is not null) Record.SecondsOfWork = Seconds;
        await _stored.SaveAsync();
    }

    private Task Report(CancellationToken cancellation)
    {
        if (Session is not null) Notify();
        return Task.CompletedTask;
    }
}

/// <summary>What storage keeps of long work.</summary>
internal interface IWorkRecord : ISequenced
{
    /// <summary>Whether it was begun and is to go on until it is finished, whatever happens to its silo.</summary>
    bool GoesOn { get; }

    /// <summary>Called when the record was read and no session is under way: carries out what was wished and not reached before the silo ended.</summary>
    void Settle();

    /// <summary>Seconds of work in ended sessions and up to the last write of the present one.</summary>
    double SecondsOfWork { get; set; }
}

/// <summary>What a session works with.</summary>
/// <param name="Name">Name of the work.</param>
/// <param name="Record">What storage keeps of it.</param>
/// <param name="Writer">Stores the record.</param>
/// <param name="Host">The silo.</param>
/// <param name="Logger">Where trouble goes.</param>
internal sealed record WorkContext<TRecord>(string Name, TRecord Record, CoalescedWriter Writer, GrainHost Host, ILogger Logger);

/// <summary>One stretch of long work, from a start or resume to its end. Runs on its grain's scheduler, between the requests.</summary>
internal abstract class WorkSession(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Time since it began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    /// <summary>Set when it is to end: nothing new begins.</summary>
    public StopSignal Stopping { get; } = new();

    /// <summary>Completes, without an exception, when nothing is under way any more.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Sets it going.</summary>
    public void Start() => Completion = RunAsync();

    /// <summary>Ends it in good order; repeating it changes nothing.</summary>
    public void Stop()
    {
        if (Stopping.IsSet) return;
        Stopping.Set();
        HastenEnd();
    }

    /// <summary>Does the work.</summary>
    protected abstract Task RunAsync();

    /// <summary>Tells those who work elsewhere that it is to end.</summary>
    protected abstract void HastenEnd();
}

/// <summary>Lets one action at a time through, in the order of arrival, without holding a thread. For use within one grain.</summary>
internal sealed class AsyncGate
{
    private Task _last = Task.CompletedTask;

    /// <summary>Runs an action when those before it have ended, however they ended.</summary>
    public Task RunAsync(Func<Task> act) => _last = RunAfterAsync(_last, act);

    private static async Task RunAfterAsync(Task before, Func<Task> act)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await act();
    }
}
