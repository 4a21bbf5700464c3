namespace Srpo.Environments.Hanabi;

/// <summary>A move as the rules use it: what a hint does to the packed knowledge, without branches on colour or rank.</summary>
internal readonly struct HanabiMoveCode
{
    internal HanabiMoveCode(in HanabiMove move, HanabiDefinition definition)
    {
        Kind = move.Kind;
        if (!move.IsHint)
        {
            Argument = (byte)move.Position;
            return;
        }

        Argument = (byte)move.TargetOffset;
        var ofColor = move.Kind == HanabiMoveKind.HintColor;
        var shift = ofColor ? 0 : HanabiKnowledge.RankShift;
        Bit = 1u << (shift + (ofColor ? move.Color : move.Rank));
        Field = 0xFFu << shift;
        for (var card = 0; card < definition.Colors * definition.Ranks; card++)
        {
            var matches = ofColor ? card / definition.Ranks == move.Color : card % definition.Ranks == move.Rank;
            if (matches) Cards |= 1UL << card;
        }
    }

    internal HanabiMoveKind Kind { get; }

    /// <summary>Position of a card, or offset of a hint's target.</summary>
    internal byte Argument { get; }

    /// <summary>Hints: the hinted attribute's bit in the set of possible colours or ranks.</summary>
    internal uint Bit { get; }

    /// <summary>Hints: all bits of that set.</summary>
    internal uint Field { get; }

    /// <summary>Hints: the cards that it is true of, by index.</summary>
    internal ulong Cards { get; }
}
