namespace Srpo.Experiments.Runs;

/// <summary>A way to the grains, open for some time.</summary>
public interface IGrainSession : IAsyncDisposable
{
    /// <summary>The grains.</summary>
    IGrainFactory Grains { get; }

    /// <summary>From here on calls are made although <see cref="RunContext.Cancellation"/> is set, to leave in good order, and for no longer than this. Grains of this process answer in any case.</summary>
    /// <param name="limit">How long.</param>
    void AfterInterrupt(TimeSpan limit)
    {
    }
}

/// <summary>How far one piece of work is.</summary>
/// <param name="Title">What it is; names the piece.</param>
/// <param name="Fraction">Share done, 0 to 1.</param>
/// <param name="Rate">How fast it is, in <paramref name="Unit"/> a second; 0 if unknown.</param>
/// <param name="Unit">What is counted.</param>
public readonly record struct WorkState(string Title, double Fraction, double Rate, string Unit = "env-steps");

/// <summary>Whoever looks on while a run works: a terminal, a log, a program.</summary>
public interface IRunObserver
{
    /// <summary>Takes note of the state of one piece of work; several may go on at the same time.</summary>
    /// <param name="state">How far it is.</param>
    void Report(WorkState state);

    /// <summary>Takes note of something that people should know: a warning, or what is waited for.</summary>
    /// <param name="text">One line.</param>
    void Notice(string text);
}

/// <summary>What a run works with.</summary>
/// <param name="Session">The way to the grains.</param>
/// <param name="Observer">Who looks on.</param>
/// <param name="Command">A command of this program, such as "resume overcooked-1", as the user would type it where he is; for messages.</param>
/// <param name="Cancellation">Set when the user wants it to end: what is under way is finished and stored.</param>
public sealed record RunContext(IGrainSession Session, IRunObserver Observer, Func<string, string> Command, CancellationToken Cancellation);
