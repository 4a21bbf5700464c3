using Srpo.Games.Finite;

namespace Srpo.Games.Tests.Finite;

public class TwoByTwoSolverTests
{
    public static TheoryData<double, double, double, double[]> Reference => new()
    {
        { 0.4, 0.15, 0.001, [.970074, .078206, .562444, .562444, .078206, .970074] },
        { 0.4, 0.15, 1.0, [.964686, .107204, .619593, .619593, .107204, .964686] },
        { 0.4, 0.15, 1.5, [.953077, .157433, .642298, .642298, .157433, .953077] },
        { 0.4, 0.15, 2.0, [.662049, .662049] },
        { 0.4, 0.15, 10, [.808593, .808593] },
        { 0.5, 0.10, 2.5, [.992225, .015387, .650814, .650814, .015387, .992225] },
        { 0.5, 0.10, 3.0, [.991360, .026395, .912664, .319431, .669640, .669640, .319431, .912664, .026395, .991360] },
        { 0.5, 0.10, 4.0, [.700977, .700977] },
    };

    [Theory]
    [MemberData(nameof(Reference))]
    public void VolunteersGameHasTheKnownEquilibria(double kappa, double eps, double tau, double[] expected)
    {
        var found = TwoByTwoSolver.FindAll(RandomGames.Volunteer(kappa), RiskProfile.Shared(2, tau, eps));

        Assert.Equal(expected.Length / 2, found.Count);
        for (var i = 0; i < found.Count; i++)
        {
            Assert.Equal(expected[2 * i], found[i].Strategies[0][0], 5.1e-7);
            Assert.Equal(expected[(2 * i) + 1], found[i].Strategies[1][0], 5.1e-7);
            Assert.InRange(found[i].Residual, 0, 1e-13);
        }
    }

    [Fact]
    public void AgreesWithADenseScanOnRandomGames()
    {
        var random = new Random(1);
        var several = 0;
        for (var trial = 0; trial < 200; trial++)
        {
            var (game, risk) = Draw(random, 0.05, 1, 10);
            var (first, second) = Matrices(game);
            var scan = new TwoByTwoOracle(first, second, risk.Tau[0], risk.Tau[1], risk.Epsilon[0], risk.Epsilon[1]).Scan(600);
            var found = Logits(game, risk);

            foreach (var root in scan) Assert.Contains(found, pair => Math.Abs(pair.First - root) < 1e-7 * (1 + Math.Abs(root)));
            // The scan misses pairs between two of its points, never one root alone.
            if (found.Count != scan.Count)
            {
                Assert.Equal(0, (found.Count - scan.Count) % 2);
                Assert.Contains(found.Zip(found.Skip(1)), pair => pair.First.First - pair.Second.First < 0.2 / risk.Epsilon[0] / 30);
            }

            several += found.Count > 1 ? 1 : 0;
        }

        Assert.InRange(several, 30, 170);
    }

    [Fact]
    public void ExtremeParametersKeepResidualsSmallAndTheOuterEquilibria()
    {
        var random = new Random(2);
        for (var trial = 0; trial < 150; trial++)
        {
            var (game, risk) = Draw(random, 1e-3, 1e3, 1e4);
            var (first, second) = Matrices(game);
            var oracle = new TwoByTwoOracle(first, second, risk.Tau[0], risk.Tau[1], risk.Epsilon[0], risk.Epsilon[1]);
            var found = Logits(game, risk);

            Assert.Equal(1, found.Count % 2);
            foreach (var pair in found)
            {
                Assert.Equal(Sigmoid(oracle.Respond(0, pair.Second)), Sigmoid(pair.First), 1e-9);
                Assert.Equal(Sigmoid(oracle.Respond(1, pair.First)), Sigmoid(pair.Second), 1e-9);
            }

            // With strategic complements, best responses from either end settle on the outermost equilibria.
            foreach (var end in new[] { 1e6, -1e6 })
            {
                var t = end;
                var change = 1.0;
                for (var i = 0; i < 3000 && change > 1e-12; i++)
                {
                    var next = oracle.Respond(0, oracle.Respond(1, t));
                    change = Math.Abs(next - t);
                    t = next;
                }

                if (change <= 1e-12 && Complements(first, second)) Assert.Equal(Sigmoid(t), Sigmoid(end > 0 ? found[0].First : found[^1].First), 1e-7);
            }
        }
    }

