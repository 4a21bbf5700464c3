using System.Collections.Immutable;
using Srpo.Games;
using Srpo.Games.Markov;

namespace Srpo.Client.Commands.Rqe;

/// <summary>What `srpo rqe markov` prints; the names are those of its JSON.</summary>
/// <param name="Game">The game's name.</param>
/// <param name="Title">One line for people; empty for none.</param>
/// <param name="Players">Number of players.</param>
/// <param name="States">Number of states.</param>
/// <param name="JointActions">Joint actions in every state.</param>
/// <param name="Successors">Pairs of state and joint action with each of their successors.</param>
/// <param name="Ends">Whether play can end.</param>
/// <param name="Discount">gamma.</param>
/// <param name="Tau">[players] risk aversion.</param>
/// <param name="Epsilon">[players] bounded rationality.</param>
/// <param name="Actions">[players] names of the actions.</param>
/// <param name="Tolerance">The residual that counts as an equilibrium.</param>
/// <param name="Starts">Profiles that the search started from.</param>
/// <param name="Converged">How many of them led to an equilibrium.</param>
/// <param name="Equilibria">The different ones that were found; there may be others.</param>
/// <param name="Closest">Where none was found, the profile with the smallest residual, which is no equilibrium.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record SolvedMarkovGame(
    string Game,
    string Title,
    int Players,
    int States,
    int JointActions,
    int Successors,
    bool Ends,
    double Discount,
    IReadOnlyList<double> Tau,
    IReadOnlyList<double> Epsilon,
    IReadOnlyList<IReadOnlyList<string>> Actions,
    double Tolerance,
    int Starts,
    int Converged,
    IReadOnlyList<SolvedMarkovProfile> Equilibria,
    SolvedMarkovProfile? Closest,
    double Seconds)
{
    public static SolvedMarkovGame Of(TabularGame table, string title, RiskProfile risk, MarkovSearch search, double tolerance, int[] shown, double seconds)
    {
        var game = table.Game;
        var ends = Enumerable.Range(0, game.States).Any(state => Enumerable.Range(0, game.JointActions).Any(joint => game.Transitions.EndProbability(state, joint) > 0));
        return new SolvedMarkovGame(
            game.Name, title, game.Players, game.States, game.JointActions, game.Transitions.Entries, ends, game.Discount, risk.Tau, risk.Epsilon, table.ActionNames,
            tolerance, search.Starts, search.Converged,
            [.. search.Equilibria.Select(Profile)], search.Equilibria.IsEmpty ? Profile(search.Closest) : null, seconds);

        SolvedMarkovProfile Profile(MarkovEquilibrium one) => new(
            [.. one.Values.Select(value => value.Return)],
            one.Returns.Utilities,
            one.Returns.PrivateCosts,
            one.Returns.SharedReward,
            one.Returns.FreeRiding,
            double.IsFinite(one.Residual) ? one.Residual : null,
            one.Iterations,
            [.. shown.Select(state => State(one, state))]);

        SolvedMarkovState State(MarkovEquilibrium one, int state) => new(
            state,
            table.StateName(state),
            game.Initial[state],
            [.. one.Values.Select(value => value.Values[state])],
            [.. one.Policies.Select(policy => policy.Row(state).ToImmutableArray())]);
    }
}

/// <summary>A profile of policies; lists have an entry per player.</summary>
/// <param name="Values">Objective from the start: risk-adjusted, with the entropy's part, discounted.</param>
/// <param name="Utilities">Expected discounted reward less private cost when nobody deviates.</param>
/// <param name="PrivateCosts">Expected discounted private cost; null where the game does not tell it apart.</param>
/// <param name="SharedReward">Utility plus private cost where that is the same for all.</param>
/// <param name="FreeRiding">Largest difference of two private costs.</param>
/// <param name="Residual">Largest difference of a probability from the exact best response's, over all states; null where no best response could be computed.</param>
/// <param name="Iterations">Steps of the search.</param>
/// <param name="Shown">The states that were asked for.</param>
internal sealed record SolvedMarkovProfile(
    IReadOnlyList<double> Values,
    IReadOnlyList<double> Utilities,
    IReadOnlyList<double>? PrivateCosts,
    double? SharedReward,
    double? FreeRiding,
    double? Residual,
    int Iterations,
    IReadOnlyList<SolvedMarkovState> Shown);

/// <summary>What is played in a state; lists have an entry per player.</summary>
/// <param name="State">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Initial">Probability that play starts there.</param>
/// <param name="Values">Objective from there.</param>
/// <param name="Strategies">[players][actions] probabilities.</param>
internal sealed record SolvedMarkovState(int State, string Name, double Initial, IReadOnlyList<double> Values, IReadOnlyList<IReadOnlyList<double>> Strategies);
