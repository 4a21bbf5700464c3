using System.Text.RegularExpressions;

namespace Srpo.Learning.Devices;

/// <summary>How numbers are rounded before they are multiplied on a device. Sums are always of single precision.</summary>
public enum DevicePrecision
{
    /// <summary>Single precision throughout.</summary>
    Float32 = 0,

    /// <summary>GPUs round factors of products to 10 bits.</summary>
    Tf32 = 1,

    /// <summary>Factors of products are rounded to 7 bits.</summary>
    Bf16 = 2,
}

/// <summary>
/// The name of a device as settings and keys of learners have it, taken apart: a backend, for some with a place, and a precision other
/// than single: `cpu`, `torch`, `torch:cpu`, `torch:cuda:1`, `torch:cuda+tf32`.
/// </summary>
/// <param name="Backend">What does the arithmetic.</param>
/// <param name="Place">"cpu" or "cuda"; null for the best that there is.</param>
/// <param name="Index">Which GPU; null for all in turn.</param>
/// <param name="Precision">How factors are rounded.</param>
public sealed partial record DeviceName(string Backend, string? Place = null, int? Index = null, DevicePrecision Precision = DevicePrecision.Float32)
{
    /// <summary>The backend that is libtorch.</summary>
    public const string Torch = "torch";

    /// <summary>How names of the backend with places can be written.</summary>
    public const string TorchForms = "torch, torch:cpu, torch:cuda or torch:cuda:N, each also with +tf32 or +bf16";

    /// <summary>Whether a name is one of libtorch.</summary>
    public static bool IsTorch(string? name) => TryParseTorch(name) is not null;

    /// <summary>A name of libtorch, taken apart; null for any other text.</summary>
    public static DeviceName? TryParseTorch(string? name)
    {
        if (name is null || TorchName().Match(name) is not { Success: true } match) return null;
        return new DeviceName(
            Torch, match.Groups["place"] is { Success: true } place ? place.Value : null,
            match.Groups["index"] is { Success: true } index ? int.Parse(index.ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : null,
            match.Groups["precision"].Value switch { "tf32" => DevicePrecision.Tf32, "bf16" => DevicePrecision.Bf16, _ => DevicePrecision.Float32 });
    }

    [GeneratedRegex(@"^torch(:(?<place>cpu)|:(?<place>cuda)(:(?<index>0|[1-9][0-9]?))?)?(\+(?<precision>tf32|bf16))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex TorchName();
}
