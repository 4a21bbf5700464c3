using System.Globalization;

namespace Srpo.Environments.Hanabi;

/// <summary>Kinds of moves; their order is that of the observation, not that of the action numbers.</summary>
public enum HanabiMoveKind
{
    /// <summary>Play a card.</summary>
    Play = 0,

    /// <summary>Discard a card.</summary>
    Discard = 1,

    /// <summary>Tell another player which cards have a colour.</summary>
    HintColor = 2,

    /// <summary>Tell another player which cards have a rank.</summary>
    HintRank = 3,
}

/// <summary>A move; what does not apply is -1.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Position">Play and discard: position in the hand, 0 being the oldest card.</param>
/// <param name="TargetOffset">Hints: how many seats after the mover, from 1.</param>
/// <param name="Color">Hint of a colour: which.</param>
/// <param name="Rank">Hint of a rank: which, from 0.</param>
public readonly record struct HanabiMove(HanabiMoveKind Kind, int Position, int TargetOffset, int Color, int Rank)
{
    /// <summary>Whether it is a hint.</summary>
    public bool IsHint => Kind >= HanabiMoveKind.HintColor;

    /// <summary>For example "play 3" or "hint red to +1"; hinted ranks are as printed.</summary>
    public override string ToString() => Kind switch
    {
        HanabiMoveKind.Play => string.Create(CultureInfo.InvariantCulture, $"play {Position}"),
        HanabiMoveKind.Discard => string.Create(CultureInfo.InvariantCulture, $"discard {Position}"),
        HanabiMoveKind.HintColor => string.Create(CultureInfo.InvariantCulture, $"hint {HanabiNames.Color(Color)} to +{TargetOffset}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"hint {Rank + 1} to +{TargetOffset}"),
    };
}
