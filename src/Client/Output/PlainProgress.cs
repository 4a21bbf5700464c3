using System.Diagnostics;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Output;

/// <summary>Progress where there is no terminal: a line after two seconds, then one every ten.</summary>
internal sealed class PlainProgress(TextWriter error) : ProgressDisplay(error)
{
    private static readonly TimeSpan FirstLine = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan NextLine = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, TimeSpan> _next = new(StringComparer.Ordinal);
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public override void Report(WorkState state)
    {
        var left = TimeLeft(state);
        var now = _clock.Elapsed;
        if (!_next.TryGetValue(state.Title, out var next)) _next[state.Title] = next = now + FirstLine;
        if (now < next || state.Fraction >= 1) return;
        _next[state.Title] = now + NextLine;
        Error.WriteLine($"{state.Title}: {Texts.Percent(state.Fraction)}{Texts.RateSuffix(state.Rate, state.Unit)}{(left is { } time ? ", " + Texts.Duration(time) + " left" : "")}");
    }
}
