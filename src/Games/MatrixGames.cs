using Srpo.Core.Text;

namespace Srpo.Games;

/// <summary>The matrix games that come with the program.</summary>
public static class MatrixGames
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["volunteer", "volunteer-half", "stag-hunt", "battle-of-the-sexes", "chicken"];

    /// <summary>A game by name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such game; the message lists the known ones and the nearest.</exception>
    public static MatrixGame Load(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            "volunteer" => Volunteer(name, 0.4),
            "volunteer-half" => Volunteer(name, 0.5),
            "stag-hunt" => new MatrixGame(name, new double[,] { { 4, 0 }, { 3, 3 } }, new double[,] { { 4, 3 }, { 0, 3 } }, actionNames: ["stag", "hare"]),
            "battle-of-the-sexes" => new MatrixGame(
                name, new double[,] { { 2, 0 }, { 0, 1 } }, new double[,] { { 1, 0 }, { 0, 2 } }, actionNames: ["opera", "football"]),
            "chicken" => new MatrixGame(
                name, new double[,] { { 0, -1 }, { 1, -10 } }, new double[,] { { 0, 1 }, { -1, -10 } }, actionNames: ["swerve", "straight"]),
            _ => throw new ArgumentException(NearestName.Unknown("matrix game", name, [.. Names]), nameof(name)),
        };
    }

    /// <summary>
    /// The volunteer's game of Qu et al., example 4.2: both get 1 if anyone contributes, and a contribution costs the one
    /// who makes it kappa.
    /// </summary>
    /// <param name="name">Label.</param>
    /// <param name="kappa">Cost of a contribution, not negative.</param>
    public static MatrixGame Volunteer(string name, double kappa) =>
        new(name, new double[,] { { 1, 1 }, { 1, 0 } }, null, [kappa, 0], [kappa, 0], ["contribute", "defect"]);
}
