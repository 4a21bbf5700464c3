using Srpo.Environments.Gridworld;

namespace Srpo.Environments.Tests.Gridworld;

/// <summary>One test per line of the rules, on the official layout unless said otherwise.</summary>
public class GridworldRulesTests
{
    private const int Up = (int)GridworldAction.Up;
    private const int Down = (int)GridworldAction.Down;
    private const int Left = (int)GridworldAction.Left;
    private const int Right = (int)GridworldAction.Right;
    private const int Stay = (int)GridworldAction.Stay;

    private static readonly GridworldLayout Official = GridworldLayouts.Load("official");

    private static GridworldState State((int Row, int Column) seat0, (int Row, int Column) seat1, bool carrying0 = false, bool carrying1 = false, uint onions = 3)
    {
        var state = new GridworldState { Onions = onions };
        state.Agents[0] = new GridworldAgent(Official.CellNumber(new GridCell(seat0.Row, seat0.Column)), carrying0);
        state.Agents[1] = new GridworldAgent(Official.CellNumber(new GridCell(seat1.Row, seat1.Column)), carrying1);
        return state;
    }

    /// <summary>Steps and checks the state after it, shared reward and both costs.</summary>
    private static void Check(
        GridworldState before, int action0, int action1, int first, uint respawn, GridworldState after, float shared, float cost0, float cost1)
    {
        var state = before;
        var payment = GridworldRules.Step(Official, ref state, action0, action1, first, respawn);

        Assert.Equal(Describe(after), Describe(state));
        Assert.Equal((shared, cost0, cost1), (payment.Shared, payment.Costs[0], payment.Costs[1]));
        Assert.Equal(shared - cost0, payment.Reward(0));
        Assert.Equal(shared - cost1, payment.Reward(1));
    }

    private static string Describe(GridworldState state) =>
        $"{Official.Cell(state.Agents[0].Cell)} {state.Agents[0].Carrying} {Official.Cell(state.Agents[1].Cell)} {state.Agents[1].Carrying} {state.Onions}";

    [Theory]
    [InlineData(Up, 1, 2)]
    [InlineData(Down, 3, 2)]
    [InlineData(Left, 2, 1)]
    [InlineData(Right, 2, 3)]
    public void ActionsMoveByOneCellAndCost(int action, int row, int column)
    {
        // From (2,2)'s place on a map whose pot is elsewhere.
        var layout = new GridworldLayout("t", 5, 5, [new GridCell(0, 0)], [new GridCell(4, 4)], [new GridCell(2, 2), new GridCell(4, 0)]);
        var state = layout.Initial(false);
        var payment = GridworldRules.Step(layout, ref state, action, Stay, 0, 0);

        Assert.Equal(new GridCell(row, column), layout.Cell(state.Agents[0].Cell));
        Assert.Equal(0.2f, payment.Costs[0]);
        Assert.Equal(0f, payment.Costs[1]);
    }

    [Fact]
    public void StayIsFree() => Check(State((0, 0), (4, 0)), Stay, Stay, 0, 0, State((0, 0), (4, 0)), 0, 0, 0);

    [Theory]
    [InlineData(0, 0, Up)]
    [InlineData(0, 0, Left)]
    [InlineData(4, 4, Down)]
    [InlineData(4, 4, Right)]
    [InlineData(4, 0, Left)]
    [InlineData(0, 4, Right)]
    public void MovesOffTheGridGoNowhereAndCost(int row, int column, int action) =>
        Check(State((row, column), (2, 0)), action, Stay, 0, 0, State((row, column), (2, 0)), 0, 0.2f, 0);

    [Fact]
    public void DeliveryPaysBothAndEmptiesHandsWithoutMoving() =>
        Check(State((2, 1), (4, 0), carrying0: true), Right, Stay, 0, 0, State((2, 1), (4, 0)), 10, 0.2f, 0);

    /// <summary>Rewards are cleared before anyone moves, not by the second mover's turn.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void BothArePaidWhoeverDeliversAndWhoeverMovesFirst(int first)
    {
        Check(State((2, 1), (4, 0), carrying0: true), Right, Up, first, 0, State((2, 1), (3, 0)), 10, 0.2f, 0.2f);
        Check(State((4, 0), (2, 1), carrying1: true), Up, Right, first, 0, State((3, 0), (2, 1)), 10, 0.2f, 0.2f);
        Check(State((2, 1), (2, 3), carrying0: true, carrying1: true), Right, Left, first, 0, State((2, 1), (2, 3)), 20, 0.2f, 0.2f);
        Check(State((2, 1), (3, 3), carrying0: true), Right, Right, first, 0, State((2, 1), (3, 4), carrying1: true, onions: 2), 11, 0.2f, 0.2f);
    }

    [Fact]
    public void PotIsSolidForEmptyHands() => Check(State((2, 1), (4, 0)), Right, Stay, 0, 0, State((2, 1), (4, 0)), 0, 0.2f, 0);

    [Fact]
    public void PickupPaysBothAndTakesTheOnion()
    {
        Check(State((3, 3), (0, 0)), Right, Stay, 0, 0, State((3, 4), (0, 0), carrying0: true, onions: 2), 1, 0.2f, 0);
        Check(State((3, 3), (0, 0)), Down, Stay, 0, 0, State((4, 3), (0, 0), carrying0: true, onions: 1), 1, 0.2f, 0);
    }

    [Fact]
    public void FullHandsTakeNothing() =>
        Check(State((3, 3), (0, 0), carrying0: true), Right, Stay, 0, 0, State((3, 4), (0, 0), carrying0: true), 0, 0.2f, 0);

