using Srpo.Core.Settings;

namespace Srpo.Learning;

/// <summary>One linear layer of a flat parameter vector: y = W^T x + b with W row-major [Inputs x Outputs], then b [Outputs].</summary>
/// <param name="Inputs">Length of x.</param>
/// <param name="Outputs">Length of y.</param>
/// <param name="WeightOffset">Index of W[0, 0] in the parameter vector.</param>
public readonly record struct LinearLayer(int Inputs, int Outputs, int WeightOffset)
{
    /// <summary>Number of weights.</summary>
    public int WeightCount => Inputs * Outputs;

    /// <summary>Index of b[0] in the parameter vector.</summary>
    public int BiasOffset => WeightOffset + WeightCount;

    /// <summary>Index just past b.</summary>
    public int End => BiasOffset + Outputs;
}

/// <summary>Shape of a multi-layer perceptron and the layout of its flat parameter vector: layer after layer, W then b.</summary>
public sealed class MlpShape : IEquatable<MlpShape>
{
    /// <summary>A perceptron with the given widths.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A width is not positive.</exception>
    public MlpShape(int inputs, IReadOnlyList<int> hidden, int outputs, Activation activation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        Inputs = inputs;
        Outputs = outputs;
        Hidden = [.. hidden];
        Activation = activation;
        var layers = new LinearLayer[Hidden.Count + 1];
        var offset = 0;
        var width = inputs;
        for (var i = 0; i < layers.Length; i++)
        {
            var next = i < Hidden.Count ? Hidden[i] : outputs;
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(next, nameof(hidden));
            layers[i] = new LinearLayer(width, next, offset);
            offset = layers[i].End;
            width = next;
        }

        Layers = layers;
        ParameterCount = offset;
    }

    /// <summary>Length of an input.</summary>
    public int Inputs { get; }

    /// <summary>Widths of the hidden layers.</summary>
    public IReadOnlyList<int> Hidden { get; }

    /// <summary>Length of an output.</summary>
    public int Outputs { get; }

    /// <summary>Nonlinearity after every hidden layer; the last layer is linear.</summary>
    public Activation Activation { get; }

    /// <summary>The linear layers, input side first.</summary>
    public IReadOnlyList<LinearLayer> Layers { get; }

    /// <summary>Length of the flat parameter vector.</summary>
    public int ParameterCount { get; }

    /// <inheritdoc/>
    public bool Equals(MlpShape? other) =>
        other is not null && Inputs == other.Inputs && Outputs == other.Outputs && Activation == other.Activation
        && Hidden.SequenceEqual(other.Hidden);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MlpShape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Inputs, Outputs, Activation, ParameterCount);
}
