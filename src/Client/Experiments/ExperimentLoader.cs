using Srpo.Core.Settings;

namespace Srpo.Client.Experiments;

/// <summary>Reads, overrides and checks an experiment. Every problem names file, line, column and key.</summary>
internal sealed class ExperimentLoader
{
    private const int DefaultSeeds = 8;
    private const int DefaultEpisodes = 100;

    private readonly ValueReader _reader = new();
    private readonly JsonObjectValue _root;
    private readonly string _directory;

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
    public static Experiment Load(ExperimentFile file, string workingDirectory, IEnumerable<Override> overrides)
    {
        var path = Path.GetFullPath(file.Path, workingDirectory);
        return Load(file.Name, file.Path, File.ReadAllBytes(path), Path.GetDirectoryName(path)!, overrides);
    }

    /// <summary>Loads a text.</summary>
    /// <param name="name">Name of the experiment.</param>
    /// <param name="source">Name of the text in messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="directory">Directory against which map files are meant.</param>
    /// <param name="overrides">What the command line changes.</param>
    /// <exception cref="ExperimentException">With every problem found.</exception>
    public static Experiment Load(string name, string source, byte[] text, string directory, IEnumerable<Override> overrides)
    {
        var parsed = JsonSource.Parse(source, text);
        if (parsed is not JsonObjectValue root)
            throw new ExperimentException(new ExperimentProblem(parsed.Origin, "", $"expected an object, found {parsed.Describe()}", "write { ... }"));
        var reader = new ValueReader();
        root = Overrides.Apply(root, overrides, reader);
        if (reader.Problems.Count > 0) throw new ExperimentException(reader.Problems);
        var loader = new ExperimentLoader(root, directory);
        var experiment = loader.Build(ValidName(name));
        return loader._reader.Problems.Count == 0 && experiment is not null ? experiment : throw new ExperimentException(loader._reader.Problems);
    }

    private Experiment? Build(string name)
    {
        CheckKeys(_root, "", ExperimentKeys.Names(ExperimentKeys.TopLevel));
        if (ReadPreset() is not { } preset) return null;

        var layouts = new LayoutReader(_reader, _directory);
        var environmentName = Text("environment") ?? preset.Environment;
        var layout = _root["layout"];
        var environment = layouts.Read(
            environmentName, Text("layout") ?? preset.Layout, layout?.Origin ?? _root["environment"]?.Origin ?? _root.Origin, layout is null ? "environment" : "layout");
        var draft = new TrainingDraft(preset.Training, new Dictionary<string, Origin>());
        if (Member("training") is { } training) draft = TrainingReader.Read(draft, training, "training", [], _reader);
        var seeds = Whole(_root, "seeds", "seeds", 1, 10_000) ?? DefaultSeeds;
        var populations = ReadPopulations(draft, seeds);
        var evaluation = ReadEvaluation(layouts, environment, environmentName, draft.Settings.EvaluationSteps);
        if (_reader.Problems.Count > 0) return null;
        return new Experiment
        {
            Name = name,
            Title = Text("title") ?? "",
            Environment = environment!,
            Seed = _root["seed"] is { } seed ? _reader.Seed(seed, "seed") ?? 1 : 1,
            CheckpointInterval = Whole(_root, "checkpointInterval", "checkpointInterval", 1, int.MaxValue) ?? 250,
            Populations = populations,
            Evaluation = evaluation!,
        };
    }

    private Preset? ReadPreset()
    {
        var value = _root["preset"];
        var name = value is null ? Presets.Default : _reader.Text(value, "preset");
        if (name is null) return null;
        if (Presets.Find(name) is { } preset) return preset;
        string[] known = [.. Presets.All.Select(known => known.Name)];
        _reader.Add(value!.Origin, "preset", $"'{name}' is not known" + ValueReader.DidYouMean(name, known), "use one of " + string.Join(", ", known));
        return null;
    }

