using Srpo.Environments.Gridworld;

namespace Srpo.Environments.Tests.Gridworld;

public class GridworldRendererTests
{
    [Fact]
    public void DrawingShowsAgentsLoadsOnionsPotsAndWalls()
    {
        var layout = GridworldLayout.Parse("map:\nO.#P\n1.2O\n");
        var state = layout.Initial(false);
        state.Agents[0] = new GridworldAgent(0, true);
        state.Onions = 2;

        Assert.Equal(
            """
            ,1+  .  ### [P]
             .   .   2   o
            1 = seat 0 at (0,0), carrying an onion; 2 = seat 1 at (1,2), empty hands

            """.ReplaceLineEndings("\n"),
            GridworldRenderer.Draw(layout, state));
    }
}
