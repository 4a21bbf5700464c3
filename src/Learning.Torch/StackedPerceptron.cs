using Srpo.Core.Settings;
using static TorchSharp.torch;

namespace Srpo.Learning.Torch;

/// <summary>
/// Perceptrons of one shape, evaluated together: weights [P, inputs, outputs] and biases [P, 1, outputs] are views into the flat vectors [P, n], so that a step
/// on these is seen here at once.
/// </summary>
internal sealed class StackedPerceptron
{
    private readonly MlpShape _shape;
    private readonly TorchPlace _place;
    private readonly Tensor[] _weights;
    private readonly Tensor[] _biases;

    /// <summary>Views into flat vectors.</summary>
    /// <param name="shape">Shape of each.</param>
    /// <param name="flat">[P, n].</param>
    /// <param name="offset">Index of their first parameter.</param>
    /// <param name="place">Where they are.</param>
    /// <param name="learns">Whether gradients will be asked for.</param>
    public StackedPerceptron(MlpShape shape, Tensor flat, int offset, TorchPlace place, bool learns)
    {
        (_shape, _place) = (shape, place);
        _weights = [.. shape.Layers.Select(layer => Part(flat, offset + layer.WeightOffset, layer.Inputs, layer.Outputs))];
        _biases = [.. shape.Layers.Select(layer => Part(flat, offset + layer.BiasOffset, 1, layer.Outputs))];
        if (!learns) return;
        for (var i = 0; i < _weights.Length; i++)
        {
            _weights[i] = _weights[i].detach().requires_grad_(true);
            _biases[i] = _biases[i].detach().requires_grad_(true);
        }
    }

    /// <summary>What gradients are taken of, in the order of the flat vector: weights and biases, layer after layer.</summary>
    public IEnumerable<Tensor> Leaves => _weights.Zip(_biases).SelectMany(layer => new[] { layer.First, layer.Second });

    /// <summary>Evaluates them.</summary>
    /// <param name="x">[P, rows, inputs].</param>
    /// <returns>The last hidden layer (the input, where there is none) and the output [P, rows, outputs].</returns>
    public (Tensor Features, Tensor Output) Forward(Tensor x)
    {
        for (var i = 0; ; i++)
        {
            var y = Multiply(x, _weights[i]).add_(_biases[i]);
            if (i == _weights.Length - 1) return (x, y);
            x = Activate(y, _shape.Activation);
        }
    }

    /// <summary>
    /// A product with a single column is a product of a matrix and a vector to the library, which sums it in another order when it stands alone: a second
    /// column of zeros keeps the bits of a network the same whatever it is stacked with.
    /// </summary>
    private Tensor Multiply(Tensor x, Tensor weights) => weights.shape[2] > 1
        ? _place.Multiply(x, weights)
        : _place.Multiply(x, cat([weights, zeros_like(weights)], 2)).narrow(2, 0, 1);

    /// <summary>Where further nonlinearities and layers go.</summary>
    internal static Tensor Activate(Tensor x, Activation activation) => activation switch
    {
        Activation.Tanh => x.tanh_(),
        Activation.Relu => x.relu_(),
        _ => throw new SettingsException([new SettingsProblem("network.activation", $"the device torch has no '{activation}'", "use tanh or relu, or the device cpu")]),
    };

    private static Tensor Part(Tensor flat, int offset, int rows, int columns) => flat.narrow(1, offset, (long)rows * columns).view(flat.shape[0], rows, columns);
}
