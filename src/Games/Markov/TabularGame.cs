using System.Globalization;

namespace Srpo.Games.Markov;

/// <summary>A Markov game with names for people.</summary>
/// <param name="Game">The game.</param>
/// <param name="ActionNames">[players][actions] names of the actions.</param>
/// <param name="StateName">The name of a state, one line; its number where states have no names.</param>
public sealed record TabularGame(MarkovGame Game, IReadOnlyList<IReadOnlyList<string>> ActionNames, Func<int, string> StateName)
{
    /// <summary>Draws a state as plain text of several lines; null where its name says it all.</summary>
    public Func<int, string>? Draw { get; init; }

    /// <summary>The state with a name or a number.</summary>
    /// <param name="text">A state's name, or its number from 0.</param>
    /// <returns>Its number; null if there is no such state.</returns>
    public int? Find(string text)
    {
        for (var state = 0; state < Game.States; state++)
        {
            if (StateName(state) == text) return state;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < Game.States ? number : null;
    }
}
