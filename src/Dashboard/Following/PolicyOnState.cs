using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Reporting.Figures;

namespace Srpo.Dashboard.Following;

/// <summary>What a policy does in states that a person leads an environment to by choosing the actions of all seats. Not thread-safe.</summary>
/// <param name="environment">The environment.</param>
/// <param name="policy">The policy.</param>
internal sealed class PolicyOnState(EnvironmentSettings environment, PolicySnapshot policy) : IDisposable
{
    private readonly FrozenPolicy _policy = FrozenPolicies.Of(policy);
    private EpisodeSession? _session;
    private (ulong Seed, int Seat, int Steps) _at;
    private double _score;
    private bool _ended;

    /// <summary>A state, and what may be done in it.</summary>
    /// <param name="Step">Steps behind it.</param>
    /// <param name="Drawing">The state as text.</param>
    /// <param name="Scene">The state as a picture, where it is drawn in the plane; else null.</param>
    /// <param name="Probabilities">[Actions] what the policy does; empty where its seat is not to act.</param>
    /// <param name="ToAct">The seats that act next.</param>
    /// <param name="Legal">[Seats] their legal actions.</param>
    /// <param name="Score">The team's score up to here; null at the start.</param>
    /// <param name="Ended">Whether the episode ended with the last step.</param>
    public sealed record State(int Step, string Drawing, string? Scene, double[] Probabilities, int[] ToAct, int[][] Legal, double? Score, bool Ended);

    /// <summary>The state after some steps.</summary>
    /// <param name="seed">Seed of the start and of all chance.</param>
    /// <param name="seat">Where the policy sits.</param>
    /// <param name="path">[Steps][Seats] the actions.</param>
    /// <exception cref="ArgumentException">The policy does not fit that seat, or an action is not possible.</exception>
    public State Show(ulong seed, int seat, IReadOnlyList<int[]> path)
    {
        // One step on is played; everything else is played anew, which gives the same states.
        if (_session is null || _at.Seed != seed || _at.Seat != seat || path.Count != _at.Steps + 1)
        {
            _session?.Dispose();
            var seats = EnvironmentFactory.Info(environment).Seats;
            _session = new EpisodeSession(environment, [.. Enumerable.Range(0, seats).Select(place => place == seat ? _policy : null)], seed, episode: 0, steered: true);
            (_at, _score, _ended) = ((seed, seat, 0), 0, false);
        }

        foreach (var actions in path.Skip(_at.Steps))
        {
            var frame = _session.Advance(actions);
            _score += TeamScore.Of(frame.Rewards, _session.Environment.Info);
            _ended = frame.EpisodeEnded;
            _at.Steps++;
        }

        var info = _session.Environment.Info;
        int[] toAct = [.. Enumerable.Range(0, info.Seats).Where(_session.IsToAct)];
        int[][] legal = [.. Enumerable.Range(0, info.Seats).Select(place => toAct.Contains(place) ? Allowed(place) : [])];
        var scene = _session.Frame.Scene.Count > 0 ? SceneAnimation.Draw(new RecordedEpisode("state", "the state", [[.. _session.Frame.Scene]], [])) : null;
        return new State(_session.Frame.Step, _session.Environment.Render(0).TrimEnd('\n'), scene, _session.Probabilities(seat), toAct, legal, path.Count > 0 ? _score : null, _ended);

        int[] Allowed(int place)
        {
            var allowed = _session.Legal(place).ToArray();
            return [.. Enumerable.Range(0, allowed.Length).Where(action => allowed[action] != 0)];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session?.Dispose();
}
