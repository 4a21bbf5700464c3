using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Learning;
using Srpo.Learning.Methods;

namespace Srpo.Experiments.Runs;

/// <summary>
/// What reports call the populations of an experiment: their method, and what sets them apart: settings that the command line changed, and those in which populations of one method
/// differ. How much is trained, and on what, is no part of a name unless it is such a difference.
/// </summary>
public static class PopulationTitles
{
    /// <summary>Settings of size and speed.</summary>
    private static readonly string[] Size =
        ["iterations", "lanes", "horizon", "splitLanes", "curveInterval", "curveEpisodes", "evaluationSteps", "learner.device", "language.microBatchTokens", "language.parallel"];

    /// <summary>Names and roles of the populations, in the order of the experiment.</summary>
    /// <param name="experiment">The experiment.</param>
    public static PopulationNames Of(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var opponents = experiment.Populations.SelectMany(population => population.Opponents).Concat(experiment.Evaluation.Layouts.SelectMany(layout => layout.Opponents))
            .Select(reference => reference.Population).ToHashSet(StringComparer.Ordinal);
        (ExperimentPopulation Population, string Title)[] titles = [.. experiment.Populations.Select(population => (population, Title(population, experiment)))];
        return new PopulationNames(
        [
            .. titles.Select(each => new PopulationName(
                each.Population.Label,
                // Two of the same name are told apart by their labels.
                titles.Count(other => other.Title == each.Title) > 1 && each.Population.Label != each.Population.Training.Method ? $"{each.Title} ({each.Population.Label})" : each.Title,
                !each.Population.Evaluate && opponents.Contains(each.Population.Label) ? PopulationRole.Opponent
                    : MethodRegistry.Find(each.Population.Label)?.Role ?? PopulationRole.Other)),
        ]);
    }

    private static string Title(ExperimentPopulation population, Experiment experiment)
    {
        if (MethodRegistry.Find(population.Training.Method) is not { } method) return population.Label;
        ExperimentPopulation[] alike = [.. experiment.Populations.Where(other => other.Training.Method == method.Id && other.Evaluate == population.Evaluate)];
        var named = AllSettings.All.Where(setting => setting.Path != "method" && method.Heeds(setting.Path) && IsNamed(setting, population, alike));
        return string.Join(", ", [method.Title, .. named.Select(setting => $"{setting.Path} {setting.Text(population.Training)}")]);
    }

    /// <summary>Whether a setting tells a population from others of its method, or was changed.</summary>
    private static bool IsNamed(Setting setting, ExperimentPopulation population, ExperimentPopulation[] alike)
    {
        if (population.Changed.Contains(setting.Path) && !Size.Contains(setting.Path)) return true;
        var value = setting.Text(population.Training);
        if (alike.All(other => setting.Text(other.Training) == value)) return false;

        // One is called by its method alone: the one with its label, or where there is none, what most have is not said.
        var usual = alike.FirstOrDefault(other => other.Label == other.Training.Method) is { } plain ? setting.Text(plain.Training)
            : alike.GroupBy(other => setting.Text(other.Training)).FirstOrDefault(group => 2 * group.Count() > alike.Length)?.Key;
        return value != usual;
    }
}
