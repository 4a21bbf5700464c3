using System.Collections.Immutable;

namespace Srpo.Games.Finite.Search;

/// <summary>
/// The equations of all RQE of a finite game (arXiv 2602.21515, section 3; theory.md sections 1 and 2) in log probabilities:
/// F_i(z) = z_i - log softmax(lambda_i U_i), lambda_i = 1/eps_i, U_i(a) = E_{p*_i}[u_i(a, .)], with p*_i the adversary of equation
/// (1) for pi = softmax(z). Reuses its buffers: one system per thread.
/// </summary>
/// <remarks>
/// z is a full list of log probabilities, without a reference action: a probability of 1e-40 is the number -92, with full relative
/// precision. F fixes the scale itself (its roots are normalised, since the subtracted term is), so the Jacobian is regular
/// wherever the equilibrium is.
/// </remarks>
internal sealed class RqeSystem
{
    private readonly RqePlayer[] _players;

    /// <summary>Makes the equations of a game.</summary>
    /// <param name="game">Any finite game.</param>
    /// <param name="risk">tau and eps of its players.</param>
    public RqeSystem(FiniteGame game, RiskProfile risk)
    {
        if (risk.Players != game.Players)
            throw new ArgumentException($"risk: has {risk.Players} players, the game {game.Players}; give every player a tau and an epsilon", nameof(risk));
        SolverLimits.Require(game, risk);
        Game = game;
        Tau = [.. risk.Tau];
        Lambda = [.. risk.Epsilon.Select(epsilon => 1 / epsilon)];
        Size = game.Actions.Sum();
        Offsets = new int[game.Players];
        for (var player = 1; player < game.Players; player++) Offsets[player] = Offsets[player - 1] + game.Actions[player - 1];
        _players = [.. Enumerable.Range(0, game.Players).Select(player => new RqePlayer(game, player))];
        LogProbabilities = new double[Size];
        Probabilities = new double[Size];
    }

    /// <summary>The game.</summary>
    public FiniteGame Game { get; }

    /// <summary>Number of unknowns: all players' actions together.</summary>
    public int Size { get; }

    /// <summary>[players] where every player's unknowns begin.</summary>
    public int[] Offsets { get; }

    /// <summary>[players] risk aversion; may be changed between evaluations.</summary>
    public double[] Tau { get; }

    /// <summary>[players] 1/eps; may be changed between evaluations.</summary>
    public double[] Lambda { get; }

    /// <summary>[Size] softmax of the unknowns last evaluated.</summary>
    public double[] Probabilities { get; }

    /// <summary>[Size] its logarithm.</summary>
    public double[] LogProbabilities { get; }

    /// <summary>The unit of a player's utilities: a power of two next to their range.</summary>
    public double Scale(int player) => _players[player].Scale;

    /// <summary>Largest range of utilities over eps, in units of <see cref="Scale"/>: how sharply the players respond.</summary>
    public double RangeOverEpsilon() => Enumerable.Range(0, _players.Length).Max(player => Lambda[player] * Scale(player));

    /// <summary>At least the largest tau times range of utilities: an adversary can make an action more likely by the exponential of it.</summary>
    public double TauTimesRange() => Enumerable.Range(0, _players.Length).Max(player => 2 * Tau[player] * Scale(player));

    /// <summary>F.</summary>
    /// <param name="z">[Size] log probabilities, not necessarily normalised.</param>
    /// <param name="residual">[Size] F(z).</param>
    public void Evaluate(ReadOnlySpan<double> z, Span<double> residual)
    {
        z.CopyTo(LogProbabilities);
        for (var player = 0; player < _players.Length; player++)
            Vectors.LogSoftmax(Part(LogProbabilities, player), Part(Probabilities, player));
        for (var player = 0; player < _players.Length; player++)
        {
            var reply = _players[player].Reply(this, Tau[player], Lambda[player]);
            for (var action = 0; action < reply.Length; action++) residual[Offsets[player] + action] = z[Offsets[player] + action] - reply[action];
        }
    }

    /// <summary>The Jacobian dF/dz where <see cref="Evaluate"/> was called last.</summary>
    /// <param name="jacobian">[Size x stride] row by row.</param>
    /// <param name="stride">Numbers in a row, at least Size; the rest of a row is left alone.</param>
    public void Jacobian(Span<double> jacobian, int stride)
    {
        for (var player = 0; player < _players.Length; player++)
            _players[player].JacobianRows(this, Tau[player], Lambda[player], jacobian, stride);
    }

