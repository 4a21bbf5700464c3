using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Srpo.Games.Finite;

namespace Srpo.Games.Tests.Finite;

public class FreeRidingBoundTests
{
    [Fact]
    public void ConstantsOfTheVolunteersGame()
    {
        var bound = new FreeRidingBound(RandomGames.Volunteer(0.4), 0.15);
        var k = Math.Log(2) + (1.4 / 0.15);

        Assert.Equal(k, bound.Divergence, 1e-14);
        Assert.Equal(Math.Exp(-1.4 / 0.15) / 2, bound.ProbabilityFloor, 1e-18);
        Assert.Equal(Math.Sqrt(2 * k / 0.15) * ((1 / Math.Sqrt(1000)) + (1 / Math.Sqrt(4000))), bound.Distance(1000, 4000), 1e-14);
        Assert.Equal(0.2 * bound.Distance(1000, 4000), bound.Degree(1000, 4000), 1e-15);
        Assert.Equal(2 * k * 0.16 / (0.15 * 0.01), bound.SufficientTau(0.1), 1e-10);
        // At the sufficient tau the bound on delta is delta itself.
        Assert.Equal(0.1, bound.Degree(bound.SufficientTau(0.1), bound.SufficientTau(0.1)), 1e-14);
        Assert.Equal(2, bound.Distance(0, 5));
        Assert.Equal(0.4, bound.Degree(0, 0), 1e-15);
    }

    [Fact]
    public void DegreeIsTheDifferenceOfCosts()
    {
        Assert.Equal(0.4 * 0.5, FreeRiding.Degree(RandomGames.Volunteer(0.4), [[0.75, 0.25], [0.25, 0.75]]), 1e-15);
        var three = new FiniteGame("g", [2, 2, 2], [new double[8]], [[0, 1], [0, 2], [0, 4]]);
        Assert.Equal(2, FreeRiding.Degree(three, [[0, 1], [0.5, 0.5], [0.25, 0.75]]), 1e-15);
    }

    [Fact]
    public void OnlySymmetricGamesAreTaken()
    {
        Assert.True(FreeRidingBound.IsSymmetric(RandomGames.Volunteer(0.4)));
        Assert.True(FreeRidingBound.IsSymmetric(MatrixGames.Load("chicken").ToFiniteGame()));
        Assert.False(FreeRidingBound.IsSymmetric(MatrixGames.Load("battle-of-the-sexes").ToFiniteGame()));
        Assert.False(FreeRidingBound.IsSymmetric(new FiniteGame("shared", [2, 2], [[1, 2, 3, 4]])));
        Assert.False(FreeRidingBound.IsSymmetric(new FiniteGame("costs", [2, 2], [[1, 2, 2, 4]], [[0, 1], [0, 2]])));
        Assert.False(FreeRidingBound.IsSymmetric(new FiniteGame("three", [2, 2, 2], [new double[8]])));

        var error = Assert.Throws<ArgumentException>(() => new FreeRidingBound(new FiniteGame("shared", [2, 2], [[1, 2, 3, 4]]), 1));
        Assert.Equal("game", error.ParamName);
        Assert.Equal("epsilon", Assert.Throws<ArgumentException>(() => new FreeRidingBound(RandomGames.Volunteer(0.4), 0)).ParamName);
        Assert.Equal("delta", Assert.Throws<ArgumentException>(() => new FreeRidingBound(RandomGames.Volunteer(0.4), 1).SufficientTau(0)).ParamName);
        Assert.Equal("tau2", Assert.Throws<ArgumentException>(() => new FreeRidingBound(RandomGames.Volunteer(0.4), 1).Distance(1, -1)).ParamName);
    }

