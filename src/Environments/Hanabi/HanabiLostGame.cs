namespace Srpo.Environments.Hanabi;

/// <summary>What a game is worth whose last life was lost.</summary>
public enum HanabiLostGame
{
    /// <summary>Nothing: the losing move takes the whole score away again, as in the reference.</summary>
    Zero = 0,

    /// <summary>The sum of the fireworks, as in a game that ends otherwise.</summary>
    Keep = 1,
}
