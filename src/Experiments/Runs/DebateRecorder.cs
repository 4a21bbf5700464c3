using System.Collections.Immutable;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;
using Srpo.Reporting;

namespace Srpo.Experiments.Runs;

/// <summary>Two runs whose debates are shown.</summary>
/// <param name="Method">Key of the method that they are shown for.</param>
/// <param name="Pair">The runs, that of seat 0 first.</param>
/// <param name="Partner">What the one is to the other, in words.</param>
internal sealed record ShownDebaters(string Method, RunPair Pair, string Partner)
{
    /// <summary>"worst", "median" or "best" of its kind; empty where pairs are not ranked yet.</summary>
    public string Rank { get; init; } = "";

    /// <summary>Joint accuracy of the pair over all its debates; null where it is not known.</summary>
    public double? JointAccuracy { get; init; }

    /// <summary>Questions that they debate: pairs that are ranked all debate the same one.</summary>
    public int Questions => Rank.Length > 0 ? 1 : 2;
}

/// <summary>Has debates held for the report, to be read.</summary>
public static class DebateRecorder
{
    /// <summary>
    /// For every method that trained debaters, debates of its worst, its median and its best pair by joint accuracy on the layout of the headline: of different models, and with an
    /// untrained partner of another model; where there is neither, of different runs of one model. Before there is a matrix, of the first teams that have begun.
    /// </summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="manifest">The run.</param>
    /// <param name="debaters">Its populations as debaters.</param>
    /// <param name="matrices">What was played so far.</param>
    /// <param name="known">Labels of the populations that have begun.</param>
    /// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
    /// <returns>The debates, and why some are missing, a sentence each: results do not depend on them, and whoever reads a report need not have the models.</returns>
    public static async Task<(ImmutableArray<RecordedEpisode> Episodes, ImmutableArray<string> Notes)> RecordAsync(
        IGrainSession session, RunManifest manifest, ImmutableArray<DebaterPopulation> debaters, IReadOnlyList<CrossPlayMatrix> matrices, IReadOnlySet<string> known, Action<string>? older)
    {
        var (episodes, notes) = (ImmutableArray.CreateBuilder<RecordedEpisode>(), new List<string>());
        var (matrix, environment) = EpisodeRecorder.Main(manifest.Experiment, matrices);
        var seats = new Seats(new GrainReader(session.Grains, older));
        foreach (var shown in Choose([.. debaters.Where(population => known.Contains(population.Label))], matrix))
        {
            string[] teams = [.. new[] { shown.Pair.Row, shown.Pair.Column }.Select(run => manifest.PopulationName(run.ToString()))];
            try
            {
                for (var question = 0; question < shown.Questions; question++)
                {
                    var frames = await EpisodeRecorder.ReplayAsync(session, manifest, seats, environment, teams, episode: question);
                    episodes.Add(ToTranscript(shown.Method, $"{shown.Pair.Row} with {shown.Pair.Column}", frames) with { Partner = shown.Partner, Rank = shown.Rank, PairReturn = shown.JointAccuracy });
                }
            }
            catch (UnknownGrainException)
            {
                // Not trained far enough to have been stored.
            }
            catch (SrpoException error) when (error.Kind is not ErrorKind.Interrupted)
            {
                notes.Add($"There is no debate of {shown.Pair.Row.Method} with {shown.Pair.Column.Method} to read: {error.Message.TrimEnd('.')}.");
            }
        }

        return (episodes.ToImmutable(), [.. notes.Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>Who is shown with whom.</summary>
    /// <param name="debaters">Populations that have begun.</param>
    /// <param name="played">Joint accuracies of the runs with each other; null before there are any.</param>
    internal static IEnumerable<ShownDebaters> Choose(ImmutableArray<DebaterPopulation> debaters, CrossPlayMatrix? played)
    {
        var trained = debaters.Where(population => population.IsTrained).Select(population => population.Model).ToHashSet(StringComparer.Ordinal);
        DebaterPopulation[] strangers = [.. debaters.Where(population => !population.IsTrained && !trained.Contains(population.Model))];
        foreach (var method in debaters.Where(population => population.IsTrained).GroupBy(population => population.Method))
        {
            DebaterPopulation[] own = [.. method];
            var models = own.ToDictionary(population => population.Label, population => population.Model, StringComparer.Ordinal);
            var other = Array.Find(own, population => population.Model != own[0].Model);
            if (other is not null)
            {
                foreach (var shown in Kind(DebateDiagnostics.AnotherModel, other, pair => models.TryGetValue(pair.Row.Method, out var row) && models.TryGetValue(pair.Column.Method, out var column) && row != column))
                    yield return shown;
            }

            if (strangers.Length > 0)
            {
                foreach (var shown in Kind(
                    "a stranger", strangers[0], pair => (models.ContainsKey(pair.Row.Method) && IsStranger(pair.Column)) || (IsStranger(pair.Row) && models.ContainsKey(pair.Column.Method))))
                    yield return shown;
            }

            if (other is null && strangers.Length == 0)
            {
                foreach (var shown in Kind(DebateDiagnostics.AnotherRun, own[0], pair => pair.Row != pair.Column && models.ContainsKey(pair.Row.Method) && models.ContainsKey(pair.Column.Method))) yield return shown;
            }

            // The first teams stand in where nothing is played yet; one population debates with itself then.
            IEnumerable<ShownDebaters> Kind(string partner, DebaterPopulation second, Func<RunPair, bool> includes)
            {
                var ranked = played is null ? [] : RepresentativePairs.Of(played, includes);
                return ranked.IsEmpty
                    ? [new ShownDebaters(method.Key, new RunPair(new AgentLabel(own[0].Label, 0), new AgentLabel(second.Label, 0)), second == own[0] ? DebateDiagnostics.Itself : partner)]
                    : ranked.Select(pair => new ShownDebaters(method.Key, pair.Pair, partner) { Rank = pair.Rank, JointAccuracy = pair.Return });
            }
        }

        bool IsStranger(AgentLabel run) => Array.Exists(strangers, stranger => stranger.Label == run.Method);
    }

    /// <summary>What was said in a replay, up to the end of its first episode.</summary>
    /// <param name="method">Key of the method that it is of.</param>
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
}
