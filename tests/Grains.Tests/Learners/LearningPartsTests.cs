using Srpo.Core.Settings;
using Srpo.Learning;

namespace Srpo.Grains.Tests;

/// <summary>What learners take from Learning.</summary>
public sealed class LearningPartsTests
{
    [Fact]
    public void Curve_points_come_whenever_the_interval_is_passed()
    {
        var settings = new TrainingSettings { Lanes = 1, Horizon = 100, CurveInterval = 250, Method = "ippo" };
        var plan = Populations.Plan(Populations.Spec("curves") with { Training = settings });
        Assert.Equal([0, 3, 5, 8, 10], Enumerable.Range(0, 11).Where(round => TeamTraining.HasPoint(settings, plan, round)));
        Assert.True(TeamTraining.HasPointBetween(settings, plan, -1, 0));
        Assert.False(TeamTraining.HasPointBetween(settings, plan, 0, 2));
        Assert.True(TeamTraining.HasPointBetween(settings, plan, 0, 3));
        Assert.False(TeamTraining.HasPointBetween(settings, plan, 3, 4));
        Assert.False(TeamTraining.HasPointBetween(settings, plan, 4, 3));

        var none = settings with { CurveInterval = 0 };
        Assert.False(TeamTraining.HasPoint(none, plan, 0));
        Assert.False(TeamTraining.HasPointBetween(none, plan, -1, 100));

        // Several intervals within one round are one point.
        var dense = settings with { CurveInterval = 10 };
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Where(round => TeamTraining.HasPoint(dense, plan, round)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(67)]
    public void Numbers_that_are_not_finite_are_found_wherever_they_are(int length)
    {
        var values = new float[length];
        Array.Fill(values, float.MaxValue);
        Assert.True(LearnerState.AreFinite(values));
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            for (var i = 0; i < length; i++)
            {
                values[i] = bad;
                Assert.False(LearnerState.AreFinite(values));
                values[i] = -1;
            }
        }
    }

    [Fact]
    public void The_identity_of_a_spec_holds_what_decides_the_bits()
    {
        var spec = Populations.Spec("x");
        var identity = SpecIdentity.Of(spec);
        Assert.Equal(identity, SpecIdentity.Of(spec with { Teams = 9, CheckpointInterval = 77 }));
        Assert.NotEqual(identity, SpecIdentity.Of(spec with { Seed = 8 }));
        Assert.NotEqual(identity, SpecIdentity.Of(spec with { Training = spec.Training with { Network = spec.Training.Network with { Hidden = [9] } } }));
        Assert.NotEqual(identity, SpecIdentity.Of(spec with { Environment = spec.Environment with { Definition = "" } }));
    }
}
