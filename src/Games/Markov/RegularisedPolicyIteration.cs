using System.Collections.Immutable;
using Srpo.Core.Random;

namespace Srpo.Games.Markov;

/// <summary>
/// Finds risk-averse quantal response equilibria of Markov games by regularised policy iteration on two time scales (Qu et al., arXiv
/// 2602.21515, appendix C; theory.md section 4). Fast: every adversary is brought to convergence against the present policies. Slow: all
/// policies go part of the way to the risk-averse logit response of the stage games of these values. Fixed points are equilibria; games
/// may have several, of which only those that attract these dynamics (or that a start hits by symmetry) are found.
/// </summary>
public static class RegularisedPolicyIteration
{
    private const int Patience = 10;
    private const double Recovery = 1.02;

    /// <summary>Searches from one profile.</summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and eps of every player.</param>
    /// <param name="options">How to search; null for the defaults.</param>
    /// <param name="start">[players] policies to begin with; null for uniform ones.</param>
    /// <returns>The equilibrium; or the last profile, with <see cref="MarkovEquilibrium.Converged"/> false.</returns>
    /// <exception cref="ArgumentException">An argument does not fit; the message names it.</exception>
    public static MarkovEquilibrium Solve(
        MarkovGame game, RiskProfile risk, PolicyIterationOptions? options = null, IReadOnlyList<MarkovPolicy>? start = null)
    {
        ArgumentNullException.ThrowIfNull(game);
        MarkovChecks.Risk(game, risk);
        options ??= new PolicyIterationOptions();
        options.Validate();
        if (start is not null) MarkovChecks.Profile(game, start);
        MarkovPolicy[] policies = [.. start ?? [.. game.Actions.Select(actions => MarkovPolicy.Uniform(game.States, actions))]];
        var guesses = new double[]?[game.Players];
        var damping = options.Damping;
        var best = double.PositiveInfinity;
        var worse = 0;
        var examineBelow = options.Tolerance;
        for (var iteration = 1; ; iteration++)
        {
            var responses = Responses(game, risk, policies, guesses);
            var residual = policies.Zip(responses, (policy, response) => policy.Distance(response)).Max();
            options.Report?.Invoke(iteration, residual);
            var last = iteration == options.MaxIterations;
            if (residual <= examineBelow || last)
            {
                // The stage games' residual bounds the true one only up to the horizon, so the full best responses judge.
                var found = Examine(game, risk, policies, options.Tolerance, iteration);
                if (found.Converged || last) return found;
                examineBelow = residual / 4;
            }

            if (residual < 0.999 * best)
            {
                (best, worse) = (residual, 0);
                damping = Math.Min(damping * Recovery, options.Damping);
            }
            else if (++worse > Patience)
            {
                (damping, best, worse) = (Math.Max(damping / 2, options.SmallestDamping), residual, 0);
            }

            for (var player = 0; player < policies.Length; player++) policies[player] = Blend(policies[player], responses[player], damping);
        }
    }

    /// <summary>Searches from several profiles: uniform policies first, then random ones.</summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and eps of every player.</param>
    /// <param name="options">How to search; null for the defaults.</param>
    /// <returns>The different equilibria, none if no start converged; more may exist.</returns>
    /// <exception cref="ArgumentException">An argument does not fit; the message names it.</exception>
    public static MarkovSearch SolveAll(MarkovGame game, RiskProfile risk, PolicyIterationOptions? options = null)
    {
        options ??= new PolicyIterationOptions();
        options.Validate();
        var found = ImmutableArray.CreateBuilder<MarkovEquilibrium>();
        var converged = 0;
        MarkovEquilibrium? closest = null;
        for (var start = 0; start < options.Starts; start++)
        {
            var equilibrium = Solve(game, risk, options, start == 0 ? null : RandomStart(game, options.Seed, start));
            if (closest is null || equilibrium.Residual < closest.Residual) closest = equilibrium;
            if (!equilibrium.Converged) continue;
            converged++;
            if (!found.Any(other => Distance(other, equilibrium) < options.Distinct)) found.Add(equilibrium);
        }

        return new MarkovSearch(found.ToImmutable(), options.Starts, converged, closest!);
    }

    private static MarkovPolicy[] Responses(MarkovGame game, RiskProfile risk, MarkovPolicy[] policies, double[]?[] guesses)
    {
        var responses = new MarkovPolicy[policies.Length];
        for (var player = 0; player < policies.Length; player++)
        {
            var reference = MarkovPolicy.OfOthers(game, policies, player);
            var (tau, epsilon) = (risk.Tau[player], risk.Epsilon[player]);
            var value = RiskAdjustedValue.Compute(game, player, policies[player], reference, tau, epsilon, 1e-13, guesses[player]);
            guesses[player] = [.. value.Values];
            responses[player] = MarkovBestResponse.Improve(game, player, policies[player], reference, tau, epsilon, guesses[player]);
        }

        return responses;
    }

    private static MarkovEquilibrium Examine(MarkovGame game, RiskProfile risk, MarkovPolicy[] policies, double tolerance, int iterations)
    {
        var residual = 0.0;
        for (var player = 0; player < policies.Length; player++)
        {
            var response = MarkovBestResponse.Compute(game, policies, player, risk.Tau[player], risk.Epsilon[player], Math.Min(1e-10, tolerance));
            residual = Math.Max(residual, response.Converged ? policies[player].Distance(response.Policy) : double.PositiveInfinity);
        }

        return new MarkovEquilibrium(
            [.. policies],
            [.. Enumerable.Range(0, policies.Length).Select(player => RiskAdjustedValue.Compute(game, policies, player, risk))],
            MarkovReturns.Of(game, policies),
            residual,
            iterations,
            residual <= tolerance);
    }

