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
