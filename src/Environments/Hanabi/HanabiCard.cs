using System.Globalization;

namespace Srpo.Environments.Hanabi;

/// <summary>A kind of card.</summary>
/// <param name="Color">Colour, from 0.</param>
/// <param name="Rank">Rank, from 0: rank 0 is the card printed "1".</param>
public readonly record struct HanabiCard(int Color, int Rank)
{
    /// <summary>The letter of the colour and the printed number, for example "R1".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{HanabiNames.Letter(Color)}{Rank + 1}");
}
