using System.Net.Sockets;
using Azure;

namespace Srpo.Grains.Storage;

/// <summary>What errors of Azure Storage mean: whether they go away by themselves, and what to do about the others.</summary>
public static class AzureErrors
{
    /// <summary>Whether the same request may succeed a little later: the account is out of reach, restarts or is overloaded.</summary>
    /// <param name="error">What the client threw; a canceled request is one that took too long.</param>
    public static bool IsTransient(Exception error) => error switch
    {
        // Some timeouts of the service are called conflicts.
        RequestFailedException failed => failed.Status is 0 or 408 or 429 or >= 500 || failed.ErrorCode is "OperationTimedOut",
        AggregateException { InnerExceptions: [.., var last] } => IsTransient(last),
        HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>The reason and, where one is known, the remedy; without secrets.</summary>
    /// <param name="error">What the client threw.</param>
    /// <param name="place">What it asked, for people.</param>
    public static string Explain(Exception error, string place)
    {
        ArgumentNullException.ThrowIfNull(error);
        return $"{place}: {Reason(error)}";
    }

    /// <summary>The same without the place.</summary>
    /// <param name="error">What the client threw.</param>
    public static string Reason(Exception error) => error switch
    {
        AggregateException { InnerExceptions: [.., var last] } => Reason(last),
        RequestFailedException { Status: 401 or 403 } unknown when IsUnknown(unknown) => "the account's key or signature is refused; correct it in the connection string",
        RequestFailedException { Status: 401 or 403 } refused =>
            $"access is refused ({refused.ErrorCode}); give the account's key or a signature with that right, and see that the account's firewall lets this machine in",
        RequestFailedException { ErrorCode: "ServerBusy" } or RequestFailedException { Status: 429 } => "it is overloaded; lower Srpo:Storage:Concurrency, or wait",
        RequestFailedException { Status: > 0 } other => $"{FirstLine(other.Message)} ({other.ErrorCode ?? $"status {other.Status}"})",
        _ => Innermost(error) switch
        {
            SocketException { SocketErrorCode: not SocketError.OperationAborted } socket => $"nobody answers there ({socket.Message}); see that the server runs and that host and port are right",
            SocketException or TimeoutException or OperationCanceledException => "no answer in time; see that the server runs and is not overloaded",
            HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => "the connection broke before an answer came; see that the server runs and that host and port are right",
            var inner => FirstLine(inner.Message),
        },
    };

    /// <summary>Whether the account does not know who asks; the emulator has another code for it.</summary>
    private static bool IsUnknown(RequestFailedException error) =>
        error.ErrorCode is null or "AuthenticationFailed" or "InvalidAuthenticationInfo" or "NoAuthenticationInformation" || error.Message.Contains("failed to authenticate", StringComparison.Ordinal);

    private static Exception Innermost(Exception error)
    {
        while (error.InnerException is { } inner) error = inner;
        return error;
    }

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd();
}
