using Srpo.Environments.Hanabi;

namespace Srpo.Environments.Tests.Hanabi;

public class HanabiRendererTests
{
    private static HanabiState Example()
    {
        var state = HanabiHands.Deal(HanabiVariants.Load("3x3-2p"), "G3 G1 Y3 R1 Y2 R1 R3 Y1 G1 G2 G1");
        HanabiHands.Play(state, "hint green to +1", "play 2", "hint 1 to +1", "discard 1");
        return state;
    }

    [Fact]
    public void DrawingShowsEverythingAndWhatIsKnown() => Assert.Equal(
        """
        turn 4, seat 0 to move
        fireworks  red 0 yellow 1 green 0  score 1 of 9
        tokens     7 of 8  lives 3 of 3  deck 6
        discards   R3
        last move  seat 1: discard 1, R3, a token is back, draws R1
        seat 0, to move
          position 0        1        2        3        4
          card     G3       G1       Y3       R1       Y2
          known    RYG/123  RYG/123  RYG/123  RYG/123  RYG/123
        seat 1 (+1)
          position 0       1        2       3        4
          card     R1      G1       G2      G1       R1
          known    RY/[1]  [G]/[1]  [G]/23  RYG/[1]  RYG/123

        """.ReplaceLineEndings("\n"),
        HanabiRenderer.Draw(Example()));

    [Fact]
    public void AViewerDoesNotSeeTheOwnCards()
    {
        var state = Example();
        var own = HanabiRenderer.Draw(state, viewer: 1);

        Assert.Contains("last move  seat 1 (you): discard 1, R3, a token is back, draws a card\n", own, StringComparison.Ordinal);
        Assert.Contains("seat 0 (+1), to move\n", own, StringComparison.Ordinal);
        Assert.Contains("seat 1 (you)\n  position 0       1        2       3        4\n  card     ??      ??       ??      ??       ??\n", own, StringComparison.Ordinal);
        Assert.Contains("known    RY/[1]  [G]/[1]  [G]/23  RYG/[1]  RYG/123\n", own, StringComparison.Ordinal);
        Assert.Contains("card     G3 ", own, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => HanabiRenderer.Draw(state, viewer: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => HanabiRenderer.Draw(state, viewer: -1));
    }

    /// <summary>Whatever the own cards and the deck are, the view of a seat is the same: it cannot tell about them.</summary>
    [Fact]
    public void AViewDependsOnNothingHidden()
    {
        var one = HanabiHands.Deal(HanabiVariants.Load("3x3-3p"), "G3 G1 Y3 R1 Y2 R1 R2 R3 Y1 Y1 G1");
        var other = HanabiHands.Deal(HanabiVariants.Load("3x3-3p"), "G2 Y3 R2 R1 Y2 R1 R2 R3 Y1 Y1 G2");
        foreach (var state in new[] { one, other })
            HanabiHands.Play(state, "hint 1 to +1", "hint red to +1", "hint yellow to +2", "hint 2 to +1", "discard 0");

        Assert.Equal(HanabiRenderer.Draw(one, viewer: 0), HanabiRenderer.Draw(other, viewer: 0));
        Assert.NotEqual(HanabiRenderer.Draw(one, viewer: 1), HanabiRenderer.Draw(other, viewer: 1));
    }

    [Fact]
    public void MovesAndEndsAreTold()
    {
        var state = HanabiHands.Deal(new HanabiDefinition("x", 3, 3, 3, 3, 8, 1), "R1 R2 R3 R1 Y2 R1 R2 G3 Y1");
        HanabiHands.Play(state, "hint red to +1");
        Assert.Contains("last move  seat 0 (you): hint red to seat 1, touches 0, 2\n", HanabiRenderer.Draw(state, viewer: 0), StringComparison.Ordinal);
        Assert.Contains("last move  seat 0: hint red to seat 1 (you), touches 0, 2\n", HanabiRenderer.Draw(state, viewer: 1), StringComparison.Ordinal);
        HanabiHands.Play(state, "play 0");
        Assert.Contains("seat 1: play 0, R1, scores, draws ", HanabiRenderer.Draw(state), StringComparison.Ordinal);
        HanabiHands.Play(state, "play 1");
        var text = HanabiRenderer.Draw(state);
        Assert.StartsWith("turn 3, over: no life is left\n", text, StringComparison.Ordinal);
        Assert.Contains("last move  seat 2: play 1, G3, does not fit: a life is lost\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("to move", text, StringComparison.Ordinal);
        Assert.Contains("last move  none\n", HanabiRenderer.Draw(new HanabiState(state.Game)), StringComparison.Ordinal);
    }

    /// <summary>Environments offer the view of a seat; in the gridworld nothing is hidden.</summary>
    [Theory]
    [InlineData("hanabi", "3x3-2p")]
    [InlineData("gridworld", "official")]
    public void EnvironmentsDrawForASeat(string name, string variant)
    {
        var rig = Rig.Of(name, variant, 2);
        var view = Assert.IsAssignableFrom<ISeatView>(rig.Environment);
        Assert.Throws<InvalidOperationException>(() => view.RenderFor(0, 0));
        rig.Reset(1);
        Assert.NotEmpty(view.RenderFor(1, 1));
        Assert.Equal(name == "gridworld", view.RenderFor(1, 1) == rig.Environment.Render(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.RenderFor(2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.RenderFor(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.RenderFor(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.RenderFor(0, IVectorEnvironment.ToMove));
    }
}
