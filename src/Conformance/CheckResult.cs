namespace Srpo.Conformance;

/// <summary>How a check ended.</summary>
public enum CheckVerdict
{
    /// <summary>What it asks for was seen to hold.</summary>
    Passed = 0,

    /// <summary>It does not hold.</summary>
    Failed = 1,

    /// <summary>It asks for something that is not offered, and need not be.</summary>
    NotApplicable = 2,
}

/// <summary>What a check found.</summary>
/// <param name="Subject">What was checked, for example "gridworld official".</param>
/// <param name="Check">Name of the check.</param>
/// <param name="Verdict">How it ended.</param>
/// <param name="Message">What broke, or why it does not apply; empty where it passed.</param>
public sealed record CheckResult(string Subject, string Check, CheckVerdict Verdict, string Message)
{
    /// <summary>Seed of the game or the team in which it broke; null where there was none.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Steps that had been taken in that game since its reset; null where what was checked is no game.</summary>
    public int? Step { get; init; }

    /// <summary>How many lanes that game had; null where there was none.</summary>
    public int? Lanes { get; init; }

    /// <summary>What broke, and with which seed, step and number of lanes.</summary>
    public string Found => (Seed, Step) switch
    {
        ({ } seed, { } step) => FormattableString.Invariant($"{Message} (seed {seed}, step {step}, {Lanes} lanes)"),
        ({ } seed, null) => FormattableString.Invariant($"{Message} (seed {seed})"),
        _ => Message,
    };

    /// <summary>The same where an exception ended the check: whatever is thrown where it should not be is a finding, and not the end of a battery.</summary>
    /// <param name="error">The exception.</param>
    internal CheckResult Broken(Exception error) => this with
    {
        Verdict = CheckVerdict.Failed,
        Message = error is BrokenException ? error.Message : $"{error.GetType().Name}: {error.Message}{(error.StackTrace?.Split('\n')[0].Trim() is { Length: > 0 } place ? $" ({place})" : "")}",
    };

    /// <summary>What was checked, by which check, and what it found, as one line.</summary>
    public override string ToString() => $"{Subject}: {Check}: {Found}";
}

/// <summary>Something that must hold does not.</summary>
internal sealed class BrokenException(string message) : Exception(message)
{
    /// <summary>Ends the check where something does not hold.</summary>
    public static void Unless(bool holds, FormattableString what)
    {
        if (!holds) throw new BrokenException(FormattableString.Invariant(what));
    }

    /// <summary>Ends the check where an action is not refused with an exception of a kind.</summary>
    /// <typeparam name="T">The kind; what is derived from it will do.</typeparam>
    /// <param name="action">What must be refused.</param>
    /// <param name="what">What it is, for example "a step before the first reset".</param>
    /// <returns>The exception's message.</returns>
    public static string UnlessRefused<T>(Action action, FormattableString what)
        where T : Exception
    {
        try
        {
            action();
        }
        catch (T refusal)
        {
            return refusal.Message;
        }
        catch (Exception other)
        {
            throw new BrokenException(FormattableString.Invariant($"{FormattableString.Invariant(what)} gives {Name(other.GetType())} ({other.Message}); it must be refused with {Name(typeof(T))}"));
        }

        throw new BrokenException(FormattableString.Invariant($"{FormattableString.Invariant(what)} is accepted; it must be refused with {Name(typeof(T))}"));
    }

    private static string Name(Type type) => type.Name;
}
