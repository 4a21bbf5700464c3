using System.Globalization;
using System.Security.Cryptography;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;

namespace Srpo.Experiments.Imports;

/// <summary>What a tensor of a file was read as, for people to look through.</summary>
/// <param name="Tensor">Its name in the file.</param>
/// <param name="Shape">Its shape there.</param>
/// <param name="ReadAs">What it became, "layer 1 weights, 64 to 6"; empty where the map does not name it.</param>
public sealed record ReadTensor(string Tensor, string Shape, string ReadAs);

/// <summary>A policy that another program has trained, read from its file.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Sha256">SHA-256 of all of its bytes, lower-case hexadecimal.</param>
/// <param name="Map">How it was read.</param>
/// <param name="Tensors">What every tensor was read as, those of the map in its order; of a graph its input and outputs.</param>
public abstract record ForeignPolicy(string File, string Sha256, PolicyMap Map, IReadOnlyList<ReadTensor> Tensors)
{
    /// <summary>The policy as it is played.</summary>
    public abstract ObservingPolicy Playing { get; }

    /// <summary>The hash of its weights, as everything that plays it names it.</summary>
    public abstract string Weights { get; }

    /// <summary>How many numbers it has learned.</summary>
    public abstract long ParameterCount { get; }

    /// <summary>What a population's settings say of its network.</summary>
    public abstract NetworkSettings Network { get; }

    /// <summary>Where it comes from, as a population keeps it.</summary>
    /// <param name="imported">When it was imported, as <see cref="ImportedPolicy"/> has it.</param>
    public abstract ImportedPolicy Source(string imported);

    /// <summary>The flat parameters of the agents that play with policies.</summary>
    /// <param name="policies">The policies, all of one kind and shape.</param>
    public static IReadOnlyList<float[]> Parameters(IReadOnlyList<ForeignPolicy> policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        var longest = policies.OfType<ForeignGraph>().Select(graph => graph.Content.Length).DefaultIfEmpty().Max();
        return [.. policies.Select(policy => policy is ForeignGraph graph ? PackedFile.Pack(graph.Content, longest) : policy.Playing.Parameters)];
    }

    /// <summary>The bytes of a file with their hash.</summary>
    private protected static (byte[] Bytes, string Sha256) Read(string path, string what, long most = long.MaxValue)
    {
        UserFile.Require(path, what);
        try
        {
            if (new FileInfo(path).Length is var length && length > most)
                throw new SrpoException(ErrorKind.Usage, string.Create(CultureInfo.InvariantCulture, $"the {what} {path} has {length} bytes; expected {most} at most"));
            var bytes = System.IO.File.ReadAllBytes(path);
            return (bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SrpoException(ErrorKind.Environment, $"the {what} {path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The length of an observation.</summary>
    /// <exception cref="SrpoException">The environment does not offer observations of the map's encoding.</exception>
    private protected static int InputsOf(PolicyMap map, EnvironmentInfo environment)
    {
        var inputs = environment.ObservationLengths[(int)map.Encoding];
        return inputs > 0 ? inputs : throw new SrpoException(
            ErrorKind.Usage, $"{environment.Name} {environment.Variant} does not offer observations as '{map.Encoding}'; it offers {string.Join(", ", Enum.GetValues<ObservationEncoding>().Where(known => environment.ObservationLengths[(int)known] > 0))}");
    }
}
