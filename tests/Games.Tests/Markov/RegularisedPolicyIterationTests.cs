using Srpo.Games.Markov;

namespace Srpo.Games.Tests.Markov;

public class RegularisedPolicyIterationTests
{
    /// <summary>theory.md section 2: probabilities of contribution at all RQE of the volunteer's game.</summary>
    public static TheoryData<double, double, double, double[], double[]> Reference => new()
    {
        { 0.4, 0.15, 0.001, [0.970074, 0.562444, 0.078206], [0.078206, 0.562444, 0.970074] },
        { 0.4, 0.15, 1.0, [0.964686, 0.619593, 0.107204], [0.107204, 0.619593, 0.964686] },
        { 0.4, 0.15, 1.5, [0.953077, 0.642298, 0.157433], [0.157433, 0.642298, 0.953077] },
        { 0.4, 0.15, 2.0, [0.662049], [0.662049] },
        { 0.4, 0.15, 10.0, [0.808593], [0.808593] },
        { 0.5, 0.10, 2.5, [0.992225, 0.650814, 0.015387], [0.015387, 0.650814, 0.992225] },
        { 0.5, 0.10, 4.0, [0.700977], [0.700977] },
    };

    [Theory]
    [MemberData(nameof(Reference))]
    public void A_repeated_matrix_game_has_the_equilibria_of_the_table(double kappa, double epsilon, double tau, double[] x, double[] y)
    {
        var game = MarkovGame.FromMatrixGame(MatrixGames.Volunteer("volunteer", kappa), 0.9);
        var found = RegularisedPolicyIteration.SolveAll(game, RiskProfile.Shared(2, tau, epsilon), new PolicyIterationOptions { Tolerance = 1e-9, Starts = 8 }).Equilibria;
        Assert.Equal(x.Length, found.Length);
        foreach (var equilibrium in found)
        {
            Assert.True(equilibrium.Residual <= 1e-9);
            var (first, second) = (equilibrium.Policies[0].Row(0)[0], equilibrium.Policies[1].Row(0)[0]);
            Assert.Contains(x.Zip(y), pair => Math.Abs(pair.First - first) < 1e-6 && Math.Abs(pair.Second - second) < 1e-6);
        }
    }

    [Fact]
    public void Where_some_equilibria_repel_the_dynamics_those_found_are_of_the_table()
    {
        // Five equilibria; the two with 0.912664 and 0.319431 are neither stable nor symmetric.
        double[] x = [0.991360, 0.912664, 0.669640, 0.319431, 0.026395];
        var game = MarkovGame.FromMatrixGame(MatrixGames.Volunteer("volunteer", 0.5), 0.9);
        var found = RegularisedPolicyIteration.SolveAll(game, RiskProfile.Shared(2, 3, 0.1), new PolicyIterationOptions { Starts = 16 }).Equilibria;
        Assert.True(found.Length >= 3);
        foreach (var equilibrium in found)
        {
            var nearest = Enumerable.Range(0, 5).MinBy(k => Math.Abs(x[k] - equilibrium.Policies[0].Row(0)[0]));
            Assert.Equal(x[nearest], equilibrium.Policies[0].Row(0)[0], 1e-6);
            Assert.Equal(x[4 - nearest], equilibrium.Policies[1].Row(0)[0], 1e-6);
        }
    }

    [Fact]
    public void Values_of_a_repeated_matrix_game_do_not_depend_on_gamma_but_for_the_horizon()
    {
        var matrix = MatrixGames.Load("volunteer");
        var risk = RiskProfile.Shared(2, 2, 0.15);
        var once = RegularisedPolicyIteration.Solve(MarkovGame.FromMatrixGame(matrix, 0), risk);
        var repeated = RegularisedPolicyIteration.Solve(MarkovGame.FromMatrixGame(matrix, 0.8), risk);
        Assert.True(once.Converged && repeated.Converged);
        Assert.Equal(5 * once.Values[0].Return, repeated.Values[0].Return, 1e-7);
        Assert.Equal(5 * once.Returns.FreeRiding!.Value, repeated.Returns.FreeRiding!.Value, 1e-7);
    }

