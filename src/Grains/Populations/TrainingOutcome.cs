namespace Srpo.Grains;

/// <summary>How a training session ended.</summary>
internal enum TrainingOutcome
{
    /// <summary>Every team has played all rounds.</summary>
    Finished,

    /// <summary>It was asked to stop.</summary>
    Stopped,

    /// <summary>A team failed for good.</summary>
    Failed,
}
