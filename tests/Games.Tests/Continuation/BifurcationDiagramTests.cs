using Srpo.Games.Continuation;
using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;
using Srpo.Games.Tests.Finite;

namespace Srpo.Games.Tests.Continuation;

public class BifurcationDiagramTests
{
    [Theory]
    [InlineData(0.4, 0.15, 1.5, 2.0)]
    [InlineData(0.5, 0.10, 2.0, 3.0)]
    public void TheVolunteersGameHasASubcriticalPitchforkAndTwoFolds(double kappa, double epsilon, double from, double to)
    {
        var diagram = Diagram(RandomGames.Volunteer(kappa), epsilon, 5, 300);
        var pitchfork = ClosedVolunteer.Pitchfork(kappa, epsilon, from, to);
        var fold = ClosedVolunteer.Fold(kappa, epsilon, pitchfork + 1e-3, 5);
        Assert.True(diagram.IsComplete);
        Assert.Equal(
            [BifurcationKind.SubcriticalPitchfork, BifurcationKind.Fold, BifurcationKind.Fold], diagram.Bifurcations.Select(one => one.Kind));
        Assert.Equal(pitchfork, diagram.Bifurcations[0].Tau, 1e-8);
        Assert.Equal(ClosedVolunteer.Symmetric(pitchfork, kappa, epsilon), diagram.Bifurcations[0].Strategies[0][0], 1e-7);
        Assert.Equal(fold, diagram.Bifurcations[1].Tau, 1e-6);
        Assert.Equal(diagram.Bifurcations[1].Tau, diagram.Bifurcations[2].Tau, 1e-10);
        // The folds mirror each other.
        Assert.Equal(diagram.Bifurcations[1].Strategies[0][0], diagram.Bifurcations[2].Strategies[1][0], 1e-6);
        Assert.Equal(5, diagram.Branches.Length);
    }

    [Fact]
    public void EveryPointIsAnEquilibriumAndNoneIsMissing()
    {
        var game = RandomGames.Volunteer(0.5);
        var diagram = Diagram(game, 0.1, 5, 41);
        foreach (var tau in diagram.Taus)
        {
            var expected = TwoByTwoSolver.FindAll(game, RiskProfile.Shared(2, tau, 0.1));
            var points = diagram.Branches.SelectMany(branch => branch.Points).Where(point => point.Tau == tau).OrderByDescending(point => point.Strategies[0][0]).ToArray();
            Assert.Equal(expected.Count, points.Length);
            foreach (var (one, point) in expected.Zip(points))
            {
                Assert.Equal(one.Strategies[0][0], point.Strategies[0][0], 1e-9);
                Assert.Equal(one.Strategies[1][0], point.Strategies[1][0], 1e-9);
                Assert.Equal(one.IsStable, point.IsStable);
                Assert.Equal(one.SharedReward!.Value, point.SharedReward!.Value, 1e-9);
                Assert.Equal(one.FreeRiding, point.FreeRiding, 1e-9);
                Assert.Equal(one.PrivateCosts[1], point.PrivateCosts[1], 1e-9);
                Assert.Equal(one.Utilities[0], point.Utilities[0], 1e-9);
            }
        }
    }

    [Fact]
    public void AnAsymmetryBreaksThePitchforkUp()
    {
        var diagram = Diagram(new FiniteGame("perturbed", [2, 2], [[1, 1, 1, 0]], [[0.4, 0], [0.41, 0]]), 0.15, 5, 101);
        Assert.Equal(BifurcationKind.Fold, Assert.Single(diagram.Bifurcations).Kind);
        Assert.True(diagram.IsComplete);
        // A smaller one leaves the folds, and one more where the pitchfork was; all in one gap between the asked taus.
        var small = Diagram(new FiniteGame("perturbed", [2, 2], [[1, 1, 1, 0]], [[0.4, 0], [0.40001, 0]]), 0.15, 5, 6);
        Assert.Equal(3, small.Bifurcations.Length);
        Assert.All(small.Bifurcations, one => Assert.Equal(BifurcationKind.Fold, one.Kind));
        Assert.All(small.Bifurcations, one => Assert.InRange(one.Tau, 1.7, 1.9));
    }

