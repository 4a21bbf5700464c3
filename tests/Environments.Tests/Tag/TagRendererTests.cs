using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Environments.Tag;

namespace Srpo.Environments.Tests.Tag;

public class TagRendererTests
{
    [Fact]
    public void DrawingShowsArenaAgentsAndObstacles()
    {
        var environment = Staged();

        Assert.Equal(
            """
             +----------------------------------c0----+
             |                                        |
             |                                        |
             |                                        |
             |                                        |
             |                                        |
             |                                        |
             |                                        |
             |                                        |
             |                                        |
             |                                        |
             |                                        |
             |            ####                        |
             |          ########                      |
             |          ########      C1R0            |
             |            ####                        |
             |                                        |
             |                                        |
             |                                        |
             |                                        |
             |######                                  |
             +----------------------------------------+
            c0 = chaser 0 at (0.75, 1.50), outside, speed 0.00
            C1 = chaser 1 at (0.29, -0.35), speed 0.50
            R0 = runner 0 at (0.31, -0.35), speed 0.00, caught by C1

            """.ReplaceLineEndings("\n"),
            environment.Render(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => environment.Render(1));
    }

    /// <summary>The border itself is inside, also in the corner.</summary>
    [Fact]
    public void WhoIsOnTheBorderIsInside()
    {
        var environment = Staged();
        environment.State.Place(0, 0, 1, -1);
        Assert.Contains("C0|\n +---", environment.Render(0), StringComparison.Ordinal);
        environment.State.Place(0, 0, -1, 1);
        Assert.Contains("--+\n |C0", environment.Render(0), StringComparison.Ordinal);
        environment.State.Place(0, 0, -7, -7);
        Assert.Contains("\nc0---", environment.Render(0), StringComparison.Ordinal);
    }

    [Fact]
    public void SceneHasObstaclesThenChasersThenRunners()
    {
        var scene = Staged().Scene(0);

        Assert.Equal(["obstacle 0", "obstacle 1", "chaser 0", "chaser 1", "runner 0"], scene.Select(circle => circle.Name));
        Assert.Equal(["obstacle", "obstacle", "chaser", "chaser", "runner"], scene.Select(circle => circle.Role));
        Assert.Equal(new SceneCircle("runner", "runner 0", 0.31, -0.35, 0.05), scene[4]);
        Assert.Equal([0.2, 0.2, 0.075, 0.075, 0.05], scene.Select(circle => circle.Radius));
        Assert.Throws<InvalidOperationException>(() => new TagEnvironment(TagScenarios.Load("simple-tag"), 1).Scene(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Staged().Scene(1));
    }

    private static TagEnvironment Staged()
    {
        var environment = new TagEnvironment(TagScenarios.Load("simple-tag"), 1);
        environment.Reset(new StreamId(1, 0, 0, StreamPurpose.Reset), new StreamId(1, 0, 0, StreamPurpose.Dynamics));
        environment.State.Place(0, 0, 0.75, 1.5);
        environment.State.Place(0, 1, 0.29, -0.35);
        environment.State.Move(0, 1, 0.3, -0.4);
        environment.State.Place(0, 2, 0.31, -0.35);
        environment.State.Place(0, 3, -0.3, -0.3);
        environment.State.Place(0, 4, -0.85, -1.08);
        return environment;
    }
}
