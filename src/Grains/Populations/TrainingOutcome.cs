namespace Srpo.Grains;

/// <summary>How a training session ended.</summary>
internal enum TrainingOutcome
{
    /// <summary>Every team has played all rounds or is in quarantine.</summary>
    Finished,

    /// <summary>It was asked to stop.</summary>
    Stopped,

    /// <summary>A team failed for good, or all are in quarantine.</summary>
    Failed,

    /// <summary>Another coordinator has taken over.</summary>
    Superseded,
}