    [Fact]
    public void DominantIndifferentAndRiskNeutralPlayers()
    {
        // Player 0's advantage 0.3 does not depend on the other; player 1 does not care at all.
        var game = new FiniteGame("dominant", [2, 2], [[1.3, 0.3, 1, 0], [0, 0, 0, 0]]);
        var only = Assert.Single(TwoByTwoSolver.FindAll(game, new RiskProfile([5, 0], [0.1, 2])));

        Assert.Equal(1 / (1 + Math.Exp(-3)), only.Strategies[0][0], 1e-14);
        Assert.Equal(0.5, only.Strategies[1][0], 1e-15);
        Assert.True(only.IsStable);
    }

    [Fact]
    public void MatchingPenniesHasOneEquilibriumAtEveryTau()
    {
        var game = new FiniteGame("pennies", [2, 2], [[1, -1, -1, 1], [-1, 1, 1, -1]]);
        foreach (var tau in new[] { 0, 1e-12, 0.1, 3, 1e4 })
        {
            var only = Assert.Single(TwoByTwoSolver.FindAll(game, RiskProfile.Shared(2, tau, 0.01)));
            Assert.Equal(0.5, only.Strategies[0][0], 1e-13);
            Assert.Equal(0.5, only.Strategies[1][0], 1e-13);
        }
    }

    [Theory]
    [InlineData(0.22, 0.0, 1.5, 3, 1)]
    [InlineData(0.15, 1.5, 2.0, 3, 5)]
    public void BranchesThatMeetInAPitchforkAreTakenApart(double eps, double from, double to, int before, int after)
    {
        // The bifurcation is found here by the slope of plain best responses at the symmetric equilibrium; with eps 0.22 the asymmetric
        // branches die in it, with 0.15 two more start there and end in a fold.
        var game = RandomGames.Volunteer(0.4);
        double Instability(double tau)
        {
            var (first, second) = Matrices(game);
            var oracle = new TwoByTwoOracle(first, second, tau, tau, eps, eps);
            var (low, high) = (-5.0, 5.0);
            for (var i = 0; i < 60; i++)
            {
                var middle = 0.5 * (low + high);
                if (oracle.Respond(0, middle) > middle) low = middle;
                else high = middle;
            }

            return -((oracle.Respond(0, low + 1e-4) - oracle.Respond(0, low - 1e-4)) / 2e-4) - 1;
        }

        for (var i = 0; i < 40; i++)
        {
            var middle = 0.5 * (from + to);
            if (Instability(middle) > 0) from = middle;
            else to = middle;
        }

        foreach (var distance in new[] { 1e-2, 1e-3, 1e-4, 1e-5, 1e-6 })
        {
            Assert.Equal(before, Logits(game, RiskProfile.Shared(2, from - distance, eps)).Count);
            Assert.Equal(after, Logits(game, RiskProfile.Shared(2, from + distance, eps)).Count);
        }

        for (var i = -50; i <= 50; i++)
            Assert.InRange(Logits(game, RiskProfile.Shared(2, from + (i * 1e-9), eps)).Count, Math.Min(before, after), Math.Max(before, after));
    }

    [Fact]
    public void FoldsAreFollowedDownToTheirTip()
    {
        // Subcritical case: five equilibria up to the fold, one after it. The count may only change 5 -> (3) -> 1.
        var game = RandomGames.Volunteer(0.5);
        var (from, to) = (3.0, 4.0);
        while (to - from > 1e-13)
        {
            var middle = 0.5 * (from + to);
            if (Logits(game, RiskProfile.Shared(2, middle, 0.1)).Count > 1) from = middle;
            else to = middle;
        }

        foreach (var distance in new[] { 1e-3, 1e-6, 1e-9, 1e-11 })
            Assert.Equal(5, Logits(game, RiskProfile.Shared(2, from - distance, 0.1)).Count);
        Assert.Single(Logits(game, RiskProfile.Shared(2, from + 1e-11, 0.1)));
    }

    [Fact]
    public void StabilityIsTheProductOfSlopes()
    {
        var random = new Random(3);
        var unstable = 0;
        for (var trial = 0; trial < 60; trial++)
        {
            var (game, risk) = Draw(random, 0.05, 0.3, 5);
            var (first, second) = Matrices(game);
            var oracle = new TwoByTwoOracle(first, second, risk.Tau[0], risk.Tau[1], risk.Epsilon[0], risk.Epsilon[1]);
            foreach (var equilibrium in TwoByTwoSolver.FindAll(game, risk))
            {
                var (t, s) = (Logit(equilibrium.Strategies[0]), Logit(equilibrium.Strategies[1]));
                var product = (oracle.Respond(0, s + 1e-4) - oracle.Respond(0, s - 1e-4)) * (oracle.Respond(1, t + 1e-4) - oracle.Respond(1, t - 1e-4)) / 4e-8;
                if (Math.Abs(product - 1) > 1e-3) Assert.Equal(product < 1, equilibrium.IsStable);
                unstable += product > 1 ? 1 : 0;
            }
        }

        Assert.InRange(unstable, 5, 60);
    }

