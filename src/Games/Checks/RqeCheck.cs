using System.Globalization;

namespace Srpo.Games.Checks;

/// <summary>One line of `srpo rqe check`.</summary>
/// <param name="Name">What is checked.</param>
/// <param name="Expected">What the theory says.</param>
/// <param name="Got">What this machine computed.</param>
/// <param name="Holds">Whether the two agree.</param>
public sealed record RqeCheck(string Name, string Expected, string Got, bool Holds)
{
    /// <summary>A number that must not be above a limit.</summary>
    public static RqeCheck AtMost(string name, double limit, double got) =>
        new(name, string.Create(CultureInfo.InvariantCulture, $"at most {limit:g3}"), got.ToString("g3", CultureInfo.InvariantCulture), got <= limit);
}
