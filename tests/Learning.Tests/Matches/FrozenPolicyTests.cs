using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Tests.Updates;

namespace Srpo.Learning.Tests.Matches;

/// <summary>A frozen policy's probabilities against a network of plain doubles.</summary>
public sealed class FrozenPolicyTests
{
    private static readonly NetworkShape Shape = new(5, [7, 6], 4, Activation.Tanh);

    private static readonly float[] Parameters = [.. Enumerable.Range(0, Shape.ParameterCount).Select(i => (float)Math.Sin(1.7 * i))];

    [Fact]
    public void Probabilities_are_the_softmax_of_the_network()
    {
        float[] observation = [0.3f, -1, 2, 0, 0.5f];

        var probabilities = new NetworkPolicy(Shape, ObservationEncoding.Absolute, Parameters).Probabilities(observation);

        var logits = new PlainNetwork(Shape, [.. Parameters.Select(x => (double)x)], 0).Forward([.. observation.Select(x => (double)x)])[^1];
        var total = logits.Sum(Math.Exp);
        for (var action = 0; action < 4; action++) Assert.Equal(Math.Exp(logits[action]) / total, probabilities[action], 1e-6);
    }

    [Theory]
    [InlineData(4, 0f, "4 numbers; the policy takes 5")]
    [InlineData(5, float.NaN, "finite")]
    [InlineData(5, float.PositiveInfinity, "finite")]
    public void Observations_that_do_not_fit_are_refused(int length, float value, string reason)
    {
        var policy = new NetworkPolicy(Shape, ObservationEncoding.Absolute, Parameters);
        var error = Assert.Throws<ArgumentException>(() => policy.Probabilities([.. Enumerable.Repeat(value, length)]));
        Assert.Contains(reason, error.Message);
    }
}
