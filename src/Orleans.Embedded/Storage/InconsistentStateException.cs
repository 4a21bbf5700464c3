using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>
/// The stored record is not the one that the grain knows. As in Orleans, the activation that fails with it is deactivated,
/// so that the next call reads the record again.
/// </summary>
[GenerateSerializer]
public class InconsistentStateException : OrleansException
{
    /// <summary>Creates the exception.</summary>
    public InconsistentStateException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened.</param>
    public InconsistentStateException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">The cause.</param>
    public InconsistentStateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="errorMsg">What happened.</param>
    /// <param name="storedEtag">The version in the store.</param>
    /// <param name="currentEtag">The version that the grain knows.</param>
    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
        : this(errorMsg, storedEtag, currentEtag, null)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="errorMsg">What happened.</param>
    /// <param name="storedEtag">The version in the store.</param>
    /// <param name="currentEtag">The version that the grain knows.</param>
    /// <param name="storageException">The cause.</param>
    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
        : base(errorMsg, storageException!)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    /// <summary>The version in the store.</summary>
    [Id(1)]
    public string? StoredEtag { get; private set; }

    /// <summary>The version that the grain knows.</summary>
    [Id(2)]
    public string? CurrentEtag { get; private set; }

    // Only the activation whose own store refused is out of date; a caller that sees the exception pass by is not.
    [Id(0)]
    internal bool IsSourceActivation { get; set; } = true;

    /// <inheritdoc/>
    public override string ToString() => $"{base.ToString()} (stored version {StoredEtag ?? "none"}, known version {CurrentEtag ?? "none"})";
}
