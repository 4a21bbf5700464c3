using System.Collections.Immutable;
using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Methods;

namespace Srpo.Experiments.Runs;

/// <summary>Gathers what reports need of debates: who the debaters are, and what became of every question.</summary>
public static class DebateCollector
{
    private static readonly char[] Separators = ['-', '_', '.'];

    /// <summary>
    /// The populations as debaters: their models, and a key of the method that is equal for those that are to be held against each other. That key is the method's id, unless
    /// an experiment has several arms of a method with the same model: then arms are told apart by their settings, and called by what their labels have in common.
    /// </summary>
    /// <param name="populations">Label and settings of every population that is evaluated; those without language models are left out.</param>
    public static ImmutableArray<DebaterPopulation> Populations(IEnumerable<(string Label, TrainingSettings Training)> populations)
    {
        ArgumentNullException.ThrowIfNull(populations);
        var debaters = populations.Where(population => population.Training.Language is not null).ToArray();
        var models = Models([.. debaters.Select(population => population.Training.Language!.Model).Distinct(StringComparer.Ordinal)]);
        var arms = Arms([.. debaters.Select(population => (population.Label, population.Training, Model: models[population.Training.Language!.Model]))]);
        return
        [
            .. debaters.Select(population =>
            {
                var method = MethodRegistry.Find(population.Training.Method);
                return new DebaterPopulation(
                    population.Label, arms[population.Label], models[population.Training.Language!.Model], method?.Role ?? PopulationRole.Other, method?.Learns ?? true);
            }),
        ];
    }

    /// <summary>The debates of a tournament.</summary>
    /// <param name="layout">The layout's name.</param>
    /// <param name="played">What was played.</param>
    /// <param name="labels">Labels of the populations, by name.</param>
    /// <returns>The debates; null where none were held.</returns>
    /// <exception cref="SrpoException">What is stored is damaged, or pairs debated different questions.</exception>
    public static DebateMatches? Matches(string layout, TournamentMatrix played, IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(played);
        var cells = played.Cells.Select(cell => cell?.Debates).ToImmutableArray();
        DebateOutcomes? first = null;
        for (var index = 0; index < cells.Length; index++)
        {
            if (cells[index] is not { } debates) continue;
            if (debates.Problem() is { } problem) throw Damaged(index, problem);
            first ??= debates;
            if (debates.Rounds != first.Rounds || !debates.Questions.AsSpan().SequenceEqual(first.Questions)) throw Damaged(index, "they are not about the questions, or not in the rounds, of the other pairs");
        }

        return first is null ? null : new(layout, [.. played.Players.Select(player => new AgentLabel(labels.GetValueOrDefault(player.Population, player.Population), player.Team))], cells)
        {
            IsOrdered = played.Seating == CrossPlayMatrix.OrderedSeating,
        };

        SrpoException Damaged(int index, string problem)
        {
            var (row, column) = (played.Players[index / played.Players.Length], played.Players[index % played.Players.Length]);
            return new(ErrorKind.Damaged, string.Create(
                CultureInfo.InvariantCulture,
                $"the tournament '{played.Tournament}' holds damaged debates of {row.Population}/{row.Team} with {column.Population}/{column.Team}: {problem}; `srpo runs delete {played.Tournament}` and the command again debate anew"));
        }
    }

    /// <summary>Names of models for people: the short ones, unless two would be called alike.</summary>
    private static Dictionary<string, string> Models(IReadOnlyList<string> models)
    {
        var alike = models.GroupBy(ArchitectureRegistry.LabelOf, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        return models.ToDictionary(model => model, model => ArchitectureRegistry.LabelOf(model) is var label && alike.Contains(label) ? model : label, StringComparer.Ordinal);
    }

    /// <summary>[label] key of the method.</summary>
    private static Dictionary<string, string> Arms((string Label, TrainingSettings Training, string Model)[] populations)
    {
        var arms = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var method in populations.GroupBy(population => population.Training.Method))
        {
            if (method.Select(population => population.Model).Distinct().Count() == method.Count())
            {
                foreach (var population in method) arms[population.Label] = method.Key;
                continue;
            }

            foreach (var arm in method.GroupBy(population => WithoutModel(population.Training)))
            {
                var distinct = arm.Select(population => population.Model).Distinct().Count() == arm.Count();
                var common = Common([.. arm.Select(population => Stem(population.Label, population.Model))]);
                foreach (var population in arm) arms[population.Label] = distinct && common.Length > 0 ? common : population.Label;
            }
        }

        // Two arms are two, whatever their labels have in common.
        foreach (var twice in populations.GroupBy(population => (arms[population.Label], population.Model)).Where(group => group.Count() > 1))
            foreach (var population in twice) arms[population.Label] = population.Label;
        return arms;
    }

    /// <summary>The settings that make the method: without the model and what is chosen by its size.</summary>
    private static TrainingSettings WithoutModel(TrainingSettings training) => training with { Language = null, LearningRate = 0, Lanes = 0, Minibatches = 0, Device = "" };

    /// <summary>A label without the name of its model at its end or beginning.</summary>
    private static string Stem(string label, string model)
    {
        if (label.EndsWith(model, StringComparison.OrdinalIgnoreCase)) label = label[..^model.Length];
        else if (label.StartsWith(model, StringComparison.OrdinalIgnoreCase)) label = label[model.Length..];
        return label.Trim(Separators);
    }

    /// <summary>What all texts begin with, up to the last separator in it unless it is all of them.</summary>
    private static string Common(string[] texts)
    {
        var length = 0;
        while (texts.All(text => text.Length > length && text[length] == texts[0][length])) length++;
        if (texts.All(text => text.Length == length)) return texts[0];
        var end = texts[0][..length].LastIndexOfAny(Separators);
        return (end > 0 ? texts[0][..end] : texts[0][..length]).Trim(Separators);
    }
}
