namespace Srpo.Environments.Hanabi;

/// <summary>How a game ended; the numbers are those of recordings.</summary>
public enum HanabiEnd
{
    /// <summary>It goes on.</summary>
    NotFinished = 0,

    /// <summary>The last life was lost.</summary>
    OutOfLifeTokens = 1,

    /// <summary>Everybody had the last turn after the deck had run out.</summary>
    OutOfCards = 2,

    /// <summary>All fireworks are complete.</summary>
    CompletedFireworks = 3,
}
