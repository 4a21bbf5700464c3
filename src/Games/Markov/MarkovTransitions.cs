using System.Runtime.InteropServices;

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

/// <summary>
/// Builds <see cref="MarkovTransitions"/> row by row: the rows of state 0 for all joint actions in order, then those of state 1, and
/// so on. The number of states is the number of rows over the number of joint actions, so it need not be known beforehand.
/// </summary>
public sealed class MarkovTransitionsBuilder
{
    /// <summary>A row whose sum is this close to 1 counts as 1 and is scaled to it; one that is farther above is an error.</summary>
    internal const double Rounding = 1e-9;

    private readonly int _jointActions;
    private readonly List<int> _starts = [0];
    private readonly List<int> _successors = [];
    private readonly List<double> _probabilities = [];

    /// <summary>Starts with no rows.</summary>
    /// <param name="jointActions">Number of joint actions of every state, at least 1.</param>
    public MarkovTransitionsBuilder(int jointActions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(jointActions);
        _jointActions = jointActions;
    }

    /// <summary>Adds a successor to the present row. A successor given twice has the sum of both; probability 0 adds nothing.</summary>
    /// <param name="successor">State that may follow, from 0.</param>
    /// <param name="probability">0 to 1.</param>
    /// <exception cref="ArgumentException">A number is out of range; the message names the row.</exception>
    public void Add(int successor, double probability)
    {
        // Row is a text of its own: not to be made for every entry.
        if (successor < 0 || !(probability >= 0 && probability <= 1 + Rounding))
        {
            Texts.Require(successor >= 0, nameof(successor), $"of {Row} must not be negative, not {successor}");
            throw Texts.Error(nameof(probability), $"of {Row} must be between 0 and 1, not {probability}");
        }

        if (probability == 0) return;
        _successors.Add(successor);
        _probabilities.Add(probability);
    }

    /// <summary>Ends the present row. What its sum lacks to 1 is the probability that the play ends; an empty row ends it surely.</summary>
    /// <exception cref="ArgumentException">The probabilities sum to more than 1; the message names the row.</exception>
    public void EndRow()
    {
        var start = _starts[^1];
        var successors = CollectionsMarshal.AsSpan(_successors)[start..];
        var probabilities = CollectionsMarshal.AsSpan(_probabilities)[start..];
        successors.Sort(probabilities);
        var kept = 0;
        var sum = 0.0;
        for (var k = 0; k < successors.Length; k++)
        {
            sum += probabilities[k];
            if (kept > 0 && successors[kept - 1] == successors[k])
            {
                probabilities[kept - 1] += probabilities[k];
                continue;
            }

            (successors[kept], probabilities[kept]) = (successors[k], probabilities[k]);
            kept++;
        }

        if (sum > 1 + Rounding) throw Texts.Error("probabilities", $"of {Row} sum to {sum}; they must sum to at most 1, the rest being the probability of an end");
        if (sum >= 1 - Rounding)
        {
            for (var k = 0; k < kept; k++) probabilities[k] /= sum;
        }

        CollectionsMarshal.SetCount(_successors, start + kept);
        CollectionsMarshal.SetCount(_probabilities, start + kept);
        _starts.Add(start + kept);
    }

    /// <summary>The transitions of all rows so far.</summary>
    /// <exception cref="ArgumentException">The rows do not fill whole states, or a successor has no rows of its own.</exception>
    public MarkovTransitions Build()
    {
        var rows = _starts.Count - 1;
        Texts.Require(rows > 0 && rows % _jointActions == 0, "rows", $"there are {rows}; every state needs {_jointActions}, one for each joint action, and there must be a state");
        Texts.Require(_starts[^1] == _successors.Count, "rows", $"the last one is not ended; call EndRow");
        var states = rows / _jointActions;
        for (var row = 0; row < rows; row++)
        {
            // Successors are sorted, so that the last of a row is its largest.
            if (_starts[row] == _starts[row + 1]) continue;
            var last = _successors[_starts[row + 1] - 1];
            Texts.Require(last < states, "successor", $"{last} of state {row / _jointActions}, joint action {row % _jointActions} is not one of the {states} states");
        }

        return new MarkovTransitions(states, _jointActions, [.. _starts], [.. _successors], [.. _probabilities]);
    }

    private string Row => Texts.Invariant($"state {(_starts.Count - 1) / _jointActions}, joint action {(_starts.Count - 1) % _jointActions}");
}