    [Fact]
    public void EquilibriaWhoseProbabilitiesUnderflowKeepTheirAdversaries()
    {
        // Player 1's logit is near -830; player 0 at tau 2000 still fears her action 0, which no double probability shows.
        var game = new FiniteGame("underflow", [2, 2], [[0.2, 1, 0.7, 0.9], [0, 0.83, 0, 0.83]]);
        var risk = new RiskProfile([2000, 0], [0.4, 1e-3]);
        var only = Assert.Single(TwoByTwoSolver.FindAll(game, risk));
        var (first, second) = Matrices(game);
        var oracle = new TwoByTwoOracle(first, second, 2000, 0, 0.4, 1e-3);

        Assert.Equal(0, only.Strategies[1][0]);
        Assert.Equal(Sigmoid(oracle.Respond(0, -830)), only.Strategies[0][0], 1e-10);
        Assert.InRange(only.Residual, 0, 1e-10);
        Assert.InRange(only.Adversaries[0][0], 1e-6, 1 - 1e-6);
        // Equation (1) at the adversary found: KL from log y(0) = -830.
        var p = only.Adversaries[0][0];
        var x = only.Strategies[0][0];
        var expected = (p * ((0.2 * x) + (0.7 * (1 - x)))) + ((1 - p) * ((1 * x) + (0.9 * (1 - x))))
            + (((p * (Math.Log(p) + 830)) + ((1 - p) * Math.Log(1 - p))) / 2000);
        Assert.Equal(expected, only.RiskAdjusted[0], 1e-12);
    }

    [Fact]
    public void OtherSizesAreRefused()
    {
        var game = new FiniteGame("wide", [2, 3], [[1, 2, 3, 4, 5, 6]]);
        Assert.Equal("game", Assert.Throws<ArgumentException>(() => TwoByTwoSolver.FindAll(game, RiskProfile.Shared(2, 1, 1))).ParamName);
        Assert.Equal("risk", Assert.Throws<ArgumentException>(() => TwoByTwoSolver.FindAll(RandomGames.Volunteer(1), RiskProfile.Shared(3, 1, 1))).ParamName);
    }

    private static (FiniteGame Game, RiskProfile Risk) Draw(Random random, double leastEps, double mostEps, double mostTau)
    {
        // Two thirds are coordination games, where several equilibria are common.
        var game = RandomGames.Game(random, random.Next(2) == 0, 2, 2);
        if (random.Next(3) > 0)
        {
            var payoffs = game.Payoffs.Select(array => array.ToArray()).ToArray();
            foreach (var array in payoffs) (array[0], array[3]) = (array[0] + 1, array[3] + 1);
            game = new FiniteGame("coordination", [2, 2], payoffs);
        }

        double Tau() => random.Next(5) == 0 ? 0 : RandomGames.LogUniform(random, 1e-2, mostTau);
        return (game, new RiskProfile([Tau(), Tau()], [RandomGames.LogUniform(random, leastEps, mostEps), RandomGames.LogUniform(random, leastEps, mostEps)]));
    }

    private static List<LogitPair> Logits(FiniteGame game, RiskProfile risk)
    {
        var (first, second) = TwoByTwoSolver.Players(game, risk);
        var pairs = new List<LogitPair>();
        TwoByTwoSolver.FindLogits(first, second, pairs, default);
        return pairs;
    }

    private static (double[,] First, double[,] Second) Matrices(FiniteGame game)
    {
        var (a, b) = (game.Utilities(0).ToArray(), game.Utilities(1).ToArray());
        return (new[,] { { a[0], a[1] }, { a[2], a[3] } }, new[,] { { b[0], b[2] }, { b[1], b[3] } });
    }

    private static bool Complements(double[,] first, double[,] second) =>
        (first[0, 0] - first[1, 0] - first[0, 1] + first[1, 1]) * (second[0, 0] - second[1, 0] - second[0, 1] + second[1, 1]) > 0;

    private static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));

    private static double Logit(IReadOnlyList<double> strategy) => Math.Log(strategy[0] / strategy[1]);
}
