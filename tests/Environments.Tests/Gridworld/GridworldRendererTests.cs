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

    [Fact]
    public void StepsAreTold()
    {
        var layout = GridworldLayouts.Load("official");
        var state = layout.Initial(false);
        state.Agents[0].Cell = 18;
        state.Onions = 1;

        Assert.Equal(
            "step 7: seat 1 first; seat 0 right (3,3) -> (3,4), takes an onion, cost 0.2, reward 0.8; seat 1 up (0,1), cost 0.2, reward 0.8; shared 1; an onion is back at (4,3)",
            GridworldRenderer.DescribeStep(layout, 7, state, (int)GridworldAction.Right, (int)GridworldAction.Up, new GridworldDraws(1, 2)));
    }

    [Fact]
    public void DeliveriesAndBumpsAreTold()
    {
        var layout = GridworldLayouts.Load("official");
        var state = layout.Initial(false);
        state.Agents[0] = new GridworldAgent(11, true);
        state.Agents[1] = new GridworldAgent(10, false);

        var text = GridworldRenderer.DescribeStep(layout, 0, state, (int)GridworldAction.Right, (int)GridworldAction.Right, new GridworldDraws(0, 0));
        Assert.Equal(
            "step 0: seat 0 first; seat 0 right (2,1), delivers, cost 0.2, reward 9.8; seat 1 right (2,0), runs into the other, cost 2.2, reward 7.8; shared 10",
            text);
    }
}
