using Srpo.Core.Random;
using Srpo.Environments.Matrix;
using Srpo.Games;
using Srpo.Games.Markov;

namespace Srpo.Environments.Tests.Matrix;

public class MatrixMarkovGameTests
{
    [Fact]
    public void The_tabular_game_pays_what_the_environment_pays()
    {
        foreach (var name in MatrixGames.Names)
        {
            var environment = new MatrixEnvironment(new MatrixGameDefinition(MatrixGames.Load(name)), 4);
            var game = MarkovGame.FromMatrixGame(environment.Game, 0.9);
            var stream = new StreamId(1, 0, 0, StreamPurpose.Dynamics);
            environment.Reset(stream.For(StreamPurpose.Reset), stream);
            var (rewards, costs) = (new float[8], new float[8]);

            // Lane k plays joint action k.
            environment.Step([0, 0, 1, 1, 0, 1, 0, 1], new StepOutcome { Rewards = rewards, Costs = costs, Terminated = new bool[4], Truncated = new bool[4] });
            for (var player = 0; player < 2; player++)
            {
                for (var joint = 0; joint < 4; joint++)
                {
                    Assert.Equal(rewards[(player * 4) + joint], game.Rewards(player)[joint], 1e-6);
                    Assert.Equal(costs[(player * 4) + joint], game.Costs(player)[joint], 1e-6);
                }
            }
        }
    }
}
