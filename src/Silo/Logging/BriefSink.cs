using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;
using Srpo.Grains;
using Srpo.Grains.Diagnostics;

namespace Srpo.Silo;

/// <summary>
/// Hands messages on to the sinks of the settings. Of an error that passes by itself, a call without an answer or storage that is away, they get a
/// line in place of the stack; who lowers the level of Srpo to debug has the stack as well.
/// </summary>
internal sealed class BriefSink(Logger sinks, LogLevels levels) : ILogEventSink, IDisposable
{
    private const string Reason = "Reason";

    public void Emit(LogEvent logEvent) => sinks.Write(
        logEvent is { Level: <= LogEventLevel.Warning, Exception: { } error } && Transient.Is(error) && levels.Of("Srpo") > LogEventLevel.Debug ? Brief(logEvent, error) : logEvent);

    public void Dispose() => sinks.Dispose();

    private static LogEvent Brief(LogEvent whole, Exception error)
    {
        var template = new MessageTemplate([.. whole.MessageTemplate.Tokens, new TextToken(" ("), new PropertyToken(Reason, $"{{{Reason}:l}}", "l"), new TextToken(")")]);
        var brief = new LogEvent(
            whole.Timestamp, whole.Level, exception: null, template, whole.Properties.Select(property => new LogEventProperty(property.Key, property.Value)), whole.TraceId ?? default, whole.SpanId ?? default);
        brief.AddOrUpdateProperty(new LogEventProperty(Reason, new ScalarValue($"{error.GetType().Name}: {ShortText.Of(error)}")));
        return brief;
    }
}
