namespace Srpo.Environments;

/// <summary>An environment that can be drawn as the player of one seat sees it, for a person who plays that seat.</summary>
public interface ISeatView
{
    /// <summary>Draws the present state of a lane as plain text, several lines, without what the seat must not know.</summary>
    /// <param name="lane">0 to Lanes - 1.</param>
    /// <param name="seat">0 to Info.Seats - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such lane or seat.</exception>
    /// <exception cref="InvalidOperationException">There is no state yet.</exception>
    string RenderFor(int lane, int seat);
}