    [Theory]
    [InlineData(1, 0.5, 0.5)]
    [InlineData(2, 2.0, 0.5)]
    [InlineData(3, 0.0, 0.4)]
    public void Nobody_gains_by_deviating_from_an_equilibrium(int seed, double tau, double epsilon)
    {
        var game = RandomMarkovGames.Game(seed, 5, seed == 2 ? [2, 2, 2] : [3, 2], 0.9, end: 0.02);
        var risk = RiskProfile.Shared(game.Players, tau, epsilon);
        var found = RegularisedPolicyIteration.Solve(game, risk);
        Assert.True(found.Converged, $"residual {found.Residual} after {found.Iterations}");
        Assert.True(found.Residual <= 1e-8);
        for (var player = 0; player < game.Players; player++)
        {
            var best = found.Values[player].Return;
            for (var trial = 0; trial < 30; trial++)
            {
                var random = new Random(trial);
                var own = found.Policies[player];
                double[] logits = [.. own.Probabilities.ToArray().Select(p => Math.Log(p) + ((trial % 2 == 0 ? 2 : 0.1) * (random.NextDouble() - 0.5)))];
                MarkovPolicy[] deviation = [.. found.Policies];
                deviation[player] = MarkovPolicy.FromLogits(game.States, own.Actions, logits);
                Assert.True(RiskAdjustedValue.Compute(game, deviation, player, tau, epsilon).Return < best);
            }
        }
    }

    [Fact]
    public void Equal_seeds_find_equal_equilibria()
    {
        var game = RandomMarkovGames.Game(4, 4, [2, 2], 0.9);
        var options = new PolicyIterationOptions { Starts = 3, Seed = 5 };
        var first = RegularisedPolicyIteration.SolveAll(game, RiskProfile.Shared(2, 1, 0.3), options).Equilibria;
        var second = RegularisedPolicyIteration.SolveAll(game, RiskProfile.Shared(2, 1, 0.3), options).Equilibria;
        Assert.NotEmpty(first);
        Assert.Equal(first.Length, second.Length);
        Assert.Equal(first[0].Policies[0].Probabilities.ToArray(), second[0].Policies[0].Probabilities.ToArray());
    }

    [Fact]
    public void A_search_tells_its_starts_its_steps_and_the_closest_profile()
    {
        var game = MarkovGame.FromMatrixGame(MatrixGames.Volunteer("volunteer", 0.4), 0.5);
        var risk = RiskProfile.Shared(2, 1, 0.15);
        var reported = new List<(int Iteration, double Residual)>();
        var search = RegularisedPolicyIteration.SolveAll(game, risk, new PolicyIterationOptions { Starts = 5, Report = (iteration, residual) => reported.Add((iteration, residual)) });
        Assert.Equal((5, 5), (search.Starts, search.Converged));
        Assert.InRange(search.Equilibria.Length, 1, 3);
        Assert.True(search.Closest.Converged);
        Assert.Equal(5, reported.Count(step => step.Iteration == 1));
        Assert.Equal(search.Equilibria[0].Iterations, reported.FindIndex(1, step => step.Iteration == 1));

        var none = RegularisedPolicyIteration.SolveAll(game, risk, new PolicyIterationOptions { Starts = 3, MaxIterations = 1 });
        Assert.Empty(none.Equilibria);
        Assert.Equal((0, false), (none.Converged, none.Closest.Converged));
        Assert.True(none.Closest.Residual > 1e-3);
    }

    [Fact]
    public void Too_few_steps_are_reported_with_the_true_residual()
    {
        var game = RandomMarkovGames.Game(4, 4, [2, 2], 0.9);
        var found = RegularisedPolicyIteration.Solve(game, RiskProfile.Shared(2, 1, 0.3), new PolicyIterationOptions { MaxIterations = 2 });
        Assert.False(found.Converged);
        Assert.Equal(2, found.Iterations);
        var largest = Enumerable.Range(0, 2).Max(player => MarkovBestResponse.Compute(game, found.Policies, player, 1, 0.3).Policy.Distance(found.Policies[player]));
        Assert.Equal(largest, found.Residual, 1e-12);
        Assert.True(largest > 1e-4);
    }

    [Theory]
    [InlineData("Tolerance")]
    [InlineData("Damping")]
    [InlineData("SmallestDamping")]
    [InlineData("MaxIterations")]
    [InlineData("Starts")]
    public void Bad_options_are_refused_by_name(string field)
    {
        var options = field switch
        {
            "Tolerance" => new PolicyIterationOptions { Tolerance = 0 },
            "Damping" => new PolicyIterationOptions { Damping = 1.5 },
            "SmallestDamping" => new PolicyIterationOptions { SmallestDamping = 0.9 },
            "MaxIterations" => new PolicyIterationOptions { MaxIterations = 0 },
            _ => new PolicyIterationOptions { Starts = 0 },
        };
        var game = RandomMarkovGames.Game(4, 1, [2, 2], 0.9);
        var error = Assert.Throws<ArgumentException>(() => RegularisedPolicyIteration.SolveAll(game, RiskProfile.Shared(2, 1, 0.3), options));
        Assert.StartsWith(field, error.Message, StringComparison.Ordinal);
    }
}
