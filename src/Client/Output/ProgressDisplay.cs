using System.Diagnostics;
using Srpo.Client.Cli;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Output;

/// <summary>Shows progress of long work: bars on a terminal, a plain line now and then elsewhere.</summary>
internal abstract class ProgressDisplay(TextWriter error) : IRunObserver
{
    private readonly Dictionary<string, (double Fraction, long Since)> _started = new(StringComparer.Ordinal);

    /// <summary>Where messages go.</summary>
    protected TextWriter Error { get; } = error;

    /// <summary>Runs work that reports how far it is.</summary>
    public static Task RunAsync(Shell shell, Func<ProgressDisplay, Task> work) =>
        shell is { ErrorIsTerminal: true, MovesCursor: true } ? BarProgress.RunAsync(shell, work) : work(new PlainProgress(shell.Error));

    /// <inheritdoc/>
    public abstract void Report(WorkState state);

    /// <inheritdoc/>
    public void Notice(string text) => Error.WriteLine("srpo: " + text);

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
