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

/// <summary>Has episodes played for the report: of every method those of its worst, its median and its best pair, and a few debates to be read.</summary>
public static class EpisodeRecorder
{
    /// <summary>Questions that each of the pairs debates whose debates are shown.</summary>
    private const int QuestionsShown = 2;

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
        var main = matrices.FirstOrDefault(matrix => matrix.Layout == ExperimentKeys.TrainingLayout) ?? matrices.FirstOrDefault();
        var layout = experiment.Evaluation.Layouts.FirstOrDefault(layout => layout.Name == main?.Layout);
        var environment = layout?.Environment ?? experiment.Environment;
        var seats = new Seats(new GrainReader(session.Grains, older));
        foreach (var population in experiment.Populations.Where(population => population.Evaluate && known.Contains(population.Label)))
        {
            ImmutableArray<RepresentativePair> pairs = main is null ? [] : RepresentativePairs.Of(main, population.Label);
            try
            {
                foreach (var chosen in pairs) episodes.Add(await RecordPairAsync(session, manifest, seats, environment, population.Label, chosen));
                if (pairs.IsEmpty && HasScenes(environment)) episodes.Add(await RecordTeamAsync(session, manifest, seats, environment, population.Label));
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

    /// <summary>Two runs take the seats of the team in turn.</summary>
    private static async Task<RecordedEpisode> RecordPairAsync(IGrainSession session, RunManifest manifest, Seats seats, EnvironmentSettings environment, string label, RepresentativePair chosen)
    {
        var info = EnvironmentFactory.Info(environment);
        string[] runs = [.. new[] { chosen.Pair.Row, chosen.Pair.Column }.Select(run => string.Create(CultureInfo.InvariantCulture, $"{manifest.PopulationName(run.Method)}/{run.Run}"))];
        var frames = await ReplayAsync(session, manifest, seats, environment, [.. Enumerable.Range(0, info.TeamSeats).Select(seat => runs[seat % 2])]);
        var title = $"{chosen.Pair.Row} with {chosen.Pair.Column}";
        var episode = HasScenes(environment) ? ToEpisode(label, title, frames, info) : ToDrawings(label, title, frames, info);
        return episode with { Rank = chosen.Rank, PairReturn = chosen.Return };
    }

    private static async Task<RecordedEpisode> RecordTeamAsync(IGrainSession session, RunManifest manifest, Seats seats, EnvironmentSettings environment, string label) => ToEpisode(
        label, $"team 0 of {label}", await ReplayAsync(session, manifest, seats, environment, [$"{manifest.PopulationName(label)}/0"]), EnvironmentFactory.Info(environment));

    private static async Task<IReadOnlyList<ReplayFrame>> ReplayAsync(IGrainSession session, RunManifest manifest, Seats seats, EnvironmentSettings environment, string[] teams)
    {
        var players = await seats.TakeAsync(teams, EnvironmentFactory.Info(environment));
        var evaluation = manifest.Experiment.Evaluation;
        return await session.Grains.GetGrain<IMatchWorkerGrain>(0).ReplayAsync(new ReplayRequest(environment, evaluation.Steps, evaluation.Seed, 0, [.. players.OfType<PolicySnapshot>()]));
    }

    /// <summary>
    /// Debates to be read, of first teams that have begun: for every method a pair of different models, and a model with an untrained partner of another; where there is neither, a model with itself.
    /// </summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="manifest">The run.</param>
    /// <param name="debaters">Its populations as debaters.</param>
    /// <param name="known">Labels of the populations that have begun.</param>
    /// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
    /// <returns>The debates, and why some are missing, a sentence each: results do not depend on them, and whoever reads a report need not have the models.</returns>
    public static async Task<(ImmutableArray<RecordedEpisode> Episodes, ImmutableArray<string> Notes)> RecordDebatesAsync(
        IGrainSession session, RunManifest manifest, ImmutableArray<DebaterPopulation> debaters, IReadOnlySet<string> known, Action<string>? older)
    {
        var experiment = manifest.Experiment;
        var (episodes, notes) = (ImmutableArray.CreateBuilder<RecordedEpisode>(), ImmutableArray.CreateBuilder<string>());
        foreach (var (first, second) in Shown([.. debaters.Where(population => known.Contains(population.Label))]))
        {
            string[] teams = [.. new[] { first, second }.Select(population => $"{manifest.PopulationName(population.Label)}/0")];
            try
            {
                var players = await new Seats(new GrainReader(session.Grains, older)).TakeAsync(teams, EnvironmentFactory.Info(experiment.Environment));
                for (var question = 0; question < QuestionsShown; question++)
                {
                    var request = new ReplayRequest(experiment.Environment, experiment.Evaluation.Steps, experiment.Evaluation.Seed, question, [.. players.OfType<PolicySnapshot>()]);
                    episodes.Add(ToTranscript(first.Label, $"{first.Label}/0 with {second.Label}/0", await session.Grains.GetGrain<IMatchWorkerGrain>(0).ReplayAsync(request)));
                }
            }
            catch (UnknownGrainException)
            {
                // Not trained far enough to have been stored.
            }
            catch (SrpoException error) when (error.Kind is not ErrorKind.Interrupted)
            {
                notes.Add($"There is no debate of {first.Label} with {second.Label} to read: {error.Message.TrimEnd('.')}.");
            }
        }

        return (episodes.ToImmutable(), notes.ToImmutable());
    }

    /// <summary>Which populations are shown with each other.</summary>
    /// <param name="debaters">Populations that have begun.</param>
    internal static IEnumerable<(DebaterPopulation First, DebaterPopulation Second)> Shown(ImmutableArray<DebaterPopulation> debaters)
    {
        var trained = debaters.Where(population => population.IsTrained).Select(population => population.Model).ToHashSet(StringComparer.Ordinal);
        var stranger = debaters.FirstOrDefault(population => !population.IsTrained && !trained.Contains(population.Model));
        foreach (var method in debaters.Where(population => population.IsTrained).GroupBy(population => population.Method))
        {
            var first = method.First();
            var other = method.FirstOrDefault(population => population.Model != first.Model);
            if (other is not null) yield return (first, other);
            if (stranger is not null) yield return (first, stranger);
            if (other is null && stranger is null) yield return (first, first);
        }
    }

    /// <summary>What was said in a replay, up to the end of its first episode.</summary>
    /// <param name="method">The population that it is of.</param>
    /// <param name="title">Who debates, for people.</param>
    /// <param name="frames">The replay: the question, then the rounds.</param>
    public static RecordedEpisode ToTranscript(string method, string title, IReadOnlyList<ReplayFrame> frames)
    {
        var (parts, scores) = (ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<double>());
        var score = 0.0;
        foreach (var frame in frames)
        {
            // A debate is worth what its debaters share, whatever they are rewarded for on the way.
            if (frame.Rewards.Length > 0) score = frame.Rewards.Min();
            parts.Add(frame.Drawing);
            scores.Add(score);
            if (frame.EpisodeEnded) break;
        }

        return new RecordedEpisode(method, title, [], scores.ToImmutable()) { Transcript = parts.ToImmutable() };
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
