using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Plugins;

namespace Srpo.Experiments.Runs;

/// <summary>Gathers what the tournaments of a cross-play have stored into the results that its report is made from.</summary>
public static class CrossPlayResults
{
    /// <summary>The results as far as they are there.</summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="run">The cross-play.</param>
    /// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
    /// <exception cref="SrpoException">Nothing was played yet, or it is not known on which layouts.</exception>
    public static async Task<RunResults> CollectAsync(IGrainSession session, CrossPlayRun run, Action<string>? older = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(run);
        if (run.Layouts is not { } layouts)
        {
            throw new SrpoException(
                ErrorKind.Damaged, $"the layouts of the cross-play '{run.Id}' are missing: an earlier build began it, which did not note them. The same `srpo crossplay` with --id {run.Id} notes them, and plays nothing again");
        }

        var labels = Labels(run.Populations);
        var (matrices, debates, seconds) = (new List<CrossPlayMatrix>(), new List<DebateMatches>(), 0.0);
        foreach (var layout in layouts)
        {
            var tournament = session.Grains.GetGrain<ITournamentGrain>(run.TournamentName(layout.Name));
            if (await ResultsCollector.KnownAsync(tournament.GetMatrixAsync) is not { } matrix) continue;
            seconds += (await tournament.GetStatusAsync()).Seconds;
            matrices.Add(ResultsCollector.ToMatrix(layout, matrix, labels));
            if (DebateCollector.Matches(layout.Name, matrix, labels) is { } matches) debates.Add(matches);
        }

        if (matrices.Count == 0) throw new SrpoException(ErrorKind.NotFound, $"the cross-play '{run.Id}' has no results yet; the same `srpo crossplay` with --id {run.Id} goes on with it");
        var reader = new GrainReader(session.Grains, older);
        var specs = new List<PopulationSpec>();
        foreach (var name in run.Populations) specs.Add((await reader.GetSpecAsync(name)).RequirePlugins());
        var debaters = DebateCollector.Populations(specs.Select(spec => (labels[spec.Population], spec.Training)));
        var info = new RunInfo
        {
            Name = "cross-play",
            Id = run.Id,
            Date = run.Started,
            CommandLine = run.CommandLine,
            Seeds = specs.Max(spec => spec.Teams),
            Names = debaters.IsEmpty ? PopulationNames.None : ResultsCollector.MethodNames,
            Untrained = [.. specs.Where(spec => spec.Imported is not null).Select(spec => labels[spec.Population])],
            Score = ResultsCollector.ScoreName(specs[0].Environment),
            WallSeconds = seconds,
            Versions = ProgramInfo.Versions(specs.SelectMany(spec => spec.Plugins ?? [])),
        };
        return new RunResults(info, [.. matrices], [])
        {
            Debaters = debaters,
            Debates = [.. debates],
        };
    }

    /// <summary>[population] its label in results: what follows the id of its run, where that tells the populations apart.</summary>
    /// <param name="populations">Names of the populations.</param>
    public static IReadOnlyDictionary<string, string> Labels(IReadOnlyList<string> populations)
    {
        ArgumentNullException.ThrowIfNull(populations);
        string[] shortened = [.. populations.Select(name => name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])];
        var distinct = shortened.Distinct(StringComparer.Ordinal).Count() == populations.Count && shortened.All(label => label.Length > 0);
        return Enumerable.Range(0, populations.Count).ToDictionary(i => populations[i], i => distinct ? shortened[i] : populations[i]);
    }
}
