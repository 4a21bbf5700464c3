using System.Collections.Immutable;
using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;
using Srpo.Reporting;

namespace Srpo.Experiments.Runs;

/// <summary>Has episodes played for the report: of every method those of its worst, its median and its best pair.</summary>
public static class EpisodeRecorder
{
    /// <summary>
    /// For every evaluated population that has begun an episode of its worst, its median and its best pair of different runs on the layout of the headline; before there is a
    /// matrix, where episodes are drawn in the plane, one of its first team.
    /// </summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="manifest">The run.</param>
    /// <param name="matrices">What was played so far.</param>
    /// <param name="known">Labels of the populations that have begun.</param>
    /// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
    /// <returns>The episodes, and why some are missing, a sentence each: results do not depend on them.</returns>
    public static async Task<(ImmutableArray<RecordedEpisode> Episodes, ImmutableArray<string> Notes)> RecordAsync(
        IGrainSession session, RunManifest manifest, IReadOnlyList<CrossPlayMatrix> matrices, IReadOnlySet<string> known, Action<string>? older)
    {
        var experiment = manifest.Experiment;
        var (episodes, notes) = (ImmutableArray.CreateBuilder<RecordedEpisode>(), ImmutableArray.CreateBuilder<string>());
        if (!EnvironmentFactory.Find(experiment.Environment.Name).IsStepped || experiment.Evaluation.Steps < 2) return ([], []);
        var (main, environment) = Main(experiment, matrices);
        var seats = new Seats(new GrainReader(session.Grains, older));
        foreach (var population in experiment.Populations.Where(population => population.Evaluate && known.Contains(population.Label)))
        {
            ImmutableArray<RepresentativePair> pairs = main is null ? [] : RepresentativePairs.Of(main, population.Label);
            try
            {
                foreach (var chosen in pairs) episodes.Add(await RecordPairAsync(session, manifest, seats, environment, main!.Actions, population.Label, chosen));
                if (pairs.IsEmpty && HasScenes(environment)) episodes.Add(await RecordTeamAsync(session, manifest, seats, environment, main?.Actions ?? experiment.Evaluation.Layouts[0].Actions, population.Label));
            }
            catch (UnknownGrainException)
            {
                // Not trained far enough to have been stored.
            }
            catch (SrpoException error) when (error.Kind is not (ErrorKind.Interrupted or ErrorKind.Damaged))
            {
                notes.Add($"There is no episode of {population.Label} to look at: {error.Message.TrimEnd('.')}.");
            }
        }

        return (episodes.ToImmutable(), notes.ToImmutable());
    }

    /// <summary>The matrix of the main layout, null before there is any, and the environment of its episodes.</summary>
    internal static (CrossPlayMatrix? Matrix, EnvironmentSettings Environment) Main(Experiment experiment, IReadOnlyList<CrossPlayMatrix> matrices)
    {
        var main = matrices.FirstOrDefault(matrix => matrix.Layout == ExperimentKeys.TrainingLayout) ?? matrices.FirstOrDefault();
        return (main, experiment.Evaluation.Layouts.FirstOrDefault(layout => layout.Name == main?.Layout)?.Environment ?? experiment.Environment);
    }

    /// <summary>Two runs take the seats of the team in turn.</summary>
    private static async Task<RecordedEpisode> RecordPairAsync(IGrainSession session, RunManifest manifest, Seats seats, EnvironmentSettings environment, ActionChoice actions, string label, RepresentativePair chosen)
    {
        var info = EnvironmentFactory.Info(environment);
        string[] runs = [.. new[] { chosen.Pair.Row, chosen.Pair.Column }.Select(run => string.Create(CultureInfo.InvariantCulture, $"{manifest.PopulationName(run.Method)}/{run.Run}"))];
        var frames = await ReplayAsync(session, manifest, seats, environment, [.. Enumerable.Range(0, info.TeamSeats).Select(seat => runs[seat % 2])], actions);
        var title = $"{chosen.Pair.Row} with {chosen.Pair.Column}";
        var episode = HasScenes(environment) ? ToEpisode(label, title, frames, info) : ToDrawings(label, title, frames, info);
        return episode with { Rank = chosen.Rank, PairReturn = chosen.Return };
    }

