using Srpo.Games;
using Srpo.Games.Markov;

namespace Srpo.Environments.Matrix;

/// <summary>Games with one state, as they can be asked for.</summary>
internal static class MatrixRegistration
{
    public static EnvironmentRegistration Value { get; } = new(
        MatrixEnvironment.RegisteredName, "game", typeof(MatrixEnvironment), MatrixGames.Names, name => new MatrixGameDefinition(MatrixGames.Load(name)).ToJson(), Create)
    {
        Tabulate = (environment, discount, _) => Table(((MatrixEnvironment)environment).Game, discount),
        Guide = (environment, seat) => Guide((MatrixEnvironment)environment, seat),
        Game = environment => ((MatrixEnvironment)environment).Game,
    };

    private static TabularGame Table(MatrixGame game, double discount)
    {
        var names = game.ToFiniteGame().ActionNames;
        return new TabularGame(MarkovGame.FromMatrixGame(game, discount), [.. names], _ => game.Name);
    }

    private static MatrixEnvironment Create(string text, string label, string? file, int lanes)
    {
        try
        {
            return new MatrixEnvironment(MatrixGameDefinition.Parse(text, label), lanes);
        }
        catch (FormatException error) when (file is not null)
        {
            throw new FormatException($"{file}: {error.Message}", error);
        }
    }

    private static EnvironmentGuide Guide(MatrixEnvironment environment, int seat) => new(
        "Choose an action at the same time as the other player; both choices together decide what each gets.",
        [
            $"You choose {(seat == 0 ? "the row" : "the column")}. Of each pair of numbers the {(seat == 0 ? "first" : "second")} is yours; private costs are taken off already.",
            environment.Info.EpisodeLength == 1 ? "One round is played." : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{environment.Info.EpisodeLength} rounds are played; the score is their sum."),
        ],
        [("[4, 4]", "the last round")]);
}
