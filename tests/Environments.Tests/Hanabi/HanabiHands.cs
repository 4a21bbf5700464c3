using Srpo.Environments.Hanabi;

namespace Srpo.Environments.Tests.Hanabi;

/// <summary>Decks for tests.</summary>
internal static class HanabiHands
{
    /// <summary>A full deck that begins with the cards of a text such as "R1 G3"; the rest in order of colour and rank.</summary>
    internal static List<HanabiCard> Deck(HanabiGame game, string first)
    {
        var rest = game.SortedDeck.Select(card => game.CardOf(card)).ToList();
        var cards = new List<HanabiCard>();
        foreach (var name in first.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var card = new HanabiCard("RYGWBPOT".IndexOf(name[0], StringComparison.Ordinal), name[1] - '1');
            Assert.True(rest.Remove(card), $"there is no further {name}");
            cards.Add(card);
        }

        return [.. cards, .. rest];
    }

    /// <summary>A game dealt from such a deck.</summary>
    internal static HanabiState Deal(HanabiDefinition definition, string first)
    {
        var state = new HanabiState(new HanabiGame(definition));
        HanabiRules.Deal(state, Deck(state.Game, first));
        return state;
    }

    /// <summary>The number of a move of this name.</summary>
    internal static int Action(HanabiState state, string name) => state.Game.Moves.ToList().FindIndex(move => move.ToString() == name);

    /// <summary>Makes moves by name and returns the reward of the last.</summary>
    internal static int Play(HanabiState state, params string[] names)
    {
        var reward = 0;
        foreach (var name in names) reward = HanabiRules.Apply(state, Action(state, name));
        return reward;
    }
}
