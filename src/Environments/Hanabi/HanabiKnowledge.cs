using System.Numerics;

namespace Srpo.Environments.Hanabi;

/// <summary>
/// What all players know about a card in a hand from the hints its holder got: the colours and ranks it may have, and what was
/// said of it directly. Nothing else is inferred; the possible cards are the product of the two sets.
/// </summary>
public readonly record struct HanabiKnowledge
{
    // Four sets of 8 bits: possible colours, possible ranks, hinted colour, hinted rank. The rules work on the packed form.
    internal const int RankShift = 8;
    internal const int HintShift = 16;

    private readonly uint _packed;

    internal HanabiKnowledge(uint packed) => _packed = packed;

    /// <summary>Set of the colours that it may have: bit c for colour c.</summary>
    public int Colors => (int)(_packed & 0xFF);

    /// <summary>Set of the ranks that it may have: bit r for rank r.</summary>
    public int Ranks => (int)((_packed >> RankShift) & 0xFF);

    /// <summary>The colour it was directly said to have, or -1.</summary>
    public int HintedColor => Hinted(HintShift);

    /// <summary>The rank it was directly said to have, or -1.</summary>
    public int HintedRank => Hinted(HintShift + RankShift);

    private int Hinted(int shift)
    {
        var set = (_packed >> shift) & 0xFF;
        return set == 0 ? -1 : BitOperations.TrailingZeroCount(set);
    }
}
