using System.Collections.Immutable;
using System.Globalization;
using Srpo.Core.Results;
using Srpo.Environments;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Runs;

/// <summary>Has one episode per method played for the report, in environments that are drawn in the plane.</summary>
public static class EpisodeRecorder
{
    /// <summary>An episode of the first team of every evaluated population that has begun; empty in other environments.</summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="manifest">The run.</param>
    /// <param name="known">Labels of the populations that have begun.</param>
    /// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
    public static async Task<ImmutableArray<RecordedEpisode>> RecordAsync(
        IGrainSession session, RunManifest manifest, IReadOnlySet<string> known, Action<string>? older)
    {
        var experiment = manifest.Experiment;
        var environment = EnvironmentFactory.Create(experiment.Environment, lanes: 1);
        if (environment is not ISceneEnvironment) return [];
        var episodes = ImmutableArray.CreateBuilder<RecordedEpisode>();
        foreach (var population in experiment.Populations.Where(population => population.Evaluate && known.Contains(population.Label)))
        {
            var team = $"{manifest.PopulationName(population.Label)}/0";
            try
            {
                var players = await new Seats(new GrainReader(session.Grains, older)).TakeAsync([team], environment.Info);
                var request = new ReplayRequest(experiment.Environment, experiment.Evaluation.Steps, experiment.Evaluation.Seed, 0, [.. players.OfType<PolicySnapshot>()]);
                var frames = await session.Grains.GetGrain<IMatchWorkerGrain>(0).ReplayAsync(request);
                episodes.Add(ToEpisode(population.Label, string.Create(CultureInfo.InvariantCulture, $"team 0 of {population.Label}"), frames, environment.Info));
            }
            catch (UnknownGrainException)
            {
                // Not trained far enough to have been stored.
            }
        }

        return episodes.ToImmutable();
    }

    /// <summary>The scenes of a replay up to the end of its first episode, without those of the next one.</summary>
    public static RecordedEpisode ToEpisode(string method, string title, IReadOnlyList<ReplayFrame> frames, EnvironmentInfo info)
    {
        var scenes = ImmutableArray.CreateBuilder<ImmutableArray<SceneCircle>>();
        var scores = ImmutableArray.CreateBuilder<double>();
        var score = 0.0;
        foreach (var frame in frames)
        {
            if (frame.Rewards.Length > 0) score += TeamScore.Of(frame.Rewards, info);
            if (frame.EpisodeEnded)
            {
                // The state is the next episode's start, but the score counts.
                if (scores.Count > 0) scores[^1] = score;
                break;
            }

            scenes.Add([.. frame.Scene]);
            scores.Add(score);
        }

        return new RecordedEpisode(method, title, scenes.ToImmutable(), scores.ToImmutable());
    }
}
