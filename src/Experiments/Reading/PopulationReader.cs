using System.Globalization;
using Srpo.Core.Json;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;
using Srpo.Learning.Methods;

namespace Srpo.Experiments.Reading;

/// <summary>Reads the populations of an experiment: training keys, sweeps, and what they say of each other.</summary>
internal sealed class PopulationReader
{
    private readonly ValueReader _reader;
    private readonly EnvironmentSettings? _settings;
    private readonly EnvironmentInfo? _environment;
    private readonly string _directory;
    private readonly List<Entry> _entries = [];

    /// <summary>Labels of populations with mistakes of their own: nothing is said of what only follows from these.</summary>
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);

    /// <param name="reader">Collects problems.</param>
    /// <param name="environment">The environment of training; null where it could not be read.</param>
    /// <param name="directory">What relative paths are relative to.</param>
    public PopulationReader(ValueReader reader, EnvironmentSettings? environment, string directory) =>
        (_reader, _settings, _environment, _directory) = (reader, environment, environment is null ? null : EnvironmentFactory.Info(environment), directory);

    /// <summary>A pool of partners that exists already, for populations that name none.</summary>
    public IReadOnlyList<PolicyReference> ExistingPartners { get; init; } = [];

    /// <summary>Where the layout is named, or what it follows from.</summary>
    public required Origin Layout { get; init; }

    /// <summary>Whether it is looked at whether the models are there that populations name.</summary>
    public bool LooksAtModels { get; init; } = true;

    /// <summary>The populations read, in the order of the file; references are in them after <see cref="Link"/>.</summary>
    public IReadOnlyList<ExperimentPopulation> Populations => [.. _entries.Select(entry => entry.Population)];

    /// <summary>Reads the object of populations.</summary>
    /// <param name="populations">The object.</param>
    /// <param name="draft">What holds for all.</param>
    /// <param name="seeds">Teams where a population does not say.</param>
    /// <param name="sound">Whether these two are what the user wrote.</param>
    public void Read(JsonObjectValue populations, TrainingDraft draft, int seeds, bool sound)
    {
        if (populations.Members.Count > ExperimentKeys.MaxPopulations)
        {
            _reader.Add(
                populations.Origin, "populations", string.Create(CultureInfo.InvariantCulture, $"there are {populations.Members.Count} populations"),
                string.Create(CultureInfo.InvariantCulture, $"use at most {ExperimentKeys.MaxPopulations}, sweeps included"));
            return;
        }

        foreach (var member in populations.Members)
        {
            var field = $"populations.{member.Name}";
            if (!PopulationSpec.IsValidName(member.Name) || member.Name.Length > 30)
                _reader.Add(member.Origin, field, "the name is not valid", "use 1 to 30 letters, digits, '-', '_' or '.', not beginning with '.'");
            var before = _reader.Problems.Count;
            if (_reader.Object(member.Value, field) is { } population) Read(member, population, field, draft, seeds);
            if (!sound || _reader.Problems.Count > before) _broken.UnionWith([member.Name, .. _entries.Where(entry => entry.Field == field).Select(entry => entry.Population.Label)]);
            if (_entries.Count <= ExperimentKeys.MaxPopulations) continue;
            _reader.Add(
                member.Origin, field, string.Create(CultureInfo.InvariantCulture, $"with its sweep there are {_entries.Count} populations so far"),
                string.Create(CultureInfo.InvariantCulture, $"use at most {ExperimentKeys.MaxPopulations}"));
            return;
        }
    }

    /// <summary>Resolves what populations say of each other, and checks them as they will be trained.</summary>
    /// <returns>What reads further references, for the evaluation; null without an environment.</returns>
    public PopulationLinks? Link()
    {
        if (_environment is not { } environment)
        {
            foreach (var entry in _entries.Where(entry => !_broken.Contains(entry.Population.Label))) Report(entry, entry.Draft, entry.Population.Training.Validate());
            return null;
        }

        var against = _entries.Where(entry => entry.Opponents is not null).Select(entry => entry.Population.Label).ToHashSet(StringComparer.Ordinal);
        var links = new PopulationLinks(_reader, Populations, against, _broken, environment);
        foreach (var entry in _entries)
        {
            var origins = new Dictionary<string, Origin>(entry.Draft.Origins, StringComparer.Ordinal);
            if (entry.Opponents is { } opponents)
            {
                origins["opponents"] = opponents.Origin;
                if (links.Opponents(opponents, $"{entry.Field}.opponents", entry.Population.Label) is not { } agents) continue;
                entry.Population = entry.Population with { Opponents = agents };
            }

            if (entry.Partners is { } partners)
            {
                origins["partners"] = partners.Origin;
                if (links.Partners(partners, $"{entry.Field}.partners") is not { } pool) continue;
                entry.Population = entry.Population with { Partners = pool };
            }

            if (!_broken.Contains(entry.Population.Label)) Check(entry, entry.Draft with { Origins = origins }, environment);
        }

        return links;
    }

    private void Read(JsonMember member, JsonObjectValue population, string field, TrainingDraft draft, int seeds)
    {
        var own = ExperimentKeys.Seeds.Read(population, field + ".", _reader);
        var evaluate = population["evaluate"] is not { } flag || _reader.Boolean(flag, $"{field}.evaluate") != false;
        var read = WithoutForeign(TrainingReader.Read(draft, population, field, ExperimentKeys.Names(ExperimentKeys.Population), _reader), population);
        foreach (var (label, settings) in Sweep.Expand(member.Name, read, population["sweep"], $"{field}.sweep", _reader))
        {
            if (_entries.Any(known => known.Population.Label == label))
                _reader.Add(member.Origin, field, $"makes the population '{label}' a second time", "change the name or the sweep");
            _entries.Add(new Entry
            {
                Population = new ExperimentPopulation(label, WithFullPath(WithinBudget(settings, population)), own ?? seeds) { Evaluate = evaluate },
                Draft = settings,
                Field = field,
                Origin = member.Origin,
                Opponents = population["opponents"],
                Partners = population["partners"],
            });
        }
    }

    private TrainingSettings WithinBudget(TrainingDraft draft, JsonObjectValue population) =>
        draft.Budget is { } budget && _environment is { } environment ? budget.Apply(draft.Settings, environment, population["opponents"] is not null) : draft.Settings;

    /// <summary>A model's folder is meant relative to the file that names it.</summary>
    private TrainingSettings WithFullPath(TrainingSettings settings) =>
        settings.Language is { Model.Length: > 0 } language && !language.Model.StartsWith(ArchitectureRegistry.TrainedModel, StringComparison.Ordinal)
            ? settings with { Language = language with { Model = Path.GetFullPath(language.Model, _directory) } }
            : settings;

    /// <summary>What is said for all populations counts for those whose method has such a setting; what a population says itself is kept, and refused.</summary>
    private static TrainingDraft WithoutForeign(TrainingDraft draft, JsonObjectValue population)
    {
        var method = MethodRegistry.Find(draft.Settings.Method);
        IEnumerable<KeyValuePair<string, double>> own = draft.Settings.Own is null ? [] : draft.Settings.Own;
        var settings = draft.Settings;
        foreach (var (path, _) in own)
        {
            if (method?.OwnSettings.Any(setting => setting.Path == path) == false && population[path.Split('.')[0]] is null)
                settings = settings with { Own = OwnSettings.With(settings.Own, path, null) };
        }

        return draft with { Settings = settings };
    }

    private void Check(Entry entry, TrainingDraft draft, EnvironmentInfo environment)
    {
        // The name's own problems were reported where it was read.
        var experiment = new Experiment
        {
            Name = "",
            Environment = _settings!,
            Populations = Populations,
            Evaluation = new Evaluation([], 1, 1, 1),
        };
        var spec = experiment.Spec(entry.Population, _ => "population");
        if (ExistingPartners.Count > 0 && spec.Partners.Count == 0) spec = spec with { Partners = ExistingPartners };
        var problems = spec.Validate();
        if (problems.Count == 0) problems = TeamPlan.Problems(spec, environment);
        Report(entry, draft, problems.Count > 0 || !LooksAtModels ? problems : ArchitectureRegistry.Problems(spec));
    }

    private void Report(Entry entry, TrainingDraft draft, IReadOnlyList<SettingsProblem> problems)
    {
        foreach (var problem in problems)
        {
            // What is wrong with the layout is so for all populations, and said once.
            var ofAll = problem.Field == "layout";
            var origin = ofAll ? Layout : draft.OriginOf(problem.Field, entry.Origin);
            if (!_reader.Problems.Any(known => known.Origin == origin && known.Reason == problem.Reason))
                _reader.Add(origin, ofAll ? problem.Field : $"{entry.Field}.{problem.Field}", problem.Reason, problem.Remedy);
        }
    }

    /// <summary>A population with what is needed to resolve and to blame.</summary>
    private sealed class Entry
    {
        public required ExperimentPopulation Population { get; set; }

        public required TrainingDraft Draft { get; init; }

        public required string Field { get; init; }

        public required Origin Origin { get; init; }

        public required JsonValue? Opponents { get; init; }

        public required JsonValue? Partners { get; init; }
    }
}
