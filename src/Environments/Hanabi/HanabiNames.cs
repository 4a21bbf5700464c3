namespace Srpo.Environments.Hanabi;

/// <summary>Names of colours for people.</summary>
public static class HanabiNames
{
    private static readonly string[] Names = ["red", "yellow", "green", "white", "blue", "purple", "orange", "teal"];

    /// <summary>The name of a colour, for example "red".</summary>
    /// <param name="color">0 to 7.</param>
    public static string Color(int color) => Names[color];

    /// <summary>The letter of a colour, for example 'R'; no two are the same.</summary>
    /// <param name="color">0 to 7; a card of a recording may have another, which gets a question mark.</param>
    public static char Letter(int color) => (uint)color < (uint)Names.Length ? char.ToUpperInvariant(Names[color][0]) : '?';
}
