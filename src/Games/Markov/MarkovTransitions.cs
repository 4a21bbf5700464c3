namespace Srpo.Games.Markov;

/// <summary>
/// Transition probabilities of a Markov game, stored by row: one row of successors for every state and joint action. What a row's
/// probabilities lack to 1 is the probability that the play ends there, with value 0 from then on. Immutable; made by
/// <see cref="MarkovTransitionsBuilder"/>.
/// </summary>
public sealed class MarkovTransitions
{
    private readonly int[] _starts;
    private readonly int[] _successors;
    private readonly double[] _probabilities;

    internal MarkovTransitions(int states, int jointActions, int[] starts, int[] successors, double[] probabilities)
    {
        States = states;
        JointActions = jointActions;
        _starts = starts;
        _successors = successors;
        _probabilities = probabilities;
    }

    /// <summary>Number of states.</summary>
    public int States { get; }

    /// <summary>Number of joint actions, numbered as in <see cref="MarkovGame"/>.</summary>
    public int JointActions { get; }

    /// <summary>Number of stored (state, joint action, successor) entries.</summary>
    public int Entries => _successors.Length;

    /// <summary>States that may follow, in rising order, each once.</summary>
    /// <param name="state">0 to <see cref="States"/> - 1.</param>
    /// <param name="joint">0 to <see cref="JointActions"/> - 1.</param>
    public ReadOnlySpan<int> Successors(int state, int joint)
    {
        var row = (state * JointActions) + joint;
        return _successors.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);
    }

    /// <summary>Probabilities of <see cref="Successors"/>, in the same order, each above 0.</summary>
    /// <param name="state">0 to <see cref="States"/> - 1.</param>
    /// <param name="joint">0 to <see cref="JointActions"/> - 1.</param>
    public ReadOnlySpan<double> Probabilities(int state, int joint)
    {
        var row = (state * JointActions) + joint;
        return _probabilities.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);
    }

    /// <summary>Probability that the play ends.</summary>
    /// <param name="state">0 to <see cref="States"/> - 1.</param>
    /// <param name="joint">0 to <see cref="JointActions"/> - 1.</param>
    public double EndProbability(int state, int joint)
    {
        var sum = 0.0;
        foreach (var probability in Probabilities(state, joint)) sum += probability;

        // Rows within rounding of 1 were scaled to 1 when they were made.
        return sum >= 1 - MarkovTransitionsBuilder.Rounding ? 0 : 1 - sum;
    }

    /// <summary>Expected value of the next state, 0 for an end.</summary>
    internal double Expect(int state, int joint, ReadOnlySpan<double> values)
    {
        var successors = Successors(state, joint);
        var probabilities = Probabilities(state, joint);
        var sum = 0.0;
        for (var k = 0; k < successors.Length; k++) sum += probabilities[k] * values[successors[k]];
        return sum;
    }
}
