using System.Diagnostics;

namespace Srpo.Grains.Tests;

/// <summary>Waits for what comes by itself, with a deadline that says what did not come.</summary>
internal static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <param name="what">The event, for the message.</param>
    /// <param name="holds">Whether it has come; an assertion within fails at once.</param>
    public static async Task HoldsAsync(string what, Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            if (clock.Elapsed > Limit) throw new TimeoutException($"not within {Limit.TotalMinutes} minutes: {what}");
            await Task.Delay(Pause);
        }
    }

    /// <inheritdoc cref="HoldsAsync(string, Func{Task{bool}})"/>
    public static Task HoldsAsync(string what, Func<bool> holds) => HoldsAsync(what, () => Task.FromResult(holds()));
}
