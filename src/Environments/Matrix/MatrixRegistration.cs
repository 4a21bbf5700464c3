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
}
