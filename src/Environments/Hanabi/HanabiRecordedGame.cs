using Srpo.Environments.Recordings;

namespace Srpo.Environments.Hanabi;

/// <summary>A recorded game. What a replay needs is checked when it is read; what it is compared with is kept as recorded.</summary>
/// <param name="Place">Where it is: file, line, game.</param>
/// <param name="Definition">What was played.</param>
/// <param name="Moves">Recorded number of moves that there are.</param>
/// <param name="ObservationLength">Recorded length of an observation.</param>
/// <param name="Receivers">[dealt cards] the seats that the cards were dealt to, in order.</param>
/// <param name="Deck">All cards, those that were dealt first.</param>
/// <param name="Turns">The turns in order.</param>
/// <param name="Final">How it ended.</param>
public sealed record HanabiRecordedGame(
    RecordingPlace Place,
    HanabiDefinition Definition,
    int Moves,
    int ObservationLength,
    IReadOnlyList<int> Receivers,
    IReadOnlyList<HanabiCard> Deck,
    IReadOnlyList<HanabiRecordedTurn> Turns,
    HanabiRecordedFinal Final);

/// <summary>A recorded turn; -1 where a part of the move does not apply.</summary>
/// <param name="Turn">Its number.</param>
/// <param name="Player">Who was to move.</param>
/// <param name="Observation">What that seat observed before the move, a character per bit.</param>
/// <param name="Legal">Its legal moves.</param>
/// <param name="Action">The move made.</param>
/// <param name="MoveType">Its kind, spelled out.</param>
/// <param name="MoveNumbers">[card_index, target_offset, color, rank] of the move.</param>
/// <param name="Card">The card played or discarded, or null.</param>
/// <param name="Scored">1 for a successful play.</param>
/// <param name="GainedToken">1 if the move brought a token back.</param>
/// <param name="Touched">Touched positions, a bit each.</param>
/// <param name="NewlyTouched">Those not hinted before.</param>
/// <param name="Drawn">The replacement card, or null.</param>
/// <param name="Score">Score after the move.</param>
/// <param name="Reward">Reward of the move.</param>
/// <param name="Fireworks">Heights after the move.</param>
/// <param name="FireworksSum">Their sum.</param>
/// <param name="InformationTokens">Information tokens after the move.</param>
/// <param name="LifeTokens">Life tokens after the move.</param>
/// <param name="DeckSize">Cards in the deck after the move and its draw.</param>
/// <param name="Discards">The discard pile after the move.</param>
/// <param name="End">End code after the move.</param>
public sealed record HanabiRecordedTurn(
    int Turn,
    int Player,
    string Observation,
    IReadOnlyList<int> Legal,
    int Action,
    string MoveType,
    IReadOnlyList<int> MoveNumbers,
    HanabiCard? Card,
    int Scored,
    int GainedToken,
    ulong Touched,
    ulong NewlyTouched,
    HanabiCard? Drawn,
    int Score,
    int Reward,
    IReadOnlyList<int> Fireworks,
    int FireworksSum,
    int InformationTokens,
    int LifeTokens,
    int DeckSize,
    IReadOnlyList<HanabiCard> Discards,
    int End);

/// <summary>How a recorded game ended.</summary>
/// <param name="Turns">Number of turns.</param>
/// <param name="Score">Final score.</param>
/// <param name="Fireworks">Final heights.</param>
/// <param name="FireworksSum">Their sum.</param>
/// <param name="End">End code.</param>
/// <param name="EndName">Its name.</param>
public sealed record HanabiRecordedFinal(int Turns, int Score, IReadOnlyList<int> Fireworks, int FireworksSum, int End, string EndName);
