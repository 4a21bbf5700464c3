using System.Collections.Immutable;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Experiments.Data;
using Srpo.Experiments.Equilibria;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Methods;

namespace Srpo.Experiments.Runs;

/// <summary>Gathers what coordinators and tournaments have stored into the results that reports are made from.</summary>
public static class ResultsCollector
{
    /// <summary>The results of a run as far as they are there.</summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="manifest">The run.</param>
    /// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
    /// <param name="withEpisodes">Whether episodes are played for the page.</param>
    public static async Task<RunResults> CollectAsync(IGrainSession session, RunManifest manifest, Action<string>? older = null, bool withEpisodes = true)
    {
        var experiment = manifest.Experiment;
        var labels = experiment.Populations.ToDictionary(population => manifest.PopulationName(population.Label), population => population.Label);
        var matrices = new List<CrossPlayMatrix>();
        var debates = new List<DebateMatches>();
        foreach (var layout in experiment.Evaluation.Layouts)
        {
            var tournament = session.Grains.GetGrain<ITournamentGrain>(manifest.TournamentName(layout.Name));
            if (await KnownAsync(tournament.GetMatrixAsync) is not { } matrix) continue;
            matrices.Add(ToMatrix(layout, matrix, labels));
            if (DebateCollector.Matches(layout.Name, matrix, labels) is { } matches) debates.Add(matches);
        }

        var curves = new List<LearningCurve>();
        var statuses = new Dictionary<string, PopulationStatus>(StringComparer.Ordinal);
        foreach (var population in experiment.Populations)
        {
            var coordinator = session.Grains.GetGrain<ICoordinatorGrain>(manifest.PopulationName(population.Label));
            if (await KnownAsync(coordinator.GetStatusAsync) is not { } status) continue;
            statuses[population.Label] = status;
            curves.AddRange(await CurvesAsync(session.Grains, status.Population, population.Label));
        }

        if (statuses.Count == 0) throw new SrpoException(ErrorKind.NotFound, $"the run '{manifest.Id}' has no results yet; `srpo resume {manifest.Id}` goes on with it");
        var debaters = DebateCollector.Populations(experiment.Populations.Where(population => population.Evaluate).Select(population => (population.Label, population.Training)));
        var info = new RunInfo
        {
            Name = experiment.Name,
            Id = manifest.Id,
            Date = manifest.Started,
            CommandLine = "srpo " + manifest.CommandLine,
            Names = debaters.IsEmpty ? PopulationTitles.Of(experiment) : MethodNames,
            Headline = [.. experiment.Headline],
            Unfinished = [.. experiment.Populations.Where(population => statuses.TryGetValue(population.Label, out var status) && status.Teams.Any(team => team.Round < status.Rounds)).Select(population => population.Label)],
            Seeds = experiment.Populations.Where(population => population.Evaluate).Max(population => population.Seeds),
            Score = ScoreName(experiment.Environment),
            EnvSteps = statuses.Values.Sum(status => status.EnvironmentSteps),
            // Populations of one batch trained at the same time.
            TrainingSeconds = TrainingBatches.Of(manifest).Sum(batch => batch.Max(population => statuses.GetValueOrDefault(population.Label)?.TrainingSeconds ?? 0)),
            WallSeconds = manifest.WallSeconds,
            Versions = ProgramInfo.Versions((experiment.Plugins ?? []).Select(plugin => plugin.Plugin)),
            Settings = JsonText.ToElement(experiment),
        };
        var (strategies, notes) = await StrategyComparer.CompareAsync(session, manifest, statuses.Keys.ToHashSet(StringComparer.Ordinal), older);
        var begun = statuses.Keys.ToHashSet(StringComparer.Ordinal);
        var (held, unread) = withEpisodes ? await DebateRecorder.RecordAsync(session, manifest, debaters, matrices, begun, older) : ([], []);
        var (played, unseen) = withEpisodes ? await EpisodeRecorder.RecordAsync(session, manifest, matrices, begun, older) : ([], []);
        return new RunResults(info, [.. matrices], [.. curves])
        {
            Strategies = strategies,
            Notes = [.. notes, .. unread, .. unseen],
            Debaters = debaters,
            Debates = [.. debates],
            Episodes = [.. played, .. held],
        };
    }

    /// <summary>The learning curves of a population's teams up to now.</summary>
    /// <param name="grains">The grains.</param>
    /// <param name="population">Its name.</param>
    /// <param name="label">What the curves are labelled with.</param>
    /// <exception cref="UnknownGrainException">There is no such population.</exception>
    public static async Task<IReadOnlyList<LearningCurve>> CurvesAsync(IGrainFactory grains, string population, string label)
    {
        var coordinator = grains.GetGrain<ICoordinatorGrain>(population);
        return LearningCurves.Of(label, await coordinator.GetSpecAsync(), await coordinator.GetCurvesAsync());
    }

    /// <summary>What populations are called that are named after methods.</summary>
    public static PopulationNames MethodNames => new([.. MethodRegistry.All.Select(method => new PopulationName(method.Id, method.Title, method.Role))]);

    /// <summary>What an episode's return is in an environment.</summary>
    public static string ScoreName(EnvironmentSettings settings)
    {
        // What is not played step by step are debates, whose return is 1 if both debaters are right at the end.
        if (!EnvironmentFactory.Find(settings.Name).IsStepped) return "joint accuracy";
        var info = EnvironmentFactory.Info(settings);
        return info.SharedReward ? "team score" : info.TeamSeats == 2 ? "sum of both seats' rewards" : "sum of the seats' rewards";
    }

    /// <summary>A tournament's matrix with short labels.</summary>
    public static CrossPlayMatrix ToMatrix(EvaluationLayout layout, TournamentMatrix matrix, IReadOnlyDictionary<string, string> labels)
    {
        var players = matrix.Players.Select(player => new AgentLabel(labels.GetValueOrDefault(player.Population, player.Population), player.Team)).ToArray();
        var opponents = string.Join(", ", layout.Opponents.Select(reference => reference.Name()).Distinct());
        var builder = new CrossPlayMatrixBuilder(layout.Name, players)
        {
            Seating = matrix.Seating,
            Opponents = opponents.Length == 0 ? null : opponents,
            UnseenOpponents = layout.UnseenOpponents,
            BaseLayout = layout.Base,
            Actions = matrix.Spec.Actions,
            Weights = Weights(matrix.Players),
        };
        for (var row = 0; row < players.Length; row++)
        {
            for (var column = 0; column < players.Length; column++)
            {
                if (matrix.Cells[row * players.Length + column] is { } cell) builder[row, column] = ToCell(cell, matrix.Episodes);
            }
        }

        return builder.Build();
    }

    /// <summary>What the runs played with; nothing where an earlier build has not noted it of all.</summary>
    private static ImmutableArray<RunWeights> Weights(TournamentPlayer[] players) => Array.TrueForAll(players, player => player is { Rounds: not null, Weights: not null })
        ? [.. players.Select(player => new RunWeights([.. player.Rounds!], [.. player.Weights!]))]
        : [];

    /// <summary>What a grain answers, or null where nothing was started under its key yet.</summary>
    internal static async Task<T?> KnownAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (UnknownGrainException)
        {
            return null;
        }
    }

    private static CrossPlayCell ToCell(MatchResult result, int episodes) => new(
        result.MeanReturn,
        result.ReturnDeviation,
        new SeatPair(result.SeatReturns[0], result.SeatReturns[1]),
        new SeatPair(result.SeatCosts[0], result.SeatCosts[1]),
        episodes);
}
