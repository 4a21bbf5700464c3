using Srpo.Games.Finite;

namespace Srpo.Games.Tests.Finite;

public class BestResponseTests
{
    [Fact]
    public void SolvesTheFixedPointOnRandomGames()
    {
        var random = new Random(1);
        var worst = 0.0;
        for (var trial = 0; trial < 300; trial++)
        {
            var game = RandomGames.Game(random, trial % 2 == 0, Sizes[trial % Sizes.Length]);
            var tau = trial % 7 == 0 ? 0 : RandomGames.LogUniform(random, 1e-6, 30);
            var eps = RandomGames.LogUniform(random, 0.05, 100);
            var strategies = RandomGames.Profile(random, game);
            foreach (var (player, response) in Respond(game, tau, eps, strategies))
            {
                strategies[player] = response;
                // pi proportional to exp(E_p*[u] / eps), with p* taken from the response itself.
                var adversary = RiskAdjustedUtility.Adversary(game, player, strategies, tau);
                var logits = Enumerable.Range(0, response.Length).Select(action => Against(game, player, action, adversary) / eps).ToArray();
                var sum = logits.Sum(logit => Math.Exp(logit - logits.Max()));
                for (var a = 0; a < response.Length; a++)
                    worst = Math.Max(worst, Math.Abs(response[a] - (Math.Exp(logits[a] - logits.Max()) / sum)));
            }
        }

        Assert.InRange(worst, 0, 1e-12);
    }

    [Fact]
    public void ExtremeParametersAreOptimalAndDoNotDependOnTheStart()
    {
        var random = new Random(2);
        for (var trial = 0; trial < 400; trial++)
        {
            var game = RandomGames.Game(random, trial % 2 == 0, Sizes[trial % Sizes.Length]);
            var tau = RandomGames.LogUniform(random, 1, 1e4);
            var eps = RandomGames.LogUniform(random, 1e-3, 1);
            var strategies = RandomGames.Profile(random, game);
            var risk = RiskProfile.Shared(game.Players, tau, eps);
            var responses = new BestResponse(game, risk);
            var response = new double[game.Actions[0]];
            responses.Solve(0, strategies, response);
            Assert.InRange(responses.Newton(0).Iterations, 0, 120);
            var own = RandomGames.Distribution(random, response.Length);
            var corner = new double[response.Length];
            corner[random.Next(corner.Length)] = 1;
            foreach (var start in new[] { own, corner })
            {
                var again = new double[response.Length];
                responses.Solve(0, [start, .. strategies.Skip(1)], again);
                for (var a = 0; a < again.Length; a++) Assert.Equal(response[a], again[a], 1e-12);
            }

            // Strong concavity: any other strategy is worse by eps/2 times the squared L1 distance.
            double Objective(double[] row) => RiskAdjustedUtility.Objective(game, risk, 0, [row, .. strategies.Skip(1)]);
            var best = Objective(response);
            for (var k = 0; k < 5; k++)
            {
                var weight = RandomGames.LogUniform(random, 1e-4, 1);
                var other = response.Zip(RandomGames.Distribution(random, response.Length), (x, y) => ((1 - weight) * x) + (weight * y)).ToArray();
                var distance = response.Zip(other, (x, y) => Math.Abs(x - y)).Sum();
                Assert.True(Objective(other) <= best - (eps / 2 * distance * distance) + 1e-12);
            }
        }
    }

    [Fact]
    public void TwoActionsAgreeWithBisection()
    {
        var random = new Random(3);
        for (var trial = 0; trial < 300; trial++)
        {
            var u = RandomGames.Uniform(random, 4, -1, 1);
            var (tau, eps) = (RandomGames.LogUniform(random, 1e-3, 1e4), RandomGames.LogUniform(random, 1e-3, 100));
            var y = random.NextDouble();
            var oracle = new TwoByTwoOracle(new[,] { { u[0], u[1] }, { u[2], u[3] } }, new double[2, 2], tau, tau, eps, eps);
            var t = oracle.Respond(0, Math.Log(y / (1 - y)));
            var (_, response) = Respond(new FiniteGame("g", [2, 2], [u]), tau, eps, [[0.5, 0.5], [y, 1 - y]]).First();

            Assert.Equal(1 / (1 + Math.Exp(-t)), response[0], 1e-12);
            // Tails keep relative accuracy.
            if (t > -700) Assert.Equal(t, Math.Log(response[0]) - Math.Log(response[1]), 1e-6 * (1 + Math.Abs(t)));
        }
    }

    [Fact]
    public void PlayersWithOneActionAndCertainOpponents()
    {
        var game = new FiniteGame("g", [1, 2], [[1, 0]]);
        var all = new BestResponse(game, RiskProfile.Shared(2, 5, 0.5)).SolveAll([[1], [0, 1]]);

        Assert.Equal([1.0], all[0]);
        Assert.Equal(1 / (1 + Math.Exp(-2)), all[1][0], 1e-15);
    }

    [Fact]
    public void LoopsAllocateNothing()
    {
        var game = RandomGames.Game(new Random(4), true, 3, 3);
        var responses = new BestResponse(game, RiskProfile.Shared(2, 2, 0.2));
        var strategies = RandomGames.Profile(new Random(4), game);

        // Code that is not compiled for good yet allocates where it later does not, for longer where the machine is busy: the leanest of some rounds counts.
        var least = long.MaxValue;
        for (var round = 0; round < 20 && least > 1000; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) responses.Solve(i % 2, strategies, strategies[i % 2]);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(least, 0, 1000);
    }

    private static readonly int[][] Sizes = [[2, 2], [3, 3], [4, 2], [2, 5], [3, 2, 2], [2, 2, 2, 2], [6, 6]];

    private static IEnumerable<(int Player, double[] Response)> Respond(FiniteGame game, double tau, double eps, double[][] strategies)
    {
        var responses = new BestResponse(game, RiskProfile.Shared(game.Players, tau, eps));
        for (var player = 0; player < game.Players; player++)
        {
            var response = new double[game.Actions[player]];
            responses.Solve(player, strategies, response);
            yield return (player, response);
        }
    }

    private static double Against(FiniteGame game, int player, int action, double[] adversary)
    {
        var (stride, count) = (game.Stride(player), game.Actions[player]);
        return adversary.Select((p, b) => p * game.Utilities(player)[(((b / stride * count) + action) * stride) + (b % stride)]).Sum();
    }
}
