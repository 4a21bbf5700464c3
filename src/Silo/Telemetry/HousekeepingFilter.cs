using System.Diagnostics;
using OpenTelemetry;

namespace Srpo.Silo;

/// <summary>
/// Leaves out the calls with which silos look after each other, some a second for ever: they begin a trace by themselves, while all
/// else is a part of a stretch of work or of a client's request. What they lead to is left out with them.
/// </summary>
internal sealed class HousekeepingFilter : BaseProcessor<Activity>
{
    /// <inheritdoc/>
    public override void OnStart(Activity data)
    {
        if (data.Kind != ActivityKind.Client || data.ParentSpanId != default) return;
        data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        data.IsAllDataRequested = false;
    }
}
