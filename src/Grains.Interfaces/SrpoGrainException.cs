using Srpo.Core.Errors;

namespace Srpo.Grains.Interfaces;

/// <summary>A request that a grain refuses or cannot fulfil. The message is meant for the user and says what to do.</summary>
[GenerateSerializer, Alias("srpo.SrpoGrainException")]
public class SrpoGrainException : SrpoException
{
    /// <summary>A refusal: the request is at fault.</summary>
    public SrpoGrainException(string message) : base(ErrorKind.Usage, message) { }

    /// <summary>A refusal with a cause, whose kind it has where that has one.</summary>
    public SrpoGrainException(string message, Exception? innerException) : base(OfRefusal(innerException), message, innerException) { }

    /// <summary>A refusal of some kind.</summary>
    public SrpoGrainException(ErrorKind kind, string message, Exception? innerException = null) : base(kind, message, innerException) { }
}

/// <summary>A grain key of the wrong form.</summary>
[GenerateSerializer, Alias("srpo.GrainKeyException")]
public sealed class GrainKeyException : SrpoGrainException
{
    /// <summary>An exception with a message.</summary>
    public GrainKeyException(string message) : base(ErrorKind.Usage, message) { }
}

/// <summary>The grain exists by name only: nothing was ever stored under its key.</summary>
[GenerateSerializer, Alias("srpo.UnknownGrainException")]
public sealed class UnknownGrainException : SrpoGrainException
{
    /// <summary>An exception with a message.</summary>
    public UnknownGrainException(string message) : base(ErrorKind.NotFound, message) { }
}

/// <summary>Stored state that cannot be read: truncated, altered, or of an unknown version. Names the file or row.</summary>
[GenerateSerializer, Alias("srpo.CorruptStateException")]
public sealed class CorruptStateException : SrpoGrainException
{
    /// <summary>An exception with a message.</summary>
    public CorruptStateException(string message) : base(ErrorKind.Damaged, message) { }

    /// <summary>An exception with a message and a cause.</summary>
    public CorruptStateException(string message, Exception? innerException) : base(ErrorKind.Damaged, message, innerException) { }
}

/// <summary>
/// A request of a training session that is no longer the newest of its population: another coordinator has taken over, and
/// the one that sent the request must stop.
/// </summary>
[GenerateSerializer, Alias("srpo.StaleSessionException")]
public sealed class StaleSessionException : SrpoGrainException
{
    /// <summary>An exception with a message.</summary>
    public StaleSessionException(string message) : base(ErrorKind.Failed, message) { }
}

/// <summary>
/// An agent or adversary does not stand at the round of its team, for example because it was activated anew after its silo died.
/// Restoring the team mends it.
/// </summary>
[GenerateSerializer, Alias("srpo.TeamOutOfStepException")]
public sealed class TeamOutOfStepException : SrpoGrainException
{
    /// <summary>An exception with a message.</summary>
    public TeamOutOfStepException(string message) : base(ErrorKind.Failed, message) { }
}

/// <summary>Training gave infinite parameters or some that are not a number. It would do so again: the settings must change.</summary>
[GenerateSerializer, Alias("srpo.TrainingDivergedException")]
public sealed class TrainingDivergedException : SrpoGrainException
{
    /// <summary>An exception with a message.</summary>
    public TrainingDivergedException(string message) : base(ErrorKind.Failed, message) { }
}

/// <summary>
/// Storage did not answer for as long as its settings allow. Nothing is wrong with what is stored, and the same request may
/// succeed once storage answers again.
/// </summary>
[GenerateSerializer, Alias("srpo.StorageUnavailableException")]
public sealed class StorageUnavailableException : SrpoGrainException
{
    /// <summary>An exception with a message.</summary>
    public StorageUnavailableException(string message) : base(ErrorKind.Environment, message) { }

    /// <summary>An exception with a message and a cause.</summary>
    public StorageUnavailableException(string message, Exception? innerException) : base(ErrorKind.Environment, message, innerException) { }
}

/// <summary>
/// What was asked for has begun and takes longer than a caller should wait, for example because storage does not answer. It goes on; whoever
/// asks again finds it under way or done.
/// </summary>
[GenerateSerializer, Alias("srpo.WorkPendingException")]
public sealed class WorkPendingException : SrpoGrainException
{
    /// <summary>An exception with a message.</summary>
    public WorkPendingException(string message) : base(ErrorKind.Environment, message) { }
}
