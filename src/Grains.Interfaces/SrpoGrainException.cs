namespace Srpo.Grains.Interfaces;

/// <summary>A request that a grain refuses or cannot fulfil. The message is meant for the user and says what to do.</summary>
[GenerateSerializer, Alias("srpo.SrpoGrainException")]
public class SrpoGrainException : Exception
{
    /// <summary>An exception with a message.</summary>
    public SrpoGrainException(string message) : base(message) { }

    /// <summary>An exception with a message and a cause.</summary>
    public SrpoGrainException(string message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>A grain key of the wrong form.</summary>
[GenerateSerializer, Alias("srpo.GrainKeyException")]
public sealed class GrainKeyException : SrpoGrainException
{
    /// <summary>An exception with a message.</summary>
    public GrainKeyException(string message) : base(message) { }
}

/// <summary>The grain exists by name only: nothing was ever stored under its key.</summary>
[GenerateSerializer, Alias("srpo.UnknownGrainException")]
public sealed class UnknownGrainException : SrpoGrainException
{
    /// <summary>An exception with a message.</summary>
    public UnknownGrainException(string message) : base(message) { }
}

/// <summary>Stored state that cannot be read: truncated, altered, or of an unknown version. Names the file or row.</summary>
[GenerateSerializer, Alias("srpo.CorruptStateException")]
public sealed class CorruptStateException : SrpoGrainException
{
    /// <summary>An exception with a message.</summary>
    public CorruptStateException(string message) : base(message) { }

    /// <summary>An exception with a message and a cause.</summary>
    public CorruptStateException(string message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>Training gave infinite parameters or some that are not a number. It would do so again: the settings must change.</summary>
[GenerateSerializer, Alias("srpo.TrainingDivergedException")]
public sealed class TrainingDivergedException : SrpoGrainException
{
    /// <summary>An exception with a message.</summary>
    public TrainingDivergedException(string message) : base(message) { }
}
