using System.Diagnostics;
using Srpo.Client.Cli;

namespace Srpo.Client.Output;

/// <summary>How far one piece of work is.</summary>
/// <param name="Title">What it is; names the bar.</param>
/// <param name="Fraction">Share done, 0 to 1.</param>
/// <param name="StepsPerSecond">Environment steps per second, 0 if unknown.</param>
internal readonly record struct WorkState(string Title, double Fraction, double StepsPerSecond);

/// <summary>Shows progress of long work: bars on a terminal, a plain line now and then elsewhere.</summary>
internal abstract class ProgressDisplay
{
    private readonly Dictionary<string, (double Fraction, long Since)> _started = new(StringComparer.Ordinal);

    /// <summary>Runs work that reports how far it is.</summary>
    public static Task RunAsync(Shell shell, Func<ProgressDisplay, Task> work) =>
        shell.ErrorIsTerminal ? BarProgress.RunAsync(shell, work) : work(new PlainProgress(shell.Error));

    /// <summary>Takes note of the state of one piece of work; several may go on at the same time.</summary>
    public abstract void Report(WorkState state);

    /// <summary>Time left at the speed seen by this display, null while nothing can be said.</summary>
    protected TimeSpan? TimeLeft(WorkState state)
    {
        if (!_started.TryGetValue(state.Title, out var start))
        {
            _started[state.Title] = (state.Fraction, Stopwatch.GetTimestamp());
            return null;
        }

        var done = state.Fraction - start.Fraction;
        var seconds = Stopwatch.GetElapsedTime(start.Since).TotalSeconds;
        return done <= 0 || seconds < 0.5 ? null : TimeSpan.FromSeconds(seconds / done * (1 - state.Fraction));
    }
}
