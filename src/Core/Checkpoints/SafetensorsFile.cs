using Srpo.Core.Errors;

namespace Srpo.Core.Checkpoints;

/// <summary>A tensor of 32-bit floats.</summary>
/// <param name="Name">Its name, unique in a file.</param>
/// <param name="Shape">Its dimensions, outermost first; empty for a single number.</param>
/// <param name="Values">The numbers, row-major.</param>
public sealed record SafetensorsTensor(string Name, IReadOnlyList<int> Shape, float[] Values);

/// <summary>The content of a safetensors file: named tensors and a map of texts.</summary>
/// <param name="Tensors">The tensors, in the order of their data.</param>
/// <param name="Metadata">The texts.</param>
public sealed record SafetensorsFile(IReadOnlyList<SafetensorsTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The tensor of a name.</summary>
    /// <exception cref="SafetensorsException">There is none.</exception>
    public SafetensorsTensor this[string name] =>
        Tensors.FirstOrDefault(tensor => tensor.Name == name) ?? throw new SafetensorsException($"there is no tensor '{name}'");
}

/// <summary>A safetensors file that cannot be used. The message names the file, the field and what is wrong.</summary>
public sealed class SafetensorsException : SrpoException
{
    /// <summary>An exception with a message.</summary>
    public SafetensorsException(string message) : base(ErrorKind.Damaged, message) { }

    /// <summary>An exception with a message and a cause.</summary>
    public SafetensorsException(string message, Exception? innerException) : base(ErrorKind.Damaged, message, innerException) { }
}
