namespace Srpo.Grains.Diagnostics;

/// <summary>Errors in a line, for messages to people: what the runtime says of a call without an answer fills a page.</summary>
public static class ShortText
{
    private const int Longest = 240;

    /// <summary>The first sentence or line of an error's message, at most 240 characters.</summary>
    /// <param name="error">The error.</param>
    public static string Of(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return Of(error.Message);
    }

    /// <summary>The first sentence or line of a message, at most 240 characters.</summary>
    /// <param name="message">The message.</param>
    public static string Of(string message)
    {
        var text = message.AsSpan();
        var end = text.IndexOfAny('\r', '\n');
        if (end >= 0) text = text[..end];

        // What follows is the state of queues at the other end.
        end = text.IndexOf(". Last known status is", StringComparison.Ordinal);
        if (end >= 0) text = text[..end];
        return text.Length <= Longest ? text.ToString() : string.Concat(text[..(Longest - 3)], "...");
    }
}
