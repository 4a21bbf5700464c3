using Srpo.Core.Settings;

namespace Srpo.Learning.Tests.Updates;

/// <summary>A perceptron in plain doubles, one sample at a time: the independent meaning of what the device compute.</summary>
internal sealed class PlainNetwork(NetworkShape network, double[] parameters, int offset)
{
    private readonly MlpShape _shape = network.Body;

    /// <summary>Activations of every layer; the last is the output.</summary>
    public double[][] Forward(double[] x)
    {
        var activations = new List<double[]> { x };
        for (var l = 0; l < _shape.Layers.Count; l++)
        {
            var layer = _shape.Layers[l];
            var y = new double[layer.Outputs];
            for (var j = 0; j < layer.Outputs; j++)
            {
                y[j] = parameters[offset + layer.BiasOffset + j];
                for (var k = 0; k < layer.Inputs; k++) y[j] += activations[^1][k] * parameters[offset + layer.WeightOffset + (k * layer.Outputs) + j];
                if (l == _shape.Layers.Count - 1) continue;
                y[j] = _shape.Activation == Activation.Tanh ? Math.Tanh(y[j]) : Math.Max(0, y[j]);
            }

            activations.Add(y);
        }

        return [.. activations];
    }

    /// <summary>Adds the gradient of one sample to the flat gradient, given the loss's gradient at the output.</summary>
    /// <param name="activations">Of <see cref="Forward"/>.</param>
    /// <param name="outputGradient">At the output.</param>
    /// <param name="gradient">Is added to.</param>
    /// <param name="features">A further gradient at the last hidden layer, from another head.</param>
    /// <returns>The gradient at the input.</returns>
    public double[] Backward(double[][] activations, double[] outputGradient, double[] gradient, double[]? features = null)
    {
        var d = (double[])outputGradient.Clone();
        for (var l = _shape.Layers.Count - 1; l >= 0; l--)
        {
            var layer = _shape.Layers[l];
            var input = activations[l];
            var before = new double[layer.Inputs];
            for (var j = 0; j < layer.Outputs; j++)
            {
                gradient[offset + layer.BiasOffset + j] += d[j];
                for (var k = 0; k < layer.Inputs; k++)
                {
                    gradient[offset + layer.WeightOffset + (k * layer.Outputs) + j] += input[k] * d[j];
                    before[k] += d[j] * parameters[offset + layer.WeightOffset + (k * layer.Outputs) + j];
                }
            }

            if (l == _shape.Layers.Count - 1 && features != null) before = [.. before.Zip(features, (a, b) => a + b)];
            if (l == 0) return before;
            for (var k = 0; k < layer.Inputs; k++)
                before[k] *= _shape.Activation == Activation.Tanh ? 1 - (input[k] * input[k]) : input[k] > 0 ? 1 : 0;
            d = before;
        }

        throw new InvalidOperationException("a network has a layer");
    }
}
