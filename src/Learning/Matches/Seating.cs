using System.Globalization;

namespace Srpo.Learning;

/// <summary>How two runs share the seats of a team in cross-play.</summary>
public enum Seating
{
    /// <summary>The row's run in seat 0, the column's in seat 1 (paper D.1): two seats with policies of their own.</summary>
    Ordered = 0,

    /// <summary>Every way to seat both runs, equally often: shared policies, and more than two seats.</summary>
    Mixed = 1,
}

/// <summary>Arithmetic of seatings.</summary>
public static class Seatings
{
    /// <summary>More seats have too many ways to mix two runs.</summary>
    public const int MaxMixedSeats = 10;

    /// <summary>The seating of runs in a team of so many seats.</summary>
    /// <param name="seats">Seats of the team; a team of one is the row's run alone.</param>
    /// <param name="shared">Whether every run plays all seats with one policy.</param>
    public static Seating For(int seats, bool shared) => seats == 1 || (seats == 2 && !shared) ? Seating.Ordered : Seating.Mixed;

    /// <summary>Ways to seat two different runs so that both play.</summary>
    public static int Ways(Seating seating, int seats) => seating == Seating.Ordered || seats < 2 ? 1 : (1 << seats) - 2;

    /// <summary>Episodes that a pair really plays: at least as many as asked for, and every way equally often.</summary>
    public static int Episodes(Seating seating, int seats, int asked)
    {
        var ways = Ways(seating, seats);
        return (asked + ways - 1) / ways * ways;
    }

    /// <summary>Whether the column's run plays a seat in an episode.</summary>
    public static bool IsColumn(Seating seating, int seats, int episode, int seat) =>
        seating == Seating.Ordered || seats < 2 ? seat == 1 : (((episode % Ways(seating, seats)) + 1) >> seat & 1) == 1;

    /// <summary>What an entry of the matrix means, in words.</summary>
    public static string Describe(Seating seating, int seats) => seating == Seating.Ordered
        ? "the row's run in seat 0, the column's in seat 1"
        : string.Create(CultureInfo.InvariantCulture, $"mean over all {Ways(seating, seats)} ways to seat both runs in {seats} seats");
}