    /// <summary>dF/dtau, all players' tau growing alike, where <see cref="Jacobian"/> was called last.</summary>
    /// <param name="derivative">[Size].</param>
    public void TauDerivative(Span<double> derivative)
    {
        for (var player = 0; player < _players.Length; player++)
            _players[player].TauDerivative(Lambda[player], derivative.Slice(Offsets[player], Game.Actions[player]));
    }

    /// <summary>dF/ds where lambda_i grows by rate_i ds, where <see cref="Evaluate"/> was called last.</summary>
    /// <param name="rates">[players].</param>
    /// <param name="derivative">[Size].</param>
    public void LambdaDerivative(ReadOnlySpan<double> rates, Span<double> derivative)
    {
        for (var player = 0; player < _players.Length; player++)
            _players[player].LambdaDerivative(rates[player], derivative.Slice(Offsets[player], Game.Actions[player]));
    }

    /// <summary>A player's part of a list over all players' actions.</summary>
    public Span<double> Part(double[] values, int player) => values.AsSpan(Offsets[player], Game.Actions[player]);

    /// <summary>[players][actions] strategies of log probabilities.</summary>
    public ImmutableArray<ImmutableArray<double>> Strategies(ReadOnlySpan<double> z)
    {
        var strategies = ImmutableArray.CreateBuilder<ImmutableArray<double>>(_players.Length);
        for (var player = 0; player < _players.Length; player++)
        {
            var logs = z.Slice(Offsets[player], Game.Actions[player]).ToArray();
            var probabilities = new double[logs.Length];
            Vectors.LogSoftmax(logs, probabilities);
            strategies.Add([.. probabilities]);
        }

        return strategies.MoveToImmutable();
    }
}

/// <summary>One player's equations within <see cref="RqeSystem"/>, with their derivatives by the chain rule.</summary>
internal sealed class RqePlayer
{
    private readonly int _player;
    private readonly int _actions;
    private readonly int _joint;
    private readonly double[] _utilities;
    private readonly double _scale;
    private readonly int[][] _othersActions;
    private readonly double[] _risk;
    private readonly double[] _adversaryLogs;
    private readonly double[] _adversary;
    private readonly double[] _values;
    private readonly double[] _reply;
    private readonly double[] _replyProbabilities;
    private readonly double[] _weighted;
    private readonly double[] _centred;
    private readonly double[] _mean;

    /// <summary>Lays the player's utilities out as a matrix in units of their range: rows her actions, columns the others' joint actions.</summary>
    public RqePlayer(FiniteGame game, int player)
    {
        _player = player;
        _actions = game.Actions[player];
        _joint = game.JointActions / _actions;
        (_utilities, _scale) = MixedProfile.Scaled(game, player);
        _othersActions = new int[game.Players][];
        var step = 1;
        for (var other = game.Players - 1; other >= 0; other--)
        {
            if (other == player) continue;
            var (width, count) = (step, game.Actions[other]);
            _othersActions[other] = [.. Enumerable.Range(0, _joint).Select(joint => joint / width % count)];
            step *= count;
        }

        _othersActions[player] = [];
        (_risk, _adversaryLogs, _adversary) = (new double[_joint], new double[_joint], new double[_joint]);
        (_values, _reply, _replyProbabilities) = (new double[_actions], new double[_actions], new double[_actions]);
        _weighted = new double[_actions * _joint];
        _centred = new double[_actions * _joint];
        _mean = new double[game.Actions.Sum()];
    }

    /// <summary>The unit of the player's utilities: a power of two next to their range.</summary>
    public double Scale => _scale;

    /// <summary>log softmax(lambda U) for the profile in the system.</summary>
    /// <returns>[actions], valid until the next call.</returns>
    public ReadOnlySpan<double> Reply(RqeSystem system, double tau, double lambda)
    {
        (tau, lambda) = (tau * _scale, lambda * _scale);
        SetAdversary(system, tau);
        for (var action = 0; action < _actions; action++)
        {
            _values[action] = Vectors.Dot(_utilities.AsSpan(action * _joint, _joint), _adversary);
            _reply[action] = lambda * _values[action];
        }

        Vectors.LogSoftmax(_reply, _replyProbabilities);
        return _reply;
    }

