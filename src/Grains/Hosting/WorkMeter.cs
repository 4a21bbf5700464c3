using System.Diagnostics;

namespace Srpo.Grains.Hosting;

/// <summary>Counts what this silo does, for rates over the last seconds. Thread-safe.</summary>
internal sealed class WorkMeter
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<Sample> _samples = new();
    private Sample _last;
    private long _rounds;
    private long _steps;

    /// <summary>Begins to measure.</summary>
    public WorkMeter()
    {
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
        if (Stopwatch.GetElapsedTime(Volatile.Read(ref _last.Time)) < Spacing) return;
        lock (_lock) Keep();
    }

    /// <summary>Means over the last seconds; with nothing done in them, 0.</summary>
    public (double RoundsPerSecond, double StepsPerSecond, double CpuLoad) Read()
    {
        lock (_lock)
        {
            Keep();
            var (from, to) = (_samples.Peek(), _last);
            var seconds = Stopwatch.GetElapsedTime(from.Time, to.Time).TotalSeconds;
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
        while (_samples.Count > 2 && Stopwatch.GetElapsedTime(_samples.Peek().Time, now.Time) > Window) _samples.Dequeue();
    }

    private Sample Now() => new() { Time = Stopwatch.GetTimestamp(), Rounds = Rounds, Steps = Steps, Cpu = Environment.CpuUsage.TotalTime };

    private struct Sample
    {
        public long Time;
        public long Rounds;
        public long Steps;
        public TimeSpan Cpu;
    }
}
