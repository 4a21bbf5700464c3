namespace Srpo.Learning.Tests.Updates;

/// <summary>Losses of critics, against finite differences and against what MAPPO computes.</summary>
public sealed class CriticLossTests
{
    private static readonly double[] Points = [-3.1, -1.02, -0.4, -0.13, 0, 0.07, 0.31, 0.9, 2.6];

    public static TheoryData<double?, double?> Kinds() => new() { { null, null }, { 0.2, null }, { null, 0.5 }, { 0.2, 0.5 }, { 1, 0.05 }, { 0.2, 10 } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_are_finite_differences(double? clip, double? delta)
    {
        const double Step = 1e-6;
        var loss = new ValueLoss(0.7, clip, delta);
        var (flat, checks) = (0, 0);
        foreach (var value in Points)
        {
            foreach (var old in Points)
            {
                foreach (var target in Points)
                {
                    var slope = (Losses.Critic(value + Step, old, target, loss) - Losses.Critic(value - Step, old, target, loss)) / (2 * Step);
                    var gradient = Losses.CriticGradient(value, old, target, loss);

                    // Where the larger loss changes from one to the other there is a kink, and no gradient.
                    var (left, right) = (Losses.CriticGradient(value - Step, old, target, loss), Losses.CriticGradient(value + Step, old, target, loss));
                    if (Math.Abs(left - right) > 1e-3) continue;
                    Assert.Equal(slope, gradient, 1e-5);
                    checks++;
                    if (gradient == 0 && value != target) flat++;
                }
            }
        }

        Assert.True(checks > 650);
        Assert.Equal(clip is not null, flat > 100);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_loss_is_twice_MAPPOs(double? clip, double? delta)
    {
        foreach (var value in Points)
        {
            foreach (var old in Points)
            {
                foreach (var target in Points)
                {
                    var (plain, clipped) = (target - value, target - (old + Math.Clamp(value - old, -(clip ?? 0), clip ?? 0)));
                    var expected = clip is null ? Mappo(plain) : Math.Max(Mappo(plain), Mappo(clipped));
                    Assert.Equal(2 * 0.7 * expected, Losses.Critic(value, old, target, new ValueLoss(0.7, clip, delta)), 1e-12);
                }
            }
        }

        // utils/util.py of the on-policy MAPPO code base: mse_loss and huber_loss.
        double Mappo(double e) => delta is not { } d ? e * e / 2 : Math.Abs(e) <= d ? e * e / 2 : d * (Math.Abs(e) - (d / 2));
    }

    [Fact]
    public void A_delta_and_a_clip_beyond_all_errors_give_the_square()
    {
        foreach (var value in Points)
        {
            foreach (var target in Points)
            {
                Assert.Equal(0.7 * (value - target) * (value - target), Losses.Critic(value, 0.3, target, new ValueLoss(0.7, 1e6, 1e6)), 1e-12);
                Assert.Equal(1.4 * (value - target), Losses.CriticGradient(value, 0.3, target, new ValueLoss(0.7, 1e6, 1e6)), 1e-12);
            }
        }
    }

    [Fact]
    public void Merged_samples_have_the_gradient_of_single_ones()
    {
        // The square over sums of returns, and over the returns one by one with a delta and a clip beyond all errors: two ways to the same numbers.
        var spec = TestData.Spec(TestData.Small("srpo") with { AdamEpsilon = 1e-3, NormaliseValues = true });
        var single = spec.Training with { ValueClip = 1e6, HuberDelta = 1e6 };
        var (shape, plan, states, rollouts) = TestData.FirstRound(spec);
        using var merged = new TestUpdater(spec.Training, plan, shape);
        using var apart = new TestUpdater(single, plan, shape);
        var (expected, actual) = (merged.Update(spec.Seed, 0, 1, states, rollouts), apart.Update(spec.Seed, 0, 1, states, rollouts));
        for (var actor = 0; actor < states.Length; actor++)
        {
            for (var i = 0; i < shape.ParameterCount; i++) Assert.Equal(expected.States[actor].Parameters[i], actual.States[actor].Parameters[i], 1e-5);
            Assert.Equal(expected.Metrics[actor].ValueLoss, actual.Metrics[actor].ValueLoss, 1e-5);
        }
    }
}
