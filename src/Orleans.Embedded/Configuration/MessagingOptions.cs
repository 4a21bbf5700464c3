using System.Diagnostics;

namespace Orleans.Configuration;

/// <summary>How long callers wait. The part of the Orleans options that matters without messages between processes.</summary>
public abstract class MessagingOptions
{
    private TimeSpan _responseTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long a caller waits before it sees a <see cref="TimeoutException"/>.</summary>
    /// <value>30 seconds by default; <see cref="ResponseTimeoutWithDebugger"/> while a debugger is attached.</value>
    public TimeSpan ResponseTimeout
    {
        get => Debugger.IsAttached ? ResponseTimeoutWithDebugger : _responseTimeout;
        set => _responseTimeout = value;
    }

    /// <summary>How long a caller waits while a debugger is attached.</summary>
    /// <value>30 minutes by default.</value>
    public TimeSpan ResponseTimeoutWithDebugger { get; set; } = TimeSpan.FromMinutes(30);
}

/// <summary>How long callers within this process wait. As in Orleans.</summary>
public class SiloMessagingOptions : MessagingOptions
{
}
