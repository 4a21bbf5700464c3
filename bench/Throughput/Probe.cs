using System.Diagnostics;

namespace Srpo.Bench.Throughput;

/// <summary>One thing to measure.</summary>
/// <param name="Group">One of <see cref="BenchGroups.All"/>.</param>
/// <param name="Name">What it is called; unlike all others of the report.</param>
/// <param name="Detail">Its sizes.</param>
/// <param name="Unit">Unit of the rate that is reported, for example "GFLOP/s".</param>
/// <param name="UnitItems">Items in one of the unit, for example 1e9.</param>
/// <param name="Work">What it does, for its share of a roof.</param>
/// <param name="Rate">Items per second, measured for about so many seconds.</param>
internal sealed record Probe(
    string Group, string Name, string Detail, string Unit, double UnitItems, Work Work, Func<double, CancellationToken, Task<double>> Rate)
{
    /// <summary>How often it is measured at most; null for once in every round.</summary>
    public int? Repeats { get; init; }

    /// <summary>A probe of short calls on this thread.</summary>
    /// <param name="group">One of <see cref="BenchGroups.All"/>.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="detail">Its sizes.</param>
    /// <param name="unit">Unit of the rate and the items in one of it.</param>
    /// <param name="work">What a call does.</param>
    /// <param name="call">The call.</param>
    /// <param name="restore">Puts the inputs back, outside of what is timed; null where a call leaves them as they are.</param>
    public static Probe OfCalls(string group, string name, string detail, (string Name, double Items) unit, Work work, Action call, Action? restore = null) => new(
        group, name, detail, unit.Name, unit.Items, work,
        (seconds, _) => Task.FromResult(work.Items * Calls.PerSecond(call, restore, seconds)));
}

/// <summary>What a call of something measured does.</summary>
/// <param name="Items">What its rate counts: operations, elements, steps, rows.</param>
/// <param name="Flops">Floating-point operations, a fused multiply-add counting two; 0 where they are not counted.</param>
/// <param name="Bytes">Bytes that must be read and written, each number once; 0 where they are not counted.</param>
/// <param name="Footprint">Bytes of memory that it works in, which says what cache holds them.</param>
internal readonly record struct Work(double Items, double Flops = 0, double Bytes = 0, long Footprint = 0);

/// <summary>Groups of measures.</summary>
public static class BenchGroups
{
    /// <summary>What the machine can do at most; always measured, because the others are a share of it.</summary>
    public const string Roofs = "roofs";

    /// <summary>Single kernels on one core.</summary>
    public const string Kernels = "kernels";

    /// <summary>Environments with random actions on one core.</summary>
    public const string Environments = "environments";

    /// <summary>Updates of one team on one core.</summary>
    public const string Updates = "updates";

    /// <summary>Training on all workers, through the grains and in plain loops.</summary>
    public const string Training = "training";

    /// <summary>Evaluation of matches on all workers, through the grains and in plain loops.</summary>
    public const string Evaluation = "evaluation";

    /// <summary>A small language model on one core.</summary>
    public const string Language = "language";

    /// <summary>All of them, in the order of reports.</summary>
    public static IReadOnlyList<string> All { get; } = [Roofs, Kernels, Environments, Updates, Training, Evaluation, Language];

    /// <summary>Those that work on all workers.</summary>
    public static IReadOnlyList<string> WithWorkers { get; } = [Training, Evaluation];
}

/// <summary>Times short calls.</summary>
internal static class Calls
{
    /// <summary>
    /// Most calls between two restorations of the inputs. What is multiplied in place by factors of at least 3/4 stays far above the range of
    /// denormal numbers, which take several times as long, for so many.
    /// </summary>
    private const int MostTogether = 128;

    /// <summary>Long enough that reading the clock twice does not count.</summary>
    private const double GroupSeconds = 5e-5;

    /// <summary>
    /// Their median is the rate, since another process takes the time of some. Each is longer than an episode of most environments, whose ends cost
    /// more than other steps.
    /// </summary>
    private const int Slices = 7;

    /// <summary>Calls per second of the time within groups of calls.</summary>
    /// <param name="call">The call.</param>
    /// <param name="restore">Called before every group, outside of what is timed; or null.</param>
    /// <param name="seconds">Time to spend, restorations included; a call that takes longer is made once.</param>
    public static double PerSecond(Action call, Action? restore, double seconds)
    {
        restore?.Invoke();
        var whole = Stopwatch.StartNew();
        call();

        // A call that takes the whole time needs no second one to be measured.
        var once = whole.Elapsed.TotalSeconds;
        if (once >= seconds) return 1 / once;
        var together = (int)Math.Clamp(GroupSeconds / Math.Max(1e-8, once), 1, MostTogether);
        var rates = new double[Slices];
        for (var slice = 0; slice < Slices; slice++)
        {
            var (calls, ticks) = (0L, 0L);
            do
            {
                restore?.Invoke();
                var begin = Stopwatch.GetTimestamp();
                for (var i = 0; i < together; i++) call();
                ticks += Stopwatch.GetTimestamp() - begin;
                calls += together;
            }
            while (whole.Elapsed.TotalSeconds < once + ((seconds - once) * (slice + 1) / Slices));
            rates[slice] = calls * (double)Stopwatch.Frequency / Math.Max(1, ticks);
        }

        Array.Sort(rates);
        return rates[Slices / 2];
    }
}
