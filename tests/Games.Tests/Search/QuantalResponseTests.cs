using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;
using Srpo.Games.Tests.Finite;

namespace Srpo.Games.Tests.Search;

public class QuantalResponseTests
{
    [Fact]
    public void AtHighEpsilonItIsTheOnlyEquilibriumWithRiskAversionToo()
    {
        var game = RandomGames.Game(new Random(5), false, 3, 4);
        var risk = RiskProfile.Shared(2, 2, 0.5);
        var branch = QuantalResponse.PrincipalBranch(game, risk);
        var only = Assert.Single(RqeSolver.FindAll(game, risk).Equilibria);
        for (var player = 0; player < 2; player++)
        {
            foreach (var (a, b) in only.Strategies[player].Zip(branch.Equilibrium.Strategies[player])) Assert.Equal(a, b, 1e-9);
        }

        Assert.Equal(2, branch.Lambda);
        Assert.Equal(0, branch.Folds);
    }

    [Fact]
    public void ItPassesStraightThroughThePitchforkOfASymmetricGame()
    {
        // x = sigma((1 - kappa - x)/eps): the symmetric equilibrium, from which others branch off at a larger eps.
        var branch = QuantalResponse.PrincipalBranch(RandomGames.Volunteer(0.4), 0.05);
        var x = branch.Equilibrium.Strategies[0][0];
        Assert.Equal(1 / (1 + Math.Exp(-(0.6 - x) / 0.05)), x, 1e-9);
        Assert.Equal(x, branch.Equilibrium.Strategies[1][0], 1e-9);
        Assert.True(branch.Crossings > 0);
        Assert.False(branch.Equilibrium.IsStable);
    }

    [Fact]
    public void ItReachesNearlyRationalPlayers()
    {
        // Matching pennies with payoff 4 in one corner: Nash (1/2, 1/2), (1/5, 4/5).
        var game = new FiniteGame("pennies", [2, 2], [[4, 0, 0, 1], [0, 1, 1, 0]]);
        var branch = QuantalResponse.PrincipalBranch(game, 1e-3);
        Assert.Equal(0.5, branch.Equilibrium.Strategies[0][0], 2e-3);
        Assert.Equal(0.2, branch.Equilibrium.Strategies[1][0], 2e-3);
        Assert.True(branch.Equilibrium.Residual < 1e-9);
    }
}
