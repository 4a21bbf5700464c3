using System.Text;
using Srpo.Core.Files;
using Srpo.Core.Json;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Environments.Python;
using Srpo.Experiments.Reading;
using Srpo.Learning;
using Srpo.Learning.Plugins;

namespace Srpo.Experiments;

/// <summary>Reads, overrides and checks an experiment. Every problem names file, line, column and key.</summary>
public sealed class ExperimentLoader
{
    private readonly ValueReader _reader = new();
    private readonly JsonObjectValue _root;
    private readonly string _directory;
    private IReadOnlyList<PolicyReference> _partners = [];
    private bool _alone;
    private string _models = "";
    private bool _looks;

    private ExperimentLoader(JsonObjectValue root, string directory)
    {
        _root = root;
        _directory = directory;
    }

    /// <summary>Loads a file.</summary>
    /// <param name="file">Name and path; messages show the path as given.</param>
    /// <param name="workingDirectory">Directory against which a relative path is meant.</param>
    /// <param name="overrides">What the command line changes.</param>
    /// <exception cref="ExperimentException">With every problem found.</exception>
    public static Experiment Load(ExperimentFile file, string workingDirectory, IEnumerable<Override> overrides) => Load(file, workingDirectory, overrides, looks: true);

    /// <summary>Loads a file for a list of what there is: the models that it names need not be there.</summary>
    /// <inheritdoc cref="Load(ExperimentFile, string, IEnumerable{Override})"/>
    public static Experiment Outline(ExperimentFile file, string workingDirectory) => Load(file, workingDirectory, [], looks: false);

    private static Experiment Load(ExperimentFile file, string workingDirectory, IEnumerable<Override> overrides, bool looks)
    {
        var path = Path.GetFullPath(file.Path, workingDirectory);

        // Beside an experiment that comes with the program there are no models of the user's.
        var models = ExperimentFiles.Known().Any(known => known.Path == path) ? workingDirectory : Path.GetDirectoryName(path)!;
        return Load(file.Name, file.Path, UserFile.Read(path, "experiment file", file.Path), Path.GetDirectoryName(path)!, models, overrides, partners: null, alone: false, looks);
    }

    /// <summary>Loads a text.</summary>
    /// <param name="name">Name of the experiment.</param>
    /// <param name="source">Name of the text in messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="directory">Directory against which map files are meant.</param>
    /// <param name="overrides">What the command line changes.</param>
    /// <exception cref="ExperimentException">With every problem found.</exception>
    public static Experiment Load(string name, string source, byte[] text, string directory, IEnumerable<Override> overrides) =>
        Load(name, source, text, directory, directory, overrides, partners: null, alone: false);

    /// <summary>Makes an experiment up for one population by itself, which the command line describes. It has no evaluation.</summary>
    /// <param name="directory">Directory against which map files are meant.</param>
    /// <param name="overrides">What the command line says.</param>
    /// <param name="partners">A pool of partners that exists already; null for none.</param>
    /// <exception cref="ExperimentException">With every problem found; what nothing on the command line is to blame for is that of the command line as a whole.</exception>
    public static Experiment LoadAlone(string directory, IEnumerable<Override> overrides, IReadOnlyList<PolicyReference>? partners = null)
    {
        const string label = "population", source = "command line";
        Override[] changes = [.. overrides];
        if (changes.FirstOrDefault(change => change.Path.Split('.')[0] == "evaluation") is { } measure)
            throw new ExperimentException(new ExperimentProblem(measure.Value.Origin, measure.Path, "a population by itself is not evaluated", "leave it out; `srpo crossplay` plays populations that exist"));
        try
        {
            return Load(label, source, Encoding.UTF8.GetBytes($"{{ \"populations\": {{ \"{label}\": {{}} }} }}"), directory, directory, changes, partners, alone: true);
        }
        catch (ExperimentException error)
        {
            throw new ExperimentException([.. error.Problems.Select(Typed)]);
        }

        // Nobody has seen the text that was made up.
        static ExperimentProblem Typed(ExperimentProblem problem) => problem with
        {
            Origin = problem.Origin.Source == source ? new Origin(source, 0, 0) : problem.Origin,
            Field = problem.Field.StartsWith($"populations.{label}.", StringComparison.Ordinal) ? problem.Field[$"populations.{label}.".Length..] : problem.Field,
        };
    }

