using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Markov;

/// <summary>
/// Values of player i with policy pi_i against a given adversary p_i that stands in for the others, regularisers inside (Qu et al.,
/// arXiv 2602.21515, appendix C; theory.md section 4):
/// V(s) = E_{a~pi_i, b~p_i} [r_i + gamma E V(s')] + (1/tau) KL(p_i || pi_-i)(s) - eps nu(pi_i)(s), nu the negative entropy.
/// </summary>
public sealed class RegularisedValues
{
    private readonly double[] _values;
    private readonly double[] _q;
    private readonly Lazy<double[]> _visitation;

    private RegularisedValues(MarkovGame game, int player, MarkovPolicy policy, MarkovPolicy reference, MarkovPolicy adversary, double tau, double epsilon)
    {
        (Game, Player, Policy, Reference, Adversary, Tau, Epsilon) = (game, player, policy, reference, adversary, tau, epsilon);
        var chain = StateChain.Of(game, player, policy, adversary);
        _values = Solve(chain, game, player, policy, reference, adversary, tau, epsilon, guess: null);
        _q = new double[game.States * game.JointActions];
        for (var state = 0; state < game.States; state++)
            StageGame.Fill(game, player, state, game.Discount, _values, _q.AsSpan(state * game.JointActions, game.JointActions));
        _visitation = new Lazy<double[]>(() => chain.Solve([.. game.Initial.Select(p => (1 - game.Discount) * p)], transposed: true));
        Return = SoftMath.Dot(_values, game.Initial.AsSpan());
    }

    /// <summary>The game.</summary>
    public MarkovGame Game { get; }

    /// <summary>The player, from 0.</summary>
    public int Player { get; }

    /// <summary>pi_i.</summary>
    public MarkovPolicy Policy { get; }

    /// <summary>pi_-i, the product of the others' policies.</summary>
    public MarkovPolicy Reference { get; }

    /// <summary>p_i, over the others' joint actions.</summary>
    public MarkovPolicy Adversary { get; }

    /// <summary>Risk aversion.</summary>
    public double Tau { get; }

    /// <summary>Bounded rationality.</summary>
    public double Epsilon { get; }

    /// <summary>J_i, the mean of <see cref="Values"/> over the first state.</summary>
    public double Return { get; }

    /// <summary>[states] V_i.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>
    /// [states] d, the discounted visitation (1 - gamma) sum_t gamma^t P(s_t = s) of policy and adversary. It sums to 1 where no play
    /// ends and to less where plays end.
    /// </summary>
    public ReadOnlySpan<double> Visitation => _visitation.Value;

    /// <summary>[own actions x others' joint actions] Q_i of a state: r_i + gamma E V_i(s').</summary>
    /// <param name="state">From 0.</param>
    public ReadOnlySpan<double> Q(int state) => _q.AsSpan(state * Game.JointActions, Game.JointActions);

    /// <summary>
    /// Advantage of a joint action with the regularisers of the present pair inside:
    /// Q_i(s, a, b) + (1/tau) log(p_i(b|s) / pi_-i(b|s)) - eps log pi_i(a|s) - V_i(s); its mean over policy and adversary is 0.
    /// The adversary's term is 0 at tau = 0 and for a b that neither distribution plays. Infinite for an action or b of probability 0.
    /// </summary>
    /// <param name="state">From 0.</param>
    /// <param name="action">The player's action.</param>
    /// <param name="others">The others' joint action.</param>
    public double Advantage(int state, int action, int others)
    {
        var p = Adversary.Row(state)[others];
        var reference = Reference.Row(state)[others];
        var adversary = Tau == 0 || (p == 0 && reference == 0) ? 0 : Math.Log(p / reference) / Tau;
        var agent = Epsilon == 0 ? 0 : Epsilon * Math.Log(Policy.Row(state)[action]);
        return Q(state)[(action * Adversary.Actions) + others] + adversary - agent - _values[state];
    }

