using Srpo.Core.Settings;

namespace Srpo.Learning.Devices.Plain;

/// <summary>A perceptron in doubles, one sample at a time.</summary>
/// <param name="shape">Its shape.</param>
/// <param name="parameters">A flat vector that holds its parameters.</param>
/// <param name="offset">Index of the first one.</param>
internal sealed class PlainNetwork(MlpShape shape, double[] parameters, int offset)
{
    /// <summary>The same numbers in double precision.</summary>
    public static double[] Doubles(ReadOnlySpan<float> values)
    {
        var doubles = new double[values.Length];
        for (var i = 0; i < doubles.Length; i++) doubles[i] = values[i];
        return doubles;
    }

    /// <summary>y_j = f(b_j + sum_k x_k W_kj), layer after layer.</summary>
    /// <param name="x">[Inputs].</param>
    /// <returns>The input and the activations of every layer; the last is the output.</returns>
    public double[][] Forward(double[] x)
    {
        var activations = new double[shape.Layers.Count + 1][];
        activations[0] = x;
        for (var l = 0; l < shape.Layers.Count; l++)
        {
            var layer = shape.Layers[l];
            var y = activations[l + 1] = new double[layer.Outputs];
            for (var j = 0; j < layer.Outputs; j++)
            {
                y[j] = parameters[offset + layer.BiasOffset + j];
                for (var k = 0; k < layer.Inputs; k++) y[j] += activations[l][k] * parameters[offset + layer.WeightOffset + (k * layer.Outputs) + j];
                if (l < shape.Layers.Count - 1) y[j] = shape.Activation == Activation.Tanh ? Math.Tanh(y[j]) : Math.Max(0, y[j]);
            }
        }

        return activations;
    }

    /// <summary>Adds the gradient of one sample's loss to a flat gradient.</summary>
    /// <param name="activations">What <see cref="Forward"/> returned.</param>
    /// <param name="atOutput">[Outputs] the loss's gradient at the output.</param>
    /// <param name="gradient">Flat, like the parameters; is added to.</param>
    /// <param name="atFeatures">A further gradient at the last hidden layer, from another head; empty for none.</param>
    /// <returns>[Inputs] the loss's gradient at the input.</returns>
    public double[] Backward(double[][] activations, double[] atOutput, double[] gradient, double[] atFeatures)
    {
        var d = atOutput;
        for (var l = shape.Layers.Count - 1; ; l--)
        {
            var layer = shape.Layers[l];
            var before = new double[layer.Inputs];
            for (var j = 0; j < layer.Outputs; j++)
            {
                gradient[offset + layer.BiasOffset + j] += d[j];
                for (var k = 0; k < layer.Inputs; k++)
                {
                    gradient[offset + layer.WeightOffset + (k * layer.Outputs) + j] += activations[l][k] * d[j];
                    before[k] += d[j] * parameters[offset + layer.WeightOffset + (k * layer.Outputs) + j];
                }
            }

            if (l == 0) return before;
            for (var k = 0; k < layer.Inputs; k++)
            {
                if (l == shape.Layers.Count - 1 && atFeatures.Length > 0) before[k] += atFeatures[k];
                var h = activations[l][k];
                before[k] *= shape.Activation == Activation.Tanh ? 1 - (h * h) : h > 0 ? 1 : 0;
            }

            d = before;
        }
    }
}

/// <summary>Policy and critic of an actor, on one flat vector of parameters.</summary>
internal sealed class PlainActor(ActorShape shape, double[] parameters)
{
    /// <summary>The policy.</summary>
    public PlainNetwork Policy { get; } = new(shape.Policy, parameters, 0);

    /// <summary>The critic.</summary>
    public PlainNetwork Critic { get; } = new(shape.Critic, parameters, shape.Policy.ParameterCount);

    /// <summary>The critic's activations: on the observation, or on the policy's last hidden layer.</summary>
    public double[][] Value(double[] observation, double[][] policy) => Critic.Forward(shape.SharedTrunk ? policy[^2] : observation);
}
