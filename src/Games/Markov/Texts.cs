using System.Globalization;

namespace Srpo.Games.Markov;

/// <summary>Texts of errors, written alike in every culture.</summary>
internal static class Texts
{
    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    internal static void Require(bool holds, string name, FormattableString rule)
    {
        if (!holds) throw Error(name, rule);
    }

    /// <summary>The exception itself, for loops where the text must not be made for every entry.</summary>
    internal static ArgumentException Error(string name, FormattableString rule) => new($"{name}: {Invariant(rule)}", name);
}
