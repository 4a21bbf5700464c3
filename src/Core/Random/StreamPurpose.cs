namespace Srpo.Core.Random;

/// <summary>
/// What the draws of a stream are for. The number is part of every stream's key and of recorded results: never reuse or
/// renumber one.
/// </summary>
public enum StreamPurpose : byte
{
    /// <summary>Initial network parameters; the lane tells agent or adversary, seat, actor or critic.</summary>
    Initialisation = 1,

    /// <summary>Start states of episodes during training.</summary>
    Reset = 2,

    /// <summary>Transitions of the environment during training.</summary>
    Dynamics = 3,

    /// <summary>Actions sampled from policies during training.</summary>
    Action = 4,

    /// <summary>Order of samples in minibatches.</summary>
    Minibatch = 5,

    /// <summary>Start states of evaluation episodes on learning curves.</summary>
    CurveReset = 6,

    /// <summary>Transitions in evaluation episodes on learning curves.</summary>
    CurveDynamics = 7,

    /// <summary>Actions in evaluation episodes on learning curves.</summary>
    CurveAction = 8,

    /// <summary>Start states of cross-play matches.</summary>
    MatchReset = 9,

    /// <summary>Transitions in cross-play matches.</summary>
    MatchDynamics = 10,

    /// <summary>Actions in cross-play matches.</summary>
    MatchAction = 11,

    /// <summary>Resampling for bootstrap intervals.</summary>
    Bootstrap = 12,

    /// <summary>Draws of tests and tools that belong to no run.</summary>
    Tooling = 13,

    /// <summary>Starts of the search for a game's equilibria.</summary>
    EquilibriumSearch = 14,

    /// <summary>Who sits where in a lane during training, where that is drawn.</summary>
    Casting = 15,

    /// <summary>Who sits where on learning curves, where that is drawn.</summary>
    CurveCasting = 16,

    /// <summary>Tokens of responses during training.</summary>
    ResponseToken = 17,

    /// <summary>Tokens of responses on learning curves.</summary>
    CurveToken = 18,

    /// <summary>Tokens of responses in cross-play matches.</summary>
    MatchToken = 19,

    /// <summary>Which questions a batch takes.</summary>
    QuestionOrder = 20,

    /// <summary>Numbers and words of questions that are generated.</summary>
    QuestionText = 21,

    /// <summary>Which debater is the adversary, where that is drawn.</summary>
    DebateSeat = 22,
}