    private static async Task<RecordedEpisode> RecordTeamAsync(IGrainSession session, RunManifest manifest, Seats seats, EnvironmentSettings environment, ActionChoice actions, string label) => ToEpisode(
        label, $"team 0 of {label}", await ReplayAsync(session, manifest, seats, environment, [$"{manifest.PopulationName(label)}/0"], actions), EnvironmentFactory.Info(environment));

    /// <summary>One episode of the evaluation, played again.</summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="manifest">The run.</param>
    /// <param name="seats">Gives the policies.</param>
    /// <param name="environment">Where it is played.</param>
    /// <param name="teams">Who plays.</param>
    /// <param name="actions">How everybody acts.</param>
    /// <param name="episode">Which one, from 0.</param>
    internal static async Task<IReadOnlyList<ReplayFrame>> ReplayAsync(IGrainSession session, RunManifest manifest, Seats seats, EnvironmentSettings environment, IReadOnlyList<string> teams, ActionChoice actions = ActionChoice.Sampled, int episode = 0)
    {
        var players = await seats.TakeAsync(teams, EnvironmentFactory.Info(environment));
        var evaluation = manifest.Experiment.Evaluation;
        return await session.Grains.GetGrain<IMatchWorkerGrain>(0).ReplayAsync(new ReplayRequest(environment, evaluation.Steps, evaluation.Seed, episode, [.. players.OfType<PolicySnapshot>()]) { Actions = actions });
    }

    /// <summary>Whether episodes of an environment are drawn in the plane.</summary>
    public static bool HasScenes(EnvironmentSettings environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return EnvironmentFactory.Find(environment.Name).IsStepped && EnvironmentFactory.Create(environment, lanes: 1) is ISceneEnvironment;
    }

    /// <summary>The drawings of a replay with the score up to each: as in a match, up to the end of a game that may end early, else all steps that count as one episode.</summary>
    /// <param name="method">The population that it is of.</param>
    /// <param name="title">Who plays, for people.</param>
    /// <param name="frames">The replay.</param>
    /// <param name="info">The environment.</param>
    public static RecordedEpisode ToDrawings(string method, string title, IReadOnlyList<ReplayFrame> frames, EnvironmentInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        var (shown, scores) = Scored(frames, info, frame => frame.EpisodeEnded && info.EndsEarly);
        return new RecordedEpisode(method, title, [], scores) { Drawings = [.. shown.Select(frame => frame.Drawing)] };
    }

    /// <summary>The scenes of a replay up to the end of its first episode, without those of the next one.</summary>
    /// <inheritdoc cref="ToDrawings"/>
    public static RecordedEpisode ToEpisode(string method, string title, IReadOnlyList<ReplayFrame> frames, EnvironmentInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        var (shown, scores) = Scored(frames, info, frame => frame.EpisodeEnded);
        return new RecordedEpisode(method, title, [.. shown.Select(frame => frame.Scene.ToImmutableArray())], scores);
    }

    /// <summary>Frames before the one that ends what is shown, and the score up to each.</summary>
    private static (IReadOnlyList<ReplayFrame> Shown, ImmutableArray<double> Scores) Scored(IReadOnlyList<ReplayFrame> frames, EnvironmentInfo info, Func<ReplayFrame, bool> isEnd)
    {
        var scores = ImmutableArray.CreateBuilder<double>();
        var score = 0.0;
        foreach (var frame in frames)
        {
            if (frame.Rewards.Length > 0) score += TeamScore.Of(frame.Rewards, info);
            if (isEnd(frame))
            {
                // The state is the next episode's start, but the score counts.
                if (scores.Count > 0) scores[^1] = score;
                break;
            }

            scores.Add(score);
        }

        return ([.. frames.Take(scores.Count)], scores.ToImmutable());
    }
}