    private static MarkovPolicy Blend(MarkovPolicy policy, MarkovPolicy response, double share)
    {
        var blend = policy.Probabilities.ToArray();
        for (var k = 0; k < blend.Length; k++) blend[k] += share * (response.Probabilities[k] - blend[k]);
        return MarkovPolicy.Own(policy.States, policy.Actions, blend);
    }

    /// <summary>
    /// Logits of a player's habit, the same in all states, and smaller ones of every state: without the habit the players of games with
    /// many states would all begin near the mean. Starts come in pairs with opposite habits, so that mirrored equilibria are met alike.
    /// </summary>
    private static MarkovPolicy[] RandomStart(MarkovGame game, ulong seed, int start)
    {
        var stream = new StreamId(seed, 0, 0, StreamPurpose.Tooling).Lane((start + 1) / 2);
        var scale = start % 2 == 0 ? -3 : 3;
        var policies = new MarkovPolicy[game.Players];
        for (var player = 0; player < policies.Length; player++)
        {
            var habit = new double[game.Actions[player]];
            foreach (ref var logit in habit.AsSpan()) logit = scale * stream.NextNormal();
            var logits = new double[game.States * habit.Length];
            for (var k = 0; k < logits.Length; k++) logits[k] = habit[k % habit.Length] + stream.NextNormal();
            policies[player] = MarkovPolicy.FromLogits(game.States, habit.Length, logits);
        }

        return policies;
    }

    private static double Distance(MarkovEquilibrium first, MarkovEquilibrium second) =>
        first.Policies.Zip(second.Policies, (policy, other) => policy.Distance(other)).Max();
}

/// <summary>How <see cref="RegularisedPolicyIteration"/> searches.</summary>
public sealed record PolicyIterationOptions
{
    /// <summary>Largest residual of an equilibrium, above 0.</summary>
    public double Tolerance { get; init; } = 1e-8;

    /// <summary>Most steps from a start, at least 1.</summary>
    public int MaxIterations { get; init; } = 5000;

    /// <summary>Share of the way to the best response that a step goes, above 0 and at most 1. It is halved while the search gets no closer and recovers slowly while it does.</summary>
    public double Damping { get; init; } = 0.5;

    /// <summary>Smallest damping, above 0 and at most <see cref="Damping"/>.</summary>
    public double SmallestDamping { get; init; } = 1.0 / 256;

    /// <summary>Number of starts of <see cref="RegularisedPolicyIteration.SolveAll"/>, at least 1: the first is uniform, the others are random.</summary>
    public int Starts { get; init; } = 8;

    /// <summary>Seed of the random starts.</summary>
    public ulong Seed { get; init; }

    /// <summary>Profiles closer than this in every probability are one equilibrium, above 0.</summary>
    public double Distinct { get; init; } = 1e-5;

    /// <summary>Is told after every step how many there were and by how much policies and responses differ at most; may throw to end the search. Null for nobody.</summary>
    public Action<int, double>? Report { get; init; }

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        Texts.Require(Tolerance > 0, nameof(Tolerance), $"must be above 0, not {Tolerance}");
        Texts.Require(MaxIterations >= 1, nameof(MaxIterations), $"must be at least 1, not {MaxIterations}");
        Texts.Require(Damping is > 0 and <= 1, nameof(Damping), $"must be above 0 and at most 1, not {Damping}");
        Texts.Require(SmallestDamping > 0 && SmallestDamping <= Damping, nameof(SmallestDamping), $"must be above 0 and at most Damping, not {SmallestDamping}");
        Texts.Require(Starts >= 1, nameof(Starts), $"must be at least 1, not {Starts}");
        Texts.Require(Distinct > 0, nameof(Distinct), $"must be above 0, not {Distinct}");
    }
}

/// <summary>A risk-averse quantal response equilibrium of a Markov game, or the last profile of a search that did not converge.</summary>
/// <param name="Policies">[players] policies pi_i.</param>
/// <param name="Values">[players] risk-adjusted values, eps included, with the worst adversaries p*_i.</param>
/// <param name="Returns">What the profile earns when nobody deviates.</param>
/// <param name="Residual">Largest |pi_i(a|s) - BR_i(a|s)| over players, states and actions, BR_i the exact best response to the others.</param>
/// <param name="Iterations">Steps of the slow time scale.</param>
/// <param name="Converged">Whether the residual is within the tolerance.</param>
public sealed record MarkovEquilibrium(
    ImmutableArray<MarkovPolicy> Policies,
    ImmutableArray<RiskAdjustedValue> Values,
    MarkovReturns Returns,
    double Residual,
    int Iterations,
    bool Converged);

/// <summary>What a search from several profiles found.</summary>
/// <param name="Equilibria">The different equilibria in the order in which they were found; more may exist.</param>
/// <param name="Starts">Number of starts.</param>
/// <param name="Converged">How many of them led to an equilibrium.</param>
/// <param name="Closest">The profile with the smallest residual, an equilibrium or not.</param>
public sealed record MarkovSearch(ImmutableArray<MarkovEquilibrium> Equilibria, int Starts, int Converged, MarkovEquilibrium Closest);
