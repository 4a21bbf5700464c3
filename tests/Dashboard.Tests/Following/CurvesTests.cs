using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Dashboard.Following;
using Srpo.Dashboard.Tests.Support;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Reporting.Figures;

namespace Srpo.Dashboard.Tests.Following;

/// <summary>Curves as figures of pages take them, and what is compared beside them.</summary>
public sealed class CurvesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(10, 10)]
    [InlineData(11, 6)]
    [InlineData(1000, 11)]
    public void Long_curves_keep_some_points_and_their_ends(int points, int kept)
    {
        var curves = CurveThinning.Thin([Curve(points, run: 0), Curve(points / 2, run: 1)], most: 10);
        Assert.Equal(points == 0 ? 0 : kept, curves[0].Points.Length);
        if (points > 0) Assert.Equal((0, points - 1), (curves[0].Points[0].EnvSteps, curves[0].Points[^1].EnvSteps));

        // Teams that stand at other rounds have their points after the same ones.
        if (points / 2 > 0) Assert.Equal(points / 2 - 1, curves[1].Points[^1].EnvSteps);
        Assert.All(curves[1].Points.SkipLast(1), point => Assert.Contains(point.EnvSteps, curves[0].Points.Select(other => other.EnvSteps)));
    }

    [Fact]
    public void No_curves_stay_none() => Assert.Empty(CurveThinning.Thin([], 10));

    [Fact]
    public void Figures_are_told_in_numbers()
    {
        var styles = MethodStyles.For(new PopulationNames([new PopulationName("m", "Test", PopulationRole.Subject)]), []);
        ImmutableArray<LearningCurve> curves = [Curve(100, run: 0), Curve(100, run: 1)];
        var returns = LearningFigures.Returns(curves, styles, score: "mean return");
        var numbers = CurveNumbers.Of(returns, LearningFigures.Diagnostics(curves, styles));
        Assert.Equal("mean return per episode", numbers.Measures[0]);
        Assert.Equal(CurveNumbers.Most, numbers.Rows.Length);
        Assert.All(numbers.Rows, row => Assert.Equal(("Test", numbers.Measures.Length), (row.Population, row.Values.Length)));
        var points = returns.Series[0].Points;
        Assert.Equal((points[0].X, points[^1].X), (numbers.Rows[0].Steps, numbers.Rows[^1].Steps));
        Assert.Equal((points[0].Y, points[^1].Y), (numbers.Rows[0].Values[0], numbers.Rows[^1].Values[0]));
        Assert.Equal(numbers.Rows.Select(row => row.Steps).Order(), numbers.Rows.Select(row => row.Steps));

        // Teams that are all alike have no spread to be told.
        Assert.False(numbers.HasDeviations);

        // Of a short curve every point.
        Assert.Equal(3, CurveNumbers.Of(LearningFigures.Returns([Curve(3, run: 0)], styles), []).Rows.Length);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData(0.0, "0")]
    [InlineData(442.84, "443")]
    [InlineData(-8.9081, "−8.91")]
    [InlineData(0.0103, "0.0103")]
    [InlineData(15.215, "15.2")]
    [InlineData(123456.0, "123\u202f456")]
    [InlineData(1e-12, "0.000000")]
    public void Measures_of_any_size_have_three_digits(double? value, string text) => Assert.Equal(text, Components.Parts.Texts.Digits(value));

    [Fact]
    public void Only_settings_that_differ_are_listed()
    {
        var spec = FakeSource.SpecOf("a");
        Assert.Empty(SettingDifferences.Of([]));
        Assert.Empty(SettingDifferences.Of([spec]));
        Assert.Empty(SettingDifferences.Of([spec, spec with { Population = "b" }]));

        var other = spec with { Teams = 3, Seed = 9, Environment = spec.Environment with { Variant = "held-out-a" }, Training = spec.Training with { Lanes = 16 } };
        Assert.Equal(
            ["layout: official | held-out-a | official", "seeds: 1 | 3 | 1", "seed: 1 | 9 | 1", "method: ippo | ippo | srpo", "lanes: 2 | 16 | 2"],
            SettingDifferences.Of([spec, other, spec with { Training = spec.Training with { Method = "srpo" } }]).Select(setting => $"{setting.Path}: {string.Join(" | ", setting.Values)}"));
    }

    [Fact]
    public void The_history_of_an_actor_has_its_own_measures()
    {
        var spec = FakeSource.SpecOf("a", method: "ippo");
        var curve = LearningCurves.Of("a", spec, [new TeamCurve(0, [FakeSource.Point(0), FakeSource.Point(4)])])[0];
        var second = ActorHistory.Of(curve, new ActorId(ActorKind.Agent, 1).ToString());
        Assert.Equal([0, 4], second.Points.Select(point => (int)(point.EnvSteps / 20)));

        // At the start nobody has learned: the score of the team stands there.
        Assert.Equal((0.0, null), (second.Points[0].MeanReturn, second.Points[0].Entropy));
        var (point, measures) = (second.Points[1], FakeSource.Measures(4, 1));
        Assert.Equal(
            (measures.Return, measures.Entropy, measures.ClipFraction, measures.ExplainedVariance, measures.Kl, measures.ValueLoss, measures.PolicyLoss),
            (point.MeanReturn, point.Entropy, point.ClipFraction, point.ExplainedVariance, point.Kl, point.ValueLoss, point.PolicyLoss));

        // Without an adversary there is no divergence to be drawn as a line at zero.
        Assert.Null(ActorHistory.Of(curve, new ActorId(ActorKind.Agent, 0).ToString()).Points[1].Kl);
    }

    [Fact]
    public void Who_learns_is_known_and_nobody_where_nothing_can_be_trained()
    {
        Assert.Equal(["agent 0", "agent 1"], ActorHistory.Actors(FakeSource.SpecOf("a")).Select(actor => actor.ToString()));
        Assert.Equal(["agent 0", "agent 1", "adversary 0", "adversary 1"], ActorHistory.Actors(FakeSource.SpecOf("a", method: "srpo")).Select(actor => actor.ToString()));
        Assert.Empty(ActorHistory.Actors(FakeSource.SpecOf("a", method: "of-another-build")));
    }

    private static LearningCurve Curve(int points, int run) =>
        new("m", run, [.. Enumerable.Range(0, points).Select(step => new LearningPoint(step, step, step, default))]);
}
