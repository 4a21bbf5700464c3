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
    /// The tensors of a network. A perceptron's are for nn.Sequential(Linear, nonlinearity, Linear, ...), or nn.Sequential(Linear, LayerNorm,
    /// nonlinearity, Linear, ...): named by the number of their module, weights [outputs, inputs], a bias after its weights. With memory
    /// the hidden layers are such a sequence "body" with a nonlinearity at its end, followed by nn.GRU "gru" (weight_ih_l0, bias_ih_l0, weight_hh_l0,
    /// bias_hh_l0) and nn.Linear "head".
    /// </summary>
    /// <param name="prefix">What their names begin with, for example "policy".</param>
    /// <param name="shape">The network.</param>
    /// <param name="parameters">[shape.ParameterCount] its flat parameters.</param>
    public static IEnumerable<SafetensorsTensor> Of(string prefix, NetworkShape shape, ReadOnlyMemory<float> parameters)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var body = shape.Body;
        var hidden = shape.Gru > 0 ? prefix + ".body" : prefix;
        var modules = body.LayerNorm ? 3 : 2;
        for (var i = 0; i < body.Layers.Count; i++)
        {
            var gates = shape.Gru > 0 && i == body.Layers.Count - 1;
            foreach (var tensor in Linear(gates ? prefix + ".gru" : Numbered(hidden, modules * i), gates ? "_ih_l0" : "", body.Layers[i], parameters)) yield return tensor;
            if (i >= body.Norms.Count) continue;
            var (norm, name) = (body.Norms[i], Numbered(hidden, (modules * i) + 1));
            yield return Vector(name + ".weight", parameters.Slice(norm.ScaleOffset, norm.Width));
            yield return Vector(name + ".bias", parameters.Slice(norm.ShiftOffset, norm.Width));
        }

        if (shape.Head is null) yield break;
        foreach (var tensor in Linear(prefix + ".gru", "_hh_l0", shape.Recurrence, parameters)) yield return tensor;
        foreach (var tensor in Linear(prefix + ".head", "", shape.Head.Layers[0], parameters[shape.HeadOffset..])) yield return tensor;
    }

    /// <summary>
    /// The tensors of an actor, in the order of its flat vector: of the policy "policy", of the critic "critic", and where values are normalised "values.normaliser" with the numbers of
    /// its <see cref="ValueNormaliser"/>.
    /// </summary>
    /// <param name="prefix">What their names begin with.</param>
    /// <param name="shape">The actor.</param>
    /// <param name="parameters">[shape.ParameterCount] its flat parameters, or what is laid out like them.</param>
    public static IEnumerable<SafetensorsTensor> OfActor(string prefix, ActorShape shape, ReadOnlyMemory<float> parameters)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var policy = shape.Policy.ParameterCount;
        foreach (var tensor in Of(prefix + "policy", shape.Policy, parameters[..policy])) yield return tensor;
        foreach (var tensor in Of(prefix + "critic", shape.Critic, parameters[policy..])) yield return tensor;
        if (shape.NormalisesValues) yield return Vector(prefix + "values.normaliser", parameters[shape.NetworkParameters..]);
    }

    /// <summary>
    /// The hash of a policy's weights: SHA-256, lower-case hexadecimal, of the numbers of its tensors as little-endian IEEE 754 singles, one tensor after
    /// the other in the order of <see cref="Of"/>. In an exported file these bytes come first after the header.
    /// </summary>
    /// <param name="policy">The policy's network.</param>
    /// <param name="parameters">Its flat parameters; those of a critic may follow and do not count.</param>
    public static string Hash(NetworkShape policy, ReadOnlyMemory<float> parameters)
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

    private static string Numbered(string name, int module) => string.Create(CultureInfo.InvariantCulture, $"{name}.{module}");

    private static SafetensorsTensor Vector(string name, ReadOnlyMemory<float> values) => new(name, [values.Length], values.ToArray());

    private static IEnumerable<SafetensorsTensor> Linear(string name, string suffix, LinearLayer layer, ReadOnlyMemory<float> parameters)
    {
        yield return new SafetensorsTensor($"{name}.weight{suffix}", [layer.Outputs, layer.Inputs], Turned(layer, parameters.Span));
        yield return Vector($"{name}.bias{suffix}", parameters.Slice(layer.BiasOffset, layer.Outputs));
    }

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