    private List<ExperimentPopulation> ReadPopulations(TrainingDraft draft, int seeds)
    {
        var populations = new List<ExperimentPopulation>();
        if (_root["populations"] is null || Member("populations") is { Members.Count: 0 })
        {
            _reader.Add(_root.Origin, "populations", "there are no populations", "write for example \"populations\": { \"srpo\": { \"method\": \"srpo\" } }");
            return populations;
        }

        foreach (var member in Member("populations")?.Members ?? [])
        {
            var field = $"populations.{member.Name}";
            if (!PopulationSpec.IsValidName(member.Name) || member.Name.Length > 30)
                _reader.Add(member.Origin, field, "the name is not valid", "use 1 to 30 letters, digits, '-', '_' or '.', not beginning with '.'");
            if (_reader.Object(member.Value, field) is not { } population) continue;
            var own = Whole(population, "seeds", $"{field}.seeds", 1, 10_000) ?? seeds;
            var read = TrainingReader.Read(draft, population, field, ExperimentKeys.Names(ExperimentKeys.Population), _reader);
            foreach (var (label, settings) in Sweep.Expand(member.Name, read, population["sweep"], $"{field}.sweep", _reader))
            {
                CheckSettings(settings, field, member.Origin);
                if (populations.Any(known => known.Label == label))
                    _reader.Add(member.Origin, field, $"makes the population '{label}' a second time", "change the name or the sweep");
                populations.Add(new ExperimentPopulation(label, settings.Settings, own));
            }
        }

        return populations;
    }

    private void CheckSettings(TrainingDraft draft, string field, Origin otherwise)
    {
        foreach (var problem in draft.Settings.Validate())
        {
            var origin = draft.OriginOf(problem.Field, otherwise);
            if (!_reader.Problems.Any(known => known.Origin == origin && known.Reason == problem.Reason))
                _reader.Add(origin, $"{field}.{problem.Field}", problem.Reason, problem.Remedy);
        }
    }

    private Evaluation? ReadEvaluation(LayoutReader layouts, EnvironmentSettings? training, string environment, int defaultSteps)
    {
        var evaluation = Member("evaluation") ?? new JsonObjectValue(_root.Origin, []);
        CheckKeys(evaluation, "evaluation.", ExperimentKeys.Names(ExperimentKeys.Evaluation));
        var chosen = layouts.ReadAll(evaluation["layouts"], "evaluation.layouts", training, environment);
        var episodes = Whole(evaluation, "episodes", "evaluation.episodes", 1, 1_000_000) ?? DefaultEpisodes;
        var steps = Whole(evaluation, "steps", "evaluation.steps", 1, 65536) ?? defaultSteps;
        var seed = evaluation["seed"] is { } value ? _reader.Seed(value, "evaluation.seed") ?? 1 : 1;
        return chosen is null ? null : new Evaluation(chosen, episodes, steps, seed);
    }

    private void CheckKeys(JsonObjectValue members, string prefix, IReadOnlyList<string> known)
    {
        foreach (var member in members.Members)
        {
            if (known.Contains(member.Name)) continue;
            // A training key at the top is the likeliest slip: say where it belongs.
            if (prefix.Length == 0 && TrainingKeys.NamesUnder("").Contains(member.Name))
                _reader.Add(member.Origin, member.Name, "is a training key", $"write it as \"training\": {{ \"{member.Name}\": ... }}, or within a population");
            else
                _reader.UnknownKey(member.Origin, prefix + member.Name, member.Name, known);
        }
    }

    private string? Text(string name) => _root[name] is { } value ? _reader.Text(value, name) : null;

    private JsonObjectValue? Member(string name) => _root[name] is { } value ? _reader.Object(value, name) : null;

    private int? Whole(JsonObjectValue members, string name, string field, int low, int high) =>
        members[name] is { } value ? _reader.Whole(value, field, low, high) : null;

    /// <summary>A file name as part of run ids: other characters become '-'.</summary>
    private static string ValidName(string name)
    {
        var valid = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]);
        return valid.Length > 40 ? valid[..40] : valid.Length == 0 ? "experiment" : valid;
    }
}
