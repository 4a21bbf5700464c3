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
    private readonly Tensor[] _scales;
    private readonly Tensor[] _shifts;

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
        _scales = [.. shape.Norms.Select(norm => Part(flat, offset + norm.ScaleOffset, 1, norm.Width))];
        _shifts = [.. shape.Norms.Select(norm => Part(flat, offset + norm.ShiftOffset, 1, norm.Width))];
        if (!learns) return;
        foreach (var parts in (Tensor[][])[_weights, _biases, _scales, _shifts])
        {
            for (var i = 0; i < parts.Length; i++) parts[i] = parts[i].detach().requires_grad_(true);
        }
    }

    /// <summary>What gradients are taken of, in the order of the flat vector: layer after layer weights, biases, and where it is normalised scales and shifts.</summary>
    public IEnumerable<Tensor> Leaves => _weights.SelectMany((weights, i) => i < _scales.Length ? new[] { weights, _biases[i], _scales[i], _shifts[i] } : [weights, _biases[i]]);

    /// <summary>Evaluates them.</summary>
    /// <param name="x">[P, rows, inputs].</param>
    /// <returns>The last hidden layer (the input, where there is none) and the output [P, rows, outputs].</returns>
    public (Tensor Features, Tensor Output) Forward(Tensor x)
    {
        for (var i = 0; ; i++)
        {
            var y = Multiply(x, _weights[i]).add_(_biases[i], Scalars.One);
            if (i == _weights.Length - 1) return (x, y);
            if (i < _scales.Length) y = nn.functional.layer_norm(y, [y.shape[2]], null, null, NormLayer.Epsilon).mul(_scales[i]).add_(_shifts[i], Scalars.One);
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

    private static Tensor Activate(Tensor x, Activation activation) => activation switch
    {
        Activation.Tanh => x.tanh_(),
        Activation.Relu => x.relu_(),
        _ => x.mul(x).mul_(Scalars.Of(Gelu.Root * Gelu.Cubic)).add_(Scalars.Of(Gelu.Root), Scalars.One).mul(x).tanh_().add(Scalars.Of(1), Scalars.One).mul(x).mul_(Scalars.Of(0.5)),
    };

    /// <summary>A part of flat vectors [P, n] as [P, rows, columns].</summary>
    public static Tensor Part(Tensor flat, int offset, int rows, int columns) => flat.narrow(1, offset, (long)rows * columns).view(flat.shape[0], rows, columns);
}
