using System.Collections.Concurrent;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>What this silo has under way, so that a shutdown can end it in good order, and what it gets done.</summary>
/// <param name="time">The clock of the rates.</param>
internal sealed class ActiveWork(TimeProvider time)
{
    private volatile bool _stopping;

    /// <summary>Whether work goes on without the user; see <see cref="Hosting.SrpoSiloOptions.Unattended"/>.</summary>
    public bool Unattended { get; init; }

    /// <summary>Whether the silo is about to stop: nothing new begins here, and what is under way moves.</summary>
    public bool Stopping
    {
        get => _stopping;
        set => _stopping = value;
    }

    /// <summary>Rounds and steps that were done here.</summary>
    public WorkMeter Done { get; } = new(time);

    /// <summary>Populations whose coordinator trains here.</summary>
    public ConcurrentDictionary<string, bool> Populations { get; } = new();

    /// <summary>Tournaments being played from here.</summary>
    public ConcurrentDictionary<string, bool> Tournaments { get; } = new();

    /// <summary>Names of the work of a kind that is under way here.</summary>
    public ConcurrentDictionary<string, bool> Of(WorkKind kind) => kind == WorkKind.Population ? Populations : Tournaments;

    /// <summary>Keys of learners here.</summary>
    public ConcurrentDictionary<string, bool> Learners { get; } = new();

    /// <summary>Teams in training here, "population/team".</summary>
    public ConcurrentDictionary<string, bool> Teams { get; } = new();

    /// <summary>Environments here that hold the buffers of their rollouts.</summary>
    public ConcurrentDictionary<GrainId, bool> Environments { get; } = new();

    /// <summary>Agents and adversaries here that stand at a version that is not stored.</summary>
    public ConcurrentDictionary<GrainId, bool> Unstored { get; } = new();
}

/// <summary>Counts what this silo does, for rates over the last seconds. Thread-safe.</summary>
internal sealed class WorkMeter
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Queue<Sample> _samples = new();
    private Sample _last;
    private long _rounds;
    private long _steps;

    /// <summary>Begins to measure.</summary>
    public WorkMeter(TimeProvider time)
    {
        _time = time;
        _last = Now();
        _samples.Enqueue(_last);
    }

    /// <summary>Rounds of teams since the start.</summary>
    public long Rounds => Interlocked.Read(ref _rounds);

    /// <summary>Environment steps of training and tournaments since the start.</summary>
    public long Steps => Interlocked.Read(ref _steps);

    /// <summary>A round was learnt.</summary>
    public void AddRound(long steps)
    {
        Interlocked.Increment(ref _rounds);
        AddSteps(steps);
    }

    /// <summary>Steps were played.</summary>
    public void AddSteps(long steps)
    {
        Interlocked.Add(ref _steps, steps);
        if (_time.GetElapsedTime(Volatile.Read(ref _last.Time)) < Spacing) return;
        lock (_lock) Keep();
    }

    /// <summary>Means over the last seconds; with nothing done in them, 0.</summary>
    public (double RoundsPerSecond, double StepsPerSecond, double CpuLoad) Read()
    {
        lock (_lock)
        {
            Keep();
            var (from, to) = (_samples.Peek(), _last);
            var seconds = _time.GetElapsedTime(from.Time, to.Time).TotalSeconds;
            return seconds <= 0
                ? (0, 0, 0)
                : ((to.Rounds - from.Rounds) / seconds, (to.Steps - from.Steps) / seconds, (to.Cpu - from.Cpu).TotalSeconds / seconds / Environment.ProcessorCount);
        }
    }

    private void Keep()
    {
        var now = Now();
        Volatile.Write(ref _last.Time, now.Time);
        (_last.Rounds, _last.Steps, _last.Cpu) = (now.Rounds, now.Steps, now.Cpu);
        _samples.Enqueue(now);
        while (_samples.Count > 2 && _time.GetElapsedTime(_samples.Peek().Time, now.Time) > Window) _samples.Dequeue();
    }

    private Sample Now() => new() { Time = _time.GetTimestamp(), Rounds = Rounds, Steps = Steps, Cpu = Environment.CpuUsage.TotalTime };

    private struct Sample
    {
        public long Time;
        public long Rounds;
        public long Steps;
        public TimeSpan Cpu;
    }
}
