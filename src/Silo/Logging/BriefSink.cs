using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;
using Srpo.Grains;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;

namespace Srpo.Silo;

/// <summary>
/// Hands messages on to the sinks of the settings. Of an error that passes by itself, a call without an answer or storage that is away, they get a
/// line in place of the stack; who lowers the level of Srpo to debug has the stack as well.
/// </summary>
internal sealed class BriefSink(Logger sinks, LogLevels levels) : ILogEventSink, IDisposable
{
    private const string Reason = "Reason";

    public void Emit(LogEvent logEvent) => sinks.Write(
        logEvent is { Level: <= LogEventLevel.Warning, Exception: { } error } && Passes(error) && levels.Of("Srpo") > LogEventLevel.Debug ? Brief(logEvent, error) : logEvent);

    public void Dispose() => sinks.Dispose();

    /// <summary>Whether it goes on by itself: also where a team's members are of different rounds, or wake anew, because a silo died.</summary>
    private static bool Passes(Exception error) => Transient.Is(error) || error is TeamOutOfStepException or UnknownGrainException;

    private static LogEvent Brief(LogEvent whole, Exception error)
    {
        var template = new MessageTemplate([.. whole.MessageTemplate.Tokens, new TextToken(" ("), new PropertyToken(Reason, $"{{{Reason}:l}}", "l"), new TextToken(")")]);
        var brief = new LogEvent(
            whole.Timestamp, whole.Level, exception: null, template, whole.Properties.Select(property => new LogEventProperty(property.Key, property.Value)), whole.TraceId ?? default, whole.SpanId ?? default);
        brief.AddOrUpdateProperty(new LogEventProperty(Reason, new ScalarValue($"{error.GetType().Name}: {ShortText.Of(error)}")));
        return brief;
    }
}