    /// <summary>The player's rows of dF/dz.</summary>
    public void JacobianRows(RqeSystem system, double tau, double lambda, Span<double> jacobian, int stride)
    {
        (tau, lambda) = (tau * _scale, lambda * _scale);
        var own = system.Part(system.Probabilities, _player);
        var (start, size) = (system.Offsets[_player], system.Size);
        // dU(a) is the adversary's covariance of u(a, .) with the change of her log weights: weights[a, b] = p(b) (u(a, b) - U(a)).
        for (var action = 0; action < _actions; action++)
        {
            for (var other = 0; other < _joint; other++)
            {
                var utility = _utilities[(action * _joint) + other];
                _weighted[(action * _joint) + other] = _adversary[other] * (utility - _values[action]);
                _centred[(action * _joint) + other] = own[action] * (utility - _risk[other]);
            }
        }

        for (var action = 0; action < _actions; action++)
        {
            var weights = _weighted.AsSpan(action * _joint, _joint);
            var row = jacobian.Slice((start + action) * stride, size);
            row.Clear();
            if (tau != 0)
            {
                for (var column = 0; column < _actions; column++)
                    row[start + column] = -tau * Vectors.Dot(weights, _centred.AsSpan(column * _joint, _joint));
            }

            for (var other = 0; other < _othersActions.Length; other++)
            {
                if (other == _player) continue;
                var block = row[system.Offsets[other]..];
                if (_othersActions.Length == 2) weights.CopyTo(block);
                else for (var joint = 0; joint < _joint; joint++) block[_othersActions[other][joint]] += weights[joint];
            }
        }

        var mean = _mean.AsSpan(0, size);
        mean.Clear();
        for (var action = 0; action < _actions; action++)
            Vectors.AddScaled(mean, _replyProbabilities[action], jacobian.Slice((start + action) * stride, size));
        for (var action = 0; action < _actions; action++)
        {
            var row = jacobian.Slice((start + action) * stride, size);
            for (var column = 0; column < size; column++) row[column] = -lambda * (row[column] - mean[column]);
            row[start + action] += 1;
        }
    }

    /// <summary>The player's rows of dF/dtau.</summary>
    public void TauDerivative(double lambda, Span<double> derivative)
    {
        for (var action = 0; action < _actions; action++)
            derivative[action] = -Vectors.Dot(_weighted.AsSpan(action * _joint, _joint), _risk);
        var mean = Vectors.Dot(derivative, _replyProbabilities);
        // Both tau and lambda are in units of the game, the rest in the player's own.
        for (var action = 0; action < _actions; action++) derivative[action] = -lambda * _scale * _scale * (derivative[action] - mean);
    }

    /// <summary>The player's rows of dF/ds for lambda growing by rate ds.</summary>
    public void LambdaDerivative(double rate, Span<double> derivative)
    {
        var mean = Vectors.Dot(_values, _replyProbabilities);
        for (var action = 0; action < _actions; action++) derivative[action] = -rate * _scale * (_values[action] - mean);
    }

    private void SetAdversary(RqeSystem system, double tau)
    {
        var own = system.Part(system.Probabilities, _player);
        Array.Clear(_risk);
        for (var action = 0; action < _actions; action++)
            Vectors.AddScaled(_risk, own[action], _utilities.AsSpan(action * _joint, _joint));
        if (_othersActions.Length == 2)
        {
            if (tau == 0)
            {
                system.Part(system.Probabilities, 1 - _player).CopyTo(_adversary);
                return;
            }

            system.Part(system.LogProbabilities, 1 - _player).CopyTo(_adversaryLogs);
        }
        else
        {
            Array.Clear(_adversaryLogs);
            for (var other = 0; other < _othersActions.Length; other++)
            {
                if (other == _player) continue;
                var logs = system.Part(system.LogProbabilities, other);
                var actions = _othersActions[other];
                for (var joint = 0; joint < _joint; joint++) _adversaryLogs[joint] += logs[actions[joint]];
            }
        }

        Vectors.AddScaled(_adversaryLogs, -tau, _risk);
        Vectors.LogSoftmax(_adversaryLogs, _adversary);
    }
}