    [Fact]
    public void MissingOnionsAreNotTaken() => Check(State((3, 3), (0, 0), onions: 2), Right, Stay, 0, 0, State((3, 4), (0, 0), onions: 2), 0, 0.2f, 0);

    [Fact]
    public void BumpCostsTheMoverTwoMoreAndMovesNobody()
    {
        Check(State((1, 1), (1, 2)), Right, Stay, 0, 0, State((1, 1), (1, 2)), 0, 2.2f, 0);
        Check(State((1, 1), (1, 2)), Stay, Left, 0, 0, State((1, 1), (1, 2)), 0, 0, 2.2f);
        Check(State((1, 1), (1, 2)), Right, Left, 0, 0, State((1, 1), (1, 2)), 0, 2.2f, 2.2f);
    }

    /// <summary>The second mover sees where the first has gone.</summary>
    [Fact]
    public void OrderDecidesWhoBumps()
    {
        // Both want (1,1): the first gets it, the second runs into the first.
        Check(State((1, 0), (1, 2)), Right, Left, 0, 0, State((1, 1), (1, 2)), 0, 0.2f, 2.2f);
        Check(State((1, 0), (1, 2)), Right, Left, 1, 0, State((1, 0), (1, 1)), 0, 2.2f, 0.2f);

        // One follows the other: free if the leader moves first.
        Check(State((1, 0), (1, 1)), Right, Right, 1, 0, State((1, 1), (1, 2)), 0, 0.2f, 0.2f);
        Check(State((1, 0), (1, 1)), Right, Right, 0, 0, State((1, 0), (1, 2)), 0, 2.2f, 0.2f);
    }

    [Fact]
    public void OrderDecidesWhoTakesTheOnion()
    {
        Check(State((3, 3), (2, 4)), Right, Down, 0, 0, State((3, 4), (2, 4), carrying0: true, onions: 2), 1, 0.2f, 2.2f);
        Check(State((3, 3), (2, 4)), Right, Down, 1, 0, State((3, 3), (3, 4), carrying1: true, onions: 2), 1, 2.2f, 0.2f);
    }

    [Fact]
    public void OnionsComeBackAfterBothMoves()
    {
        // Not there when the agent arrives, back at the end of the step, not taken within it.
        Check(State((3, 3), (0, 0), onions: 2), Right, Stay, 0, 1, State((3, 4), (0, 0), onions: 3), 0, 0.2f, 0);

        // Also one that was taken in this very step; and a draw without a missing onion has no effect.
        Check(State((3, 3), (0, 0)), Right, Stay, 0, 1, State((3, 4), (0, 0), carrying0: true), 1, 0.2f, 0);
        Check(State((0, 1), (0, 0), onions: 1), Stay, Stay, 0, 1, State((0, 1), (0, 0), onions: 1), 0, 0, 0);
        Check(State((0, 1), (0, 0), onions: 0), Stay, Stay, 0, 2, State((0, 1), (0, 0), onions: 2), 0, 0, 0);
        Check(State((0, 1), (0, 0), onions: 0), Stay, Stay, 0, uint.MaxValue, State((0, 1), (0, 0), onions: 3), 0, 0, 0);
    }

    /// <summary>Stay, and moves off the grid, have the own cell as their target: whoever waits on a source takes its onion.</summary>
    [Fact]
    public void WaitingAgentsTakeTheOnionThatCameBack()
    {
        Check(State((3, 4), (0, 0), onions: 3), Stay, Stay, 0, 0, State((3, 4), (0, 0), carrying0: true, onions: 2), 1, 0, 0);
        Check(State((3, 4), (0, 0), onions: 3), Right, Stay, 0, 0, State((3, 4), (0, 0), carrying0: true, onions: 2), 1, 0.2f, 0);
        Check(State((4, 3), (0, 0), onions: 3), Down, Stay, 0, 0, State((4, 3), (0, 0), carrying0: true, onions: 1), 1, 0.2f, 0);

        // A bump is no waiting: the agent stays but takes nothing.
        Check(State((3, 4), (2, 4), onions: 3), Up, Stay, 0, 0, State((3, 4), (2, 4), onions: 3), 0, 2.2f, 0);
    }

    /// <summary>Walls are an extension: solid, and nothing happens to who walks into them, a waiting agent on a source included.</summary>
    [Fact]
    public void WallsAreSolidAndUseless()
    {
        var layout = GridworldLayout.Parse("map:\n1#2\nO.P\n");
        var state = layout.Initial(false);
        var payment = GridworldRules.Step(layout, ref state, Right, Left, 0, 0);
        Assert.Equal(layout.Initial(false), state);
        Assert.Equal((0f, 0.2f, 0.2f), (payment.Shared, payment.Costs[0], payment.Costs[1]));

        layout = GridworldLayout.Parse("map:\nO#P\n1.2\n");
        state = layout.Initial(false);
        state.Agents[0].Cell = 0;
        payment = GridworldRules.Step(layout, ref state, Right, Stay, 0, 0);
        Assert.Equal(0f, payment.Shared);
        Assert.False(state.Agents[0].Carrying);
    }

    [Fact]
    public void ConstantsComeFromTheLayout()
    {
        var layout = GridworldLayout.Parse(
            "move-cost: 0.5\nbump-cost: 3\ndelivery-reward: 7\npickup-reward: 0.25\n\n1O.\n2.P\n");
        var state = layout.Initial(false);
        var payment = GridworldRules.Step(layout, ref state, Right, Up, 1, 0);
        Assert.Equal((0.25f, 0.5f, 3.5f), (payment.Shared, payment.Costs[0], payment.Costs[1]));

        state.Agents[0].Cell = 4;
        payment = GridworldRules.Step(layout, ref state, Right, Stay, 0, 0);
        Assert.Equal(7f, payment.Shared);
    }
}