    private static Experiment Load(
        string name, string source, byte[] text, string directory, string models, IEnumerable<Override> overrides, IReadOnlyList<PolicyReference>? partners, bool alone, bool looks = true)
    {
        var parsed = ExperimentText.Parse(source, text);
        if (parsed is not JsonObjectValue root)
            throw new ExperimentException(new ExperimentProblem(parsed.Origin, "", $"expected an object, found {parsed.Describe()}", "write { ... }"));
        var reader = new ValueReader();

        // What they bring is asked for from here on, by what the command line changes too.
        PluginReader.Load(root, directory, reader);
        if (reader.Problems.Count > 0) throw new ExperimentException(reader.Problems);
        var written = root;
        root = Overrides.Apply(root, overrides, reader);
        if (reader.Problems.Count > 0) throw new ExperimentException(reader.Problems);
        var loader = new ExperimentLoader(root, directory) { _models = models, _looks = looks, _partners = partners ?? [], _alone = alone };
        if (!ReferenceEquals(root, written)) loader.CheckValues(written);
        var experiment = loader.Build(ValidName(name));
        if (loader._reader.Problems.Count > 0 || experiment is null) throw new ExperimentException(loader._reader.Problems);
        if (ReferenceEquals(root, written) || alone) return experiment;

        // What the command line changed is part of the names of populations; a file that is no experiment without it leaves that open.
        var before = new ExperimentLoader(written, directory) { _models = models, _looks = false, _partners = partners ?? [] }.Build(experiment.Name);
        return before is null ? experiment : experiment with { Populations = [.. experiment.Populations.Select(population => WithChanges(population, before))] };
    }

    private static ExperimentPopulation WithChanges(ExperimentPopulation population, Experiment before) =>
        before.Populations.FirstOrDefault(other => other.Label == population.Label) is not { } known ? population
            : population with { Changed = [.. AllSettings.All.Where(setting => setting.Text(known.Training) != setting.Text(population.Training)).Select(setting => setting.Path)] };

    private Experiment? Build(string name)
    {
        CheckKeys(_root, "", ExperimentKeys.Names(ExperimentKeys.TopLevel));
        PluginReader.Load(_root, _directory, _reader);
        if (ReadPreset() is not { } preset) return null;

        var layouts = new LayoutReader(_reader, _directory);
        var environmentName = PythonReference.Registered(Text("environment") ?? preset.Environment);
        var layout = _root["layout"];
        var origin = layout?.Origin ?? _root["environment"]?.Origin ?? _root.Origin;
        var environment = layouts.Read(environmentName, Text("layout") ?? DefaultLayout(environmentName, preset), origin, layout is null ? "environment" : "layout");
        var draft = new TrainingDraft(preset.Training, new Dictionary<string, Origin>());
        var before = _reader.Problems.Count;
        if (Member("training") is { } training) draft = TrainingReader.Read(draft, training, "training", [], _reader);
        var seeds = ExperimentKeys.Seeds.Read(_root, "", _reader) ?? ExperimentKeys.Seeds.Default;
        var sound = _reader.Problems.Count == before;
        var populations = new PopulationReader(_reader, environment, _models) { Layout = origin, ExistingPartners = _partners, LooksAtModels = _looks };
        if (_root["populations"] is null || Member("populations") is { Members.Count: 0 })
            _reader.Add(_root.Origin, "populations", "there are no populations", "write for example \"populations\": { \"srpo\": { \"method\": \"srpo\" } }");
        else if (Member("populations") is { } members)
            populations.Read(members, draft, seeds, sound);
        var links = populations.Link();
        string[] headline = [];
        if (_alone && _reader.Problems.Count == 0) return Built(new Evaluation([], 1, 1, 1));
        var measure = Member("evaluation") ?? new JsonObjectValue(_root.Origin, []);
        CheckKeys(measure, "evaluation.", ExperimentKeys.Names(ExperimentKeys.Evaluation));
        headline = HeadlineReader.Read(_root["headline"], populations.Populations, _reader);
        var evaluation = new EvaluationReader(_reader, layouts).Read(measure, environment, links, populations.Populations, draft.Settings);
        return _reader.Problems.Count > 0 ? null : Built(evaluation!);

        Experiment Built(Evaluation measured) => new()
        {
            Name = name,
            Title = Text("title") ?? "",
            Environment = environment!,
            Seed = _root["seed"] is { } seed ? _reader.Seed(seed, "seed") ?? 1 : 1,
            CheckpointInterval = ExperimentKeys.CheckpointInterval.Read(_root, "", _reader) ?? ExperimentKeys.CheckpointInterval.Default,
            Populations = populations.Populations,
            Evaluation = measured,
            Headline = headline,
            Plugins = PluginsOf(environment!, populations.Populations),
        };
    }