    [Theory]
    [InlineData(0.4, 0.15)]
    [InlineData(0.5, 0.10)]
    public void ADominatedActionChangesNothingOnTheGeneralPath(double kappa, double epsilon)
    {
        var embedded = new FiniteGame("embedded", [3, 3], [[1, 1, 1, 1, 0, 0, 1, 0, 0]], [[kappa, 0, 12], [kappa, 0, 12]]);
        var diagram = Diagram(embedded, epsilon, 5, 51);
        var plain = Diagram(RandomGames.Volunteer(kappa), epsilon, 5, 51);
        Assert.False(diagram.IsComplete);
        Assert.Equal(plain.Bifurcations.Select(one => one.Kind), diagram.Bifurcations.Select(one => one.Kind));
        foreach (var (a, b) in plain.Bifurcations.Zip(diagram.Bifurcations)) Assert.Equal(a.Tau, b.Tau, 1e-7);
        Assert.Equal(plain.Branches.Select(branch => branch.Points.Length), diagram.Branches.Select(branch => branch.Points.Length));
        Assert.Equal(
            plain.Branches.SelectMany(branch => branch.Points).Select(point => point.IsStable),
            diagram.Branches.SelectMany(branch => branch.Points).Select(point => point.IsStable));
    }

    [Fact]
    public void ASupercriticalPitchforkIsToldFromASubcriticalOne()
    {
        var game = new FiniteGame("coordination", [2, 2], [[1, 0, 0, 1]]);
        var diagram = Diagram(game, 0.45, 1, 101);
        var one = Assert.Single(diagram.Bifurcations);
        Assert.Equal(BifurcationKind.SupercriticalPitchfork, one.Kind);
        // Around (1/2, 1/2): dp = dy - tau/2 dx and dx = dp/(2 eps), so the slope 1/(2 eps + tau/2) is 1 at tau = 2 - 4 eps.
        Assert.Equal(0.2, one.Tau, 1e-8);
        Assert.Equal(0.5, one.Strategies[0][0], 1e-7);
    }

    [Fact]
    public void ThreePlayersAreFollowed()
    {
        var game = RandomGames.Game(new Random(5), true, 2, 2, 2);
        var diagram = Diagram(game, 0.05, 4, 9);
        foreach (var tau in diagram.Taus)
        {
            var expected = MultiStartSolver.FindAll(game, RiskProfile.Shared(3, tau, 0.05));
            var points = diagram.Branches.SelectMany(branch => branch.Points).Where(point => point.Tau == tau).ToArray();
            Assert.Equal(expected.Equilibria.Length, points.Length);
            Assert.All(expected.Equilibria, one => Assert.Contains(points, point =>
                point.IsStable == one.IsStable && Enumerable.Range(0, 3).All(player => Math.Abs(point.Strategies[player][0] - one.Strategies[player][0]) < 1e-7)));
        }
    }

    [Fact]
    public void BadTausAreRefused()
    {
        var (game, risk) = (RandomGames.Volunteer(0.5), RiskProfile.Shared(2, 0, 0.1));
        Assert.Contains("taus", Assert.Throws<ArgumentException>(() => BifurcationDiagram.Compute(game, risk, [1])).Message, StringComparison.Ordinal);
        Assert.Contains("entry 1", Assert.Throws<ArgumentException>(() => BifurcationDiagram.Compute(game, risk, [1, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("entry 0", Assert.Throws<ArgumentException>(() => BifurcationDiagram.Compute(game, risk, [-1, 1])).Message, StringComparison.Ordinal);
    }

    private static BifurcationDiagram Diagram(FiniteGame game, double epsilon, double last, int count) => BifurcationDiagram.Compute(
        game, RiskProfile.Shared(game.Players, 0, epsilon), [.. Enumerable.Range(0, count).Select(i => last * i / (count - 1))]);
}
