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

/// <summary>The learned scale and shift behind a normalisation over the units of a layer: scale [Width], then shift [Width].</summary>
/// <param name="Width">Number of units.</param>
/// <param name="ScaleOffset">Index of the first scale in the parameter vector.</param>
public readonly record struct NormLayer(int Width, int ScaleOffset)
{
    /// <summary>Added to the variance: PyTorch's default.</summary>
    public const float Epsilon = 1e-5f;

    /// <summary>Index of the first shift in the parameter vector.</summary>
    public int ShiftOffset => ScaleOffset + Width;

    /// <summary>Index just past the shifts.</summary>
    public int End => ShiftOffset + Width;
}

/// <summary>
/// Shape of a multi-layer perceptron and the layout of its flat parameter vector: layer after layer, W then b, then where hidden layers are
/// normalised (Ba et al. 2016) the scale and shift of that.
/// </summary>
public sealed class MlpShape : IEquatable<MlpShape>
{
    /// <summary>A perceptron with the given widths.</summary>
    /// <param name="inputs">Length of an input.</param>
    /// <param name="hidden">Widths of the hidden layers.</param>
    /// <param name="outputs">Length of an output.</param>
    /// <param name="activation">Nonlinearity after every hidden layer.</param>
    /// <param name="layerNorm">Whether hidden layers are normalised before their nonlinearity.</param>
    /// <exception cref="ArgumentOutOfRangeException">A width is not positive.</exception>
    public MlpShape(int inputs, IReadOnlyList<int> hidden, int outputs, Activation activation, bool layerNorm = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        Inputs = inputs;
        Outputs = outputs;
        Hidden = [.. hidden];
        Activation = activation;
        LayerNorm = layerNorm;
        var norms = new NormLayer[layerNorm ? Hidden.Count : 0];
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
            if (i >= norms.Length) continue;
            norms[i] = new NormLayer(width, offset);
            offset = norms[i].End;
        }

        Layers = layers;
        Norms = norms;
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

    /// <summary>Whether hidden layers are normalised before their nonlinearity.</summary>
    public bool LayerNorm { get; }

    /// <summary>The linear layers, input side first.</summary>
    public IReadOnlyList<LinearLayer> Layers { get; }

    /// <summary>The normalisations of the hidden layers, input side first; none without <see cref="LayerNorm"/>.</summary>
    public IReadOnlyList<NormLayer> Norms { get; }

    /// <summary>Length of the flat parameter vector.</summary>
    public int ParameterCount { get; }

    /// <inheritdoc/>
    public bool Equals(MlpShape? other) =>
        other is not null && Inputs == other.Inputs && Outputs == other.Outputs && Activation == other.Activation
        && LayerNorm == other.LayerNorm && Hidden.SequenceEqual(other.Hidden);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MlpShape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Inputs, Outputs, Activation, ParameterCount);
}

/// <summary>Constants of the Gaussian error linear unit's tanh form, see <see cref="Activation.Gelu"/>.</summary>
public static class Gelu
{
    /// <summary>sqrt(2 / pi).</summary>
    public const float Root = 0.7978845608f;

    /// <summary>Weight of the cube.</summary>
    public const float Cubic = 0.044715f;
}