    /// <summary>Evaluates a player's policy against an adversary: exactly, by one linear system over the states.</summary>
    /// <param name="game">The game.</param>
    /// <param name="policies">[players] policies; the player's is evaluated, the others' product is the adversary's reference.</param>
    /// <param name="player">From 0.</param>
    /// <param name="adversary">p_i, over the others' joint actions; it plays nothing that the others never play.</param>
    /// <param name="tau">Risk aversion, at least 0. At 0 the divergence weighs infinitely: the adversary must equal the reference.</param>
    /// <param name="epsilon">Bounded rationality, at least 0.</param>
    /// <exception cref="ArgumentException">A policy or number does not fit; the message names it.</exception>
    public static RegularisedValues Evaluate(
        MarkovGame game, IReadOnlyList<MarkovPolicy> policies, int player, MarkovPolicy adversary, double tau, double epsilon)
    {
        MarkovChecks.Risk(tau, epsilon);
        var reference = MarkovPolicy.OfOthers(game, policies, player);
        MarkovChecks.Policy(game, adversary, reference.Actions, nameof(adversary));
        Texts.Require(tau > 0 || adversary.Distance(reference) <= 1e-9, nameof(adversary), $"must equal the others' policies at tau = 0, where any divergence weighs infinitely");
        for (var state = 0; state < game.States; state++)
        {
            for (var b = 0; b < reference.Actions; b++)
            {
                if (reference.Row(state)[b] > 0 || adversary.Row(state)[b] == 0) continue;
                throw Texts.Error(
                    nameof(adversary), $"plays the others' joint action {b} in state {state}, which they never play: its divergence is infinite");
            }
        }

        return new RegularisedValues(game, player, policies[player], reference, adversary, tau, epsilon);
    }

    /// <summary>The same with the adversary that plays as the others do: their policies taken at their word.</summary>
    /// <param name="game">The game.</param>
    /// <param name="policies">[players] policies.</param>
    /// <param name="player">From 0.</param>
    /// <param name="epsilon">Bounded rationality, at least 0.</param>
    /// <exception cref="ArgumentException">A policy or number does not fit; the message names it.</exception>
    public static RegularisedValues Evaluate(MarkovGame game, IReadOnlyList<MarkovPolicy> policies, int player, double epsilon = 0)
    {
        MarkovChecks.Risk(0, epsilon);
        var reference = MarkovPolicy.OfOthers(game, policies, player);
        return new RegularisedValues(game, player, policies[player], reference, reference, 0, epsilon);
    }

    /// <summary>The same for changed policy or adversary, unchecked: what the performance difference lemmas compare with.</summary>
    internal RegularisedValues With(MarkovPolicy policy, MarkovPolicy adversary) => new(Game, Player, policy, Reference, adversary, Tau, Epsilon);

    /// <summary>Values of policy against adversary; <paramref name="chain"/> is theirs.</summary>
    internal static double[] Solve(
        StateChain chain,
        MarkovGame game,
        int player,
        MarkovPolicy policy,
        MarkovPolicy reference,
        MarkovPolicy adversary,
        double tau,
        double epsilon,
        double[]? guess)
    {
        var right = new double[game.States];
        var jointOf = game.JointOf(player);
        for (var state = 0; state < right.Length; state++)
        {
            var rewards = game.Rewards(player).Slice(state * game.JointActions, game.JointActions);
            var own = policy.Row(state);
            var other = adversary.Row(state);
            var sum = 0.0;
            for (var a = 0; a < own.Length; a++)
            {
                for (var b = 0; b < other.Length; b++) sum += own[a] * other[b] * rewards[jointOf[(a * other.Length) + b]];
            }

            if (tau > 0) sum += SoftMath.Divergence(other, reference.Row(state)) / tau;
            if (epsilon > 0) sum -= epsilon * SoftMath.NegativeEntropy(own);
            right[state] = sum;
        }

        return chain.Solve(right, guess: guess);
    }
}

