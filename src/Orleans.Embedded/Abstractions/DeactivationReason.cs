namespace Orleans;

/// <summary>Why an activation ends. As in Orleans.</summary>
public readonly struct DeactivationReason
{
    /// <summary>Creates a reason without an exception.</summary>
    /// <param name="code">The kind of reason.</param>
    /// <param name="text">An explanation.</param>
    public DeactivationReason(DeactivationReasonCode code, string text)
        : this(code, null, text)
    {
    }

    /// <summary>Creates a reason.</summary>
    /// <param name="code">The kind of reason.</param>
    /// <param name="exception">What failed, if something did.</param>
    /// <param name="text">An explanation.</param>
    public DeactivationReason(DeactivationReasonCode code, Exception? exception, string text)
    {
        ReasonCode = code;
        Exception = exception;
        Description = text;
    }

    /// <summary>An explanation.</summary>
    public string Description { get; }

    /// <summary>The kind of reason.</summary>
    public DeactivationReasonCode ReasonCode { get; }

    /// <summary>What failed, if something did.</summary>
    public Exception? Exception { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        Exception is null ? $"{ReasonCode}: {Description}" : $"{ReasonCode}: {Description} Exception: {Exception}";
}
