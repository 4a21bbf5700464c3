using System.Text.Json;

namespace Srpo.Grains.Storage;

/// <summary>Where and how <see cref="FileGrainStorage"/> keeps its files.</summary>
public sealed class FileStorageOptions
{
    /// <summary>The directory of this storage's files; it is made when the first state is written.</summary>
    public string Directory { get; set; } = "";

    /// <summary>
    /// A directory that only one process may write under, or null. The first write takes a lock there and the process keeps
    /// it; another process is refused with a clear message. Reading needs no lock. <value>null by default.</value>
    /// </summary>
    public string? ExclusiveRoot { get; set; }

    /// <summary>How states become JSON: numbers exact to the bit, not-a-number and infinities allowed.</summary>
    public JsonSerializerOptions Json { get; set; } = StateJson.States();
}