    private static PluginFile[]? PluginsOf(EnvironmentSettings environment, IReadOnlyList<ExperimentPopulation> populations)
    {
        var needed = populations.SelectMany(population => LoadedPlugins.NeededBy(environment.Name, population.Training.Method)).ToHashSet();
        return needed.Count == 0 ? null : [.. LoadedPlugins.All.Where(plugin => needed.Contains(plugin.Reference)).Select(PluginFile.Of)];
    }

    /// <summary>Values of the file that cannot be used are refused although the command line overrides them: without it the same file would not run.</summary>
    private void CheckValues(JsonObjectValue written)
    {
        ExperimentKeys.Seeds.Read(written, "", _reader);
        ExperimentKeys.CheckpointInterval.Read(written, "", _reader);
        if (written["seed"] is { } seed) _reader.Seed(seed, "seed");
        var draft = new TrainingDraft(Presets.Find(Presets.Default)!.Training, new Dictionary<string, Origin>());
        if (written["training"] is JsonObjectValue training) TrainingReader.Read(draft, training, "training", [], _reader);
        if (written["evaluation"] is JsonObjectValue evaluation)
        {
            ExperimentKeys.Episodes.Read(evaluation, "evaluation.", _reader);
            ExperimentKeys.Steps.Read(evaluation, "evaluation.", _reader);
            if (evaluation["seed"] is { } matches) _reader.Seed(matches, "evaluation.seed");
        }

        if (written["populations"] is not JsonObjectValue { Members.Count: <= ExperimentKeys.MaxPopulations } populations) return;
        foreach (var member in populations.Members)
        {
            if (member.Value is not JsonObjectValue population) continue;
            var field = $"populations.{member.Name}";
            ExperimentKeys.Seeds.Read(population, field + ".", _reader);
            TrainingReader.Read(draft, population, field, ExperimentKeys.Names(ExperimentKeys.Population), _reader);
            Sweep.Expand(member.Name, draft, population["sweep"], $"{field}.sweep", _reader);
        }
    }

    /// <summary>The preset's layout belongs to the preset's environment; another one has a first layout of its own.</summary>
    private static string DefaultLayout(string environment, Preset preset) =>
        environment == preset.Environment ? preset.Layout
            : EnvironmentFactory.Registrations.FirstOrDefault(registration => registration.Name == environment)?.Variants[0] ?? preset.Layout;

    private Preset? ReadPreset()
    {
        var value = _root["preset"];
        var name = value is null ? Presets.Default : _reader.Text(value, "preset");
        if (name is null) return null;
        if (Presets.Find(name) is { } preset) return preset;
        string[] known = [.. Presets.All.Select(known => known.Name)];
        var meant = ExperimentFiles.Known().Any(file => file.Name == name) ? $"is an experiment, which `srpo run {name}` runs" : "is not known" + ValueReader.DidYouMean(name, known);
        _reader.Add(value!.Origin, "preset", $"'{name}' {meant}", "use one of " + string.Join(", ", Presets.All.Select(preset => $"{preset.Name} ({preset.Environment} {preset.Layout})")));
        return null;
    }

    private void CheckKeys(JsonObjectValue members, string prefix, IReadOnlyList<string> known)
    {
        foreach (var member in members.Members)
        {
            if (known.Contains(member.Name)) continue;
            // A training key at the top is the likeliest slip: say where it belongs.
            if (prefix.Length == 0 && AllSettings.NamesUnder("").Contains(member.Name))
                _reader.Add(member.Origin, member.Name, "is a training key", $"write it as \"training\": {{ \"{member.Name}\": ... }}, or within a population");
            else
                _reader.UnknownKey(member.Origin, prefix + member.Name, member.Name, known);
        }
    }

    private string? Text(string name) => _root[name] is { } value ? _reader.Text(value, name) : null;

    private JsonObjectValue? Member(string name) => _root[name] is { } value ? _reader.Object(value, name) : null;

    /// <summary>A file name as part of run ids: other characters become '-'.</summary>
    private static string ValidName(string name)
    {
        var valid = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]);
        return valid.Length > 40 ? valid[..40] : valid.Length == 0 ? "experiment" : valid;
    }
}