/// <summary>
/// The Markov chain of states that a policy and an adversary make, stored by rows, with exact solutions of
/// (I - gamma P) x = b and of its transpose: dense elimination for few states, BiCGSTAB with checked residual for many.
/// </summary>
internal sealed class StateChain
{
    /// <summary>Most states that are solved by dense elimination.</summary>
    internal const int DenseStates = 128;

    private readonly double _discount;
    private readonly int[] _starts;
    private readonly int[] _columns;
    private readonly double[] _values;

    private StateChain(double discount, int[] starts, int[] columns, double[] values) =>
        (_discount, _starts, _columns, _values) = (discount, starts, columns, values);

    private int States => _starts.Length - 1;

    /// <summary>The chain of a player's policy and her adversary's.</summary>
    internal static StateChain Of(MarkovGame game, int player, MarkovPolicy policy, MarkovPolicy adversary)
    {
        var starts = new int[game.States + 1];
        var columns = new List<int>();
        var values = new List<double>();
        var weights = new double[game.States];
        var touched = new List<int>();
        var jointOf = game.JointOf(player);
        var others = adversary.Actions;
        for (var state = 0; state < game.States; state++)
        {
            var own = policy.Row(state);
            var other = adversary.Row(state);
            for (var a = 0; a < own.Length; a++)
            {
                for (var b = 0; b < others; b++)
                {
                    var weight = own[a] * other[b];
                    if (weight == 0) continue;
                    var joint = jointOf[(a * others) + b];
                    var successors = game.Transitions.Successors(state, joint);
                    var probabilities = game.Transitions.Probabilities(state, joint);
                    for (var k = 0; k < successors.Length; k++)
                    {
                        if (weights[successors[k]] == 0) touched.Add(successors[k]);
                        weights[successors[k]] += weight * probabilities[k];
                    }
                }
            }

            foreach (var next in touched)
            {
                // A weight that underflowed to 0 may be listed twice.
                if (weights[next] == 0) continue;
                columns.Add(next);
                values.Add(weights[next]);
                weights[next] = 0;
            }

            touched.Clear();
            starts[state + 1] = columns.Count;
        }

        return new StateChain(game.Discount, starts, [.. columns], [.. values]);
    }

    /// <summary>Solves (I - gamma P) x = b, or (I - gamma P)^T x = b.</summary>
    /// <param name="right">b, one entry a state.</param>
    /// <param name="transposed">Whether the matrix is transposed.</param>
    /// <param name="guess">Where an iteration begins; null for b.</param>
    internal double[] Solve(double[] right, bool transposed = false, double[]? guess = null)
    {
        if (_discount == 0) return [.. right];
        return States <= DenseStates ? SolveDense(right, transposed) : new SparseSolver(this, transposed).Solve(right, guess ?? right);
    }

    /// <summary>y = (I - gamma P) x, or with the transpose.</summary>
    internal void Apply(ReadOnlySpan<double> x, Span<double> y, bool transposed)
    {
        if (transposed)
        {
            x.CopyTo(y);
            for (var state = 0; state < States; state++)
            {
                var weight = _discount * x[state];
                for (var k = _starts[state]; k < _starts[state + 1]; k++) y[_columns[k]] -= weight * _values[k];
            }

            return;
        }

        for (var state = 0; state < States; state++)
        {
            var sum = 0.0;
            for (var k = _starts[state]; k < _starts[state + 1]; k++) sum += _values[k] * x[_columns[k]];
            y[state] = x[state] - (_discount * sum);
        }
    }

    private double[] SolveDense(double[] right, bool transposed)
    {
        var matrix = Matrix<double>.Build.DenseIdentity(States);
        for (var state = 0; state < States; state++)
        {
            for (var k = _starts[state]; k < _starts[state + 1]; k++)
            {
                var (row, column) = transposed ? (_columns[k], state) : (state, _columns[k]);
                matrix[row, column] -= _discount * _values[k];
            }
        }

        return matrix.LU().Solve(Vector<double>.Build.Dense(right)).ToArray();
    }
}
