namespace Srpo.Environments.Hanabi;

/// <summary>A move that was made, and what came of it.</summary>
/// <param name="Seat">Who made it.</param>
/// <param name="Action">Its number.</param>
/// <param name="Move">The move.</param>
/// <param name="Card">The card played or discarded; null for hints.</param>
/// <param name="Scored">Whether it was a successful play.</param>
/// <param name="GainedToken">Whether it brought an information token back.</param>
/// <param name="Touched">Hints: bit i for position i of the target's hand that the hint is true of; else 0.</param>
/// <param name="NewlyTouched">The same for the cards that had not been directly hinted a colour (or a rank) before.</param>
/// <param name="Drawn">The replacement card; null if none was drawn.</param>
public readonly record struct HanabiPlayedMove(
    int Seat,
    int Action,
    HanabiMove Move,
    HanabiCard? Card,
    bool Scored,
    bool GainedToken,
    ulong Touched,
    ulong NewlyTouched,
    HanabiCard? Drawn);
