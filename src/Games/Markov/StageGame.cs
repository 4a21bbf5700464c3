namespace Srpo.Games.Markov;

/// <summary>
/// The game that a player faces in one state given values of the next: Q(a, b) = r(s, a, b) + gamma E V(s') for her action a and the
/// others' joint action b (theory.md section 4).
/// </summary>
internal static class StageGame
{
    /// <summary>Writes Q of a state.</summary>
    /// <param name="game">The game.</param>
    /// <param name="player">From 0.</param>
    /// <param name="state">From 0.</param>
    /// <param name="discount">gamma; 1 is allowed where the number of steps is finite.</param>
    /// <param name="values">[states] V.</param>
    /// <param name="q">Receives [own actions x others' joint actions] Q.</param>
    internal static void Fill(MarkovGame game, int player, int state, double discount, ReadOnlySpan<double> values, Span<double> q)
    {
        var jointOf = game.JointOf(player);
        var rewards = game.Rewards(player).Slice(state * game.JointActions, game.JointActions);
        for (var k = 0; k < q.Length; k++)
            q[k] = rewards[jointOf[k]] + (discount * game.Transitions.Expect(state, jointOf[k], values));
    }

    /// <summary>X(b) = E_{a~policy} Q(a, b).</summary>
    internal static void OverOwn(ReadOnlySpan<double> q, ReadOnlySpan<double> own, Span<double> x)
    {
        x.Clear();
        for (var a = 0; a < own.Length; a++)
        {
            if (own[a] == 0) continue;
            var row = q.Slice(a * x.Length, x.Length);
            for (var b = 0; b < x.Length; b++) x[b] += own[a] * row[b];
        }
    }

    /// <summary>E_{b~adversary} Q(a, b).</summary>
    internal static void OverOthers(ReadOnlySpan<double> q, ReadOnlySpan<double> adversary, Span<double> y)
    {
        for (var a = 0; a < y.Length; a++) y[a] = SoftMath.Dot(q.Slice(a * adversary.Length, adversary.Length), adversary);
    }
}