    [Fact]
    public void EveryEquilibriumOfSymmetricGamesObeysTheBounds()
    {
        var seen = (Equilibria: 0, Binding: 0, Apart: 0);
        var config = Config.QuickThrowOnFailure.WithMaxTest(1000)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(7UL, 2603UL), FSharpOption<int>.None)));
        Check.One(config, Prop.ForAll(Arb.From(Cases, Smaller), symmetric =>
        {
            var game = symmetric.Game();
            var bound = new FreeRidingBound(game, symmetric.Epsilon);
            foreach (var equilibrium in Equilibria(game, symmetric))
            {
                double[][] strategies = [.. equilibrium.Strategies.Select(row => row.ToArray())];
                var distance = strategies[0].Zip(strategies[1], (x, y) => Math.Abs(x - y)).Sum();
                seen.Equilibria++;
                seen.Binding += bound.Distance(symmetric.Tau1, symmetric.Tau2) < 2 ? 1 : 0;
                seen.Apart += distance > 0.1 ? 1 : 0;
                if (distance > bound.Distance(symmetric.Tau1, symmetric.Tau2) + 1e-9) return false;
                if (strategies.Any(row => row.Min() < bound.ProbabilityFloor * (1 - 1e-9))) return false;
                var degree = FreeRiding.Degree(game, strategies);
                if (Math.Abs(degree - equilibrium.FreeRiding) > 1e-12 || degree > bound.Degree(symmetric.Tau1, symmetric.Tau2) + 1e-9) return false;
                if (degree > 1e-9 && Math.Min(symmetric.Tau1, symmetric.Tau2) > bound.SufficientTau(degree) * (1 + 1e-6)) return false;
                for (var player = 0; player < 2; player++)
                {
                    var worst = RiskAdjustedUtility.OthersProbabilities(game, player, strategies).Max(q => -Math.Log(q));
                    if (worst > bound.Divergence + 1e-9) return false;
                }
            }

            return true;
        }));

        // The property must not hold for want of cases.
        Assert.InRange(seen.Equilibria, 1000, int.MaxValue);
        Assert.InRange(seen.Binding, 200, int.MaxValue);
        Assert.InRange(seen.Apart, 50, int.MaxValue);
    }

    /// <summary>A symmetric game: payoffs x^T R y, symmetric R if shared, entries in tenths; tau and eps on logarithmic scales.</summary>
    public sealed record Symmetric(int Actions, bool Shared, int[] Entries, int TauStep1, int TauStep2, int EpsilonStep)
    {
        public double Tau1 => 0.1 * Math.Pow(10, TauStep1 / 4.0);

        public double Tau2 => 0.1 * Math.Pow(10, TauStep2 / 4.0);

        public double Epsilon => 0.05 * Math.Pow(10, EpsilonStep / 4.0);

        public FiniteGame Game()
        {
            var payoffs = new double[2][];
            for (var player = 0; player < 2; player++)
            {
                payoffs[player] = new double[Actions * Actions];
                for (var a = 0; a < Actions; a++)
                {
                    for (var b = 0; b < Actions; b++)
                    {
                        var (row, column) = Shared ? (Math.Min(a, b), Math.Max(a, b)) : player == 0 ? (a, b) : (b, a);
                        payoffs[player][(a * Actions) + b] = Entries[(row * 4) + column] / 10.0;
                    }
                }
            }

            double[] costs = [.. Enumerable.Range(0, Actions).Select(a => Math.Abs(Entries[16 + a]) / 10.0)];
            return new FiniteGame("symmetric", [Actions, Actions], payoffs, [costs, costs]);
        }

        public override string ToString() => $"actions {Actions}, shared {Shared}, entries {string.Join(' ', Entries)}, tau {Tau1} {Tau2}, eps {Epsilon}";
    }

    private static Gen<Symmetric> Cases =>
        from actions in Gen.Choose(2, 4)
        from shared in Gen.Elements(true, false)
        from entries in Gen.ArrayOf(Gen.Choose(-10, 10), 20)
        from tau1 in Gen.Choose(0, 20)
        from tau2 in Gen.Choose(0, 20)
        from epsilon in Gen.Choose(0, 6)
        select new Symmetric(actions, shared, entries, tau1, tau2, epsilon);

    private static IEnumerable<Symmetric> Smaller(Symmetric large)
    {
        if (large.Actions > 2) yield return large with { Actions = large.Actions - 1 };
        if (!large.Shared) yield return large with { Shared = true };
        if (large.TauStep1 != large.TauStep2) yield return large with { TauStep1 = large.TauStep2 };
        if (large.EpsilonStep < 6) yield return large with { EpsilonStep = large.EpsilonStep + 1 };
        for (var i = 0; i < large.Entries.Length; i++)
        {
            if (large.Entries[i] == 0) continue;
            foreach (var entry in new[] { 0, large.Entries[i] / 2 })
            {
                var entries = (int[])large.Entries.Clone();
                entries[i] = entry;
                yield return large with { Entries = entries };
            }
        }
    }

    private static IEnumerable<FiniteEquilibrium> Equilibria(FiniteGame game, Symmetric symmetric)
    {
        var risk = new RiskProfile([symmetric.Tau1, symmetric.Tau2], [symmetric.Epsilon, symmetric.Epsilon]);
        if (symmetric.Actions == 2) return TwoByTwoSolver.FindAll(game, risk);
        var responses = new BestResponse(game, risk);
        var found = new List<FiniteEquilibrium>();
        for (var start = 0; start < symmetric.Actions; start++)
        {
            var strategies = new double[2][];
            for (var player = 0; player < 2; player++)
            {
                strategies[player] = new double[symmetric.Actions];
                Array.Fill(strategies[player], 0.1 / symmetric.Actions);
                strategies[player][(start + player) % symmetric.Actions] += 0.9;
            }

            var response = new double[symmetric.Actions];
            var moved = 1.0;
            for (var step = 0; step < 60 && moved > 1e-11; step++)
            {
                moved = 0;
                for (var player = 0; player < 2; player++)
                {
                    responses.Solve(player, strategies, response);
                    for (var a = 0; a < response.Length; a++)
                    {
                        moved = Math.Max(moved, Math.Abs(response[a] - strategies[player][a]));
                        strategies[player][a] = (0.2 * strategies[player][a]) + (0.8 * response[a]);
                    }
                }
            }

            if (moved > 1e-11) continue;
            found.Add(FiniteEquilibria.Assemble(responses, strategies));
        }

        return found;
    }
}
