using Srpo.Core.Settings;

namespace Srpo.Learning;

/// <summary>
/// Shape of a network and the layout of its flat parameter vector. Without memory it is a perceptron. With memory the last hidden layer feeds a
/// gated recurrent unit (Cho et al. 2014, in PyTorch's arrangement), and the head is linear in what that carries:
/// parameters of hidden layers and input gates (<see cref="Body"/>), the recurrent gates' W [units x 3 units] and b [3 units], then the
/// head. Gates are in the order reset, update, candidate.
/// </summary>
public sealed class NetworkShape : IEquatable<NetworkShape>
{
    /// <summary>A network with the given widths.</summary>
    /// <param name="inputs">Length of an input.</param>
    /// <param name="hidden">Widths of the hidden layers; at least one where there is memory.</param>
    /// <param name="outputs">Length of an output.</param>
    /// <param name="activation">Nonlinearity after every hidden layer.</param>
    /// <param name="layerNorm">Whether hidden layers are normalised before their nonlinearity.</param>
    /// <param name="gru">Units of the recurrent layer; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A width is not positive, or the units of the recurrent layer are.</exception>
    /// <exception cref="ArgumentException">There is memory, but no hidden layer.</exception>
    public NetworkShape(int inputs, IReadOnlyList<int> hidden, int outputs, Activation activation, bool layerNorm = false, int gru = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gru);
        Gru = gru;
        Outputs = outputs;
        Body = new MlpShape(inputs, hidden, gru > 0 ? 3 * gru : outputs, activation, layerNorm);
        ParameterCount = Body.ParameterCount;
        if (gru == 0) return;
        if (hidden.Count == 0) throw new ArgumentException("a network with memory needs a hidden layer before it", nameof(hidden));
        Recurrence = new LinearLayer(gru, 3 * gru, Body.ParameterCount);
        HeadOffset = Recurrence.End;
        Head = new MlpShape(gru, [], outputs, activation);
        ParameterCount = HeadOffset + Head.ParameterCount;
    }

    /// <summary>Length of an input.</summary>
    public int Inputs => Body.Inputs;

    /// <summary>Widths of the hidden layers.</summary>
    public IReadOnlyList<int> Hidden => Body.Hidden;

    /// <summary>Length of an output.</summary>
    public int Outputs { get; }

    /// <summary>Nonlinearity after every hidden layer; the head is linear.</summary>
    public Activation Activation => Body.Activation;

    /// <summary>Whether hidden layers are normalised before their nonlinearity.</summary>
    public bool LayerNorm => Body.LayerNorm;

    /// <summary>Units of the recurrent layer, which is how many numbers the network carries from step to step; 0 for none.</summary>
    public int Gru { get; }

    /// <summary>The whole perceptron; with memory, up to the input gates.</summary>
    public MlpShape Body { get; }

    /// <summary>The recurrent gates; all zeros without memory.</summary>
    public LinearLayer Recurrence { get; }

    /// <summary>The linear layer behind the memory, with offsets from <see cref="HeadOffset"/> on; null without memory.</summary>
    public MlpShape? Head { get; }

    /// <summary>Index of the head's first parameter; 0 without memory.</summary>
    public int HeadOffset { get; }

    /// <summary>Length of what the head sees: the memory, else the last hidden layer, else the input.</summary>
    public int Features => Gru > 0 ? Gru : Hidden.Count > 0 ? Hidden[^1] : Inputs;

    /// <summary>Length of the flat parameter vector.</summary>
    public int ParameterCount { get; }

    /// <inheritdoc/>
    public bool Equals(NetworkShape? other) => other is not null && Gru == other.Gru && Outputs == other.Outputs && Body.Equals(other.Body);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NetworkShape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Gru, Outputs, Body);
}
