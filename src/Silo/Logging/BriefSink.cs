using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;
using Srpo.Grains;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;

namespace Srpo.Silo;

/// <summary>
/// Hands messages on to the sinks of the settings. Of an error that passes by itself, a call without an answer or storage that is away, they get a
/// line in place of the stack, also where Orleans writes another silo's error, stack and all, into its message; who lowers the level of Srpo to
/// debug has the stack as well.
/// </summary>
internal sealed class BriefSink(Logger sinks, LogLevels levels) : ILogEventSink, IDisposable
{
    private const string Reason = "Reason";

    public void Emit(LogEvent logEvent) => sinks.Write(logEvent.Level > LogEventLevel.Warning || levels.Of("Srpo") <= LogEventLevel.Debug ? logEvent : Brief(logEvent));

    public void Dispose() => sinks.Dispose();

    /// <summary>Whether it goes on by itself: also where a team's members are of different rounds, or wake anew, because a silo died.</summary>
    private static bool Passes(Exception error) => Transient.Is(error) || error is TeamOutOfStepException or UnknownGrainException;

    private static LogEvent Brief(LogEvent whole) => whole.Exception is not { } error ? FirstLines(whole) : Passes(error) ? Brief(whole, error) : whole;

    /// <summary>Of texts of several lines the first, in what Orleans says.</summary>
    private static LogEvent FirstLines(LogEvent whole)
    {
        if (!whole.Properties.TryGetValue(Constants.SourceContextPropertyName, out var source) || !source.ToString().StartsWith("\"Orleans", StringComparison.Ordinal)) return whole;
        foreach (var (name, value) in whole.Properties.ToArray())
        {
            if (value is ScalarValue { Value: string text } && text.Contains('\n', StringComparison.Ordinal))
                whole.AddOrUpdateProperty(new LogEventProperty(name, new ScalarValue(ShortText.Of(text))));
        }

        return whole;
    }

    private static LogEvent Brief(LogEvent whole, Exception error)
    {
        var template = new MessageTemplate([.. whole.MessageTemplate.Tokens, new TextToken(" ("), new PropertyToken(Reason, $"{{{Reason}:l}}", "l"), new TextToken(")")]);
        var brief = new LogEvent(
            whole.Timestamp, whole.Level, exception: null, template, whole.Properties.Select(property => new LogEventProperty(property.Key, property.Value)), whole.TraceId ?? default, whole.SpanId ?? default);
        brief.AddOrUpdateProperty(new LogEventProperty(Reason, new ScalarValue($"{error.GetType().Name}: {ShortText.Of(error)}")));
        return brief;
    }
}
