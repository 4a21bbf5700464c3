using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Srpo.Core.Checkpoints;

namespace Srpo.Learning;

/// <summary>
/// A network's flat parameters as tensors with PyTorch's names and orientation, as exported files have them, and the hash that names
/// the weights of a policy wherever results say what they are from.
/// </summary>
public static class NetworkTensors
{
    /// <summary>Hexadecimal digits of a hash that people are shown.</summary>
    public const int ShownDigits = 16;

    /// <summary>
    /// The tensors of a network, for nn.Sequential(Linear, nonlinearity, Linear, ...): layer i is number 2i, weights are [outputs, inputs], and a
    /// bias follows its weights.
    /// </summary>
    /// <param name="prefix">What their names begin with, for example "policy".</param>
    /// <param name="shape">The network.</param>
    /// <param name="parameters">[shape.ParameterCount] its flat parameters.</param>
    public static IEnumerable<SafetensorsTensor> Of(string prefix, MlpShape shape, ReadOnlyMemory<float> parameters)
    {
        ArgumentNullException.ThrowIfNull(shape);
        for (var i = 0; i < shape.Layers.Count; i++)
        {
            var layer = shape.Layers[i];
            var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}.{2 * i}");
            yield return new SafetensorsTensor(name + ".weight", [layer.Outputs, layer.Inputs], Turned(layer, parameters.Span));
            yield return new SafetensorsTensor(name + ".bias", [layer.Outputs], parameters.Span.Slice(layer.BiasOffset, layer.Outputs).ToArray());
        }
    }

    /// <summary>
    /// The hash of a policy's weights: SHA-256, lower-case hexadecimal, of the numbers of its tensors as little-endian IEEE 754 singles, one tensor after
    /// the other in the order of <see cref="Of"/>. In an exported file these bytes come first after the header.
    /// </summary>
    /// <param name="policy">The policy's network.</param>
    /// <param name="parameters">Its flat parameters; those of a critic may follow and do not count.</param>
    public static string Hash(MlpShape policy, ReadOnlyMemory<float> parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in Of("", policy, parameters))
        {
            var bytes = new byte[sizeof(float) * tensor.Values.Length];
            for (var i = 0; i < tensor.Values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(sizeof(float) * i), tensor.Values[i]);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The beginning of a hash, as people are shown it; the whole hash is in JSON.</summary>
    public static string Shown(string? hash) => hash is null ? "unknown" : hash[..Math.Min(ShownDigits, hash.Length)];

    private static float[] Turned(LinearLayer layer, ReadOnlySpan<float> parameters)
    {
        var weights = parameters.Slice(layer.WeightOffset, layer.WeightCount);
        var turned = new float[layer.WeightCount];
        for (var input = 0; input < layer.Inputs; input++)
        {
            for (var output = 0; output < layer.Outputs; output++)
                turned[output * layer.Inputs + input] = weights[input * layer.Outputs + output];
        }

        return turned;
    }
}
