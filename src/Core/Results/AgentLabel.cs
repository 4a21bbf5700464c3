using System.Globalization;

namespace Srpo.Core.Results;

/// <summary>One trained agent set of a population: which method trained it and in which run (training seed).</summary>
/// <param name="Method">The method's key, for instance <c>ippo</c> or <c>srpo</c>.</param>
/// <param name="Run">The number of the run within the method's population, from 0.</param>
public readonly record struct AgentLabel(string Method, int Run)
{
    /// <summary>The label as text: <c>method/run</c>, for instance <c>ippo/0</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Method}/{Run}");

    /// <summary>Reads what <see cref="ToString"/> wrote; the run is what follows the last slash.</summary>
    /// <exception cref="FormatException">The text is not <c>method/run</c> with a run from 0.</exception>
    public static AgentLabel Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var slash = text.LastIndexOf('/');
        if (slash < 1 || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var run))
            throw new FormatException($"'{text}' is not an agent label; expected method/run, for instance ippo/0.");

        return new AgentLabel(text[..slash], run);
    }
}
