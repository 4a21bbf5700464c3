using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Json;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Environments.Python;

namespace Srpo.Experiments.Reading;

/// <summary>Completes environments: built-in layouts by name, the user's own from map files.</summary>
internal sealed class LayoutReader
{
    private readonly ValueReader _reader;
    private readonly string _directory;

    public LayoutReader(ValueReader reader, string directory)
    {
        _reader = reader;
        _directory = directory;
    }

    /// <summary>The environment with its definition; null after a problem.</summary>
    public EnvironmentSettings? Read(string environment, string layout, Origin origin, string field)
    {
        var settings = new EnvironmentSettings(environment, layout);
        try
        {
            var file = Path.GetFullPath(layout, _directory);
            if (EnvironmentFactory.Find(environment).Variants.Contains(layout, StringComparer.Ordinal)) file = layout;
            else if (Path.Exists(file)) settings = settings with { Variant = file };
            return Bounded(EnvironmentFactory.Resolve(settings), origin, field);
        }
        catch (LayoutException error)
        {
            // The map's own place is what the user must look at.
            _reader.Add(new Origin(error.File ?? layout, error.Line, error.Column), field, Problem(error), $"docs/environments/{environment}.md describes files of your own");
        }
        catch (Exception error) when (error is ArgumentException or FormatException or SrpoException or IOException or UnauthorizedAccessException)
        {
            // Of a file that is there the message says itself what to do; where one is looked for helps whoever named none.
            var problem = FirstLine(error.Message);
            var end = problem.LastIndexOf("; ", StringComparison.Ordinal);
            var there = error is PythonEnvironmentException || settings.Variant != layout || (Path.IsPathRooted(layout) && Path.Exists(layout));
            if (!there) _reader.Add(origin, field, problem, $"a file of your own is meant relative to {_directory}");
            else if (end > 0) _reader.Add(origin, field, problem[..end], problem[(end + 2)..]);
            else _reader.Add(origin, field, problem, "name another file");
        }

        return null;
    }

    /// <summary>The layouts of an evaluation with the places where they are named; null after a problem.</summary>
    public IReadOnlyList<(EvaluationLayout Layout, Origin Origin)>? ReadAll(JsonValue? value, string field, EnvironmentSettings? training, string environment)
    {
        if (training is null) return null;
        if (value is null) return [(new EvaluationLayout(ExperimentKeys.TrainingLayout, training), default)];
        // On the command line a single name or a comma-separated list will do.
        if (value is JsonStringValue { Origin.Line: 0 } typed)
            value = new JsonListValue(typed.Origin, [.. typed.Text.Split(',').Select(name => new JsonStringValue(typed.Origin, name.Trim()))]);
        if (value is not JsonListValue list)
        {
            _reader.Add(value.Origin, field, $"expected a list of layouts, found {value.Describe()}", "write for example [\"training\", \"held-out-a\"]");
            return null;
        }

        if (list.Items.Count is 0 or > ExperimentKeys.MaxLayouts)
        {
            _reader.Add(
                list.Origin, field, string.Create(CultureInfo.InvariantCulture, $"{list.Items.Count} layouts are named"),
                string.Create(CultureInfo.InvariantCulture, $"name 1 to {ExperimentKeys.MaxLayouts}, or leave it out for the layout of training"));
            return null;
        }

        var layouts = new List<(EvaluationLayout Layout, Origin Origin)>();
        foreach (var item in list.Items)
        {
            if (_reader.Text(item, field) is not { } name) return null;
            var settings = name == ExperimentKeys.TrainingLayout ? training : Read(environment, name, item.Origin, field);
            if (settings is null) return null;
            var label = name == ExperimentKeys.TrainingLayout ? name : Label(settings.Variant);
            if (layouts.Any(known => known.Layout.Name == label))
            {
                _reader.Add(item.Origin, field, $"the layout '{label}' is listed twice", "remove one, or give the map another name");
                return null;
            }

            layouts.Add((new EvaluationLayout(label, settings), item.Origin));
        }

        return layouts;
    }

    /// <summary>What grains would refuse for its length, once it is needed.</summary>
    private EnvironmentSettings? Bounded(EnvironmentSettings settings, Origin origin, string field)
    {
        if (settings.Variant.Length > EnvironmentSettings.MaxNameLength)
            _reader.Add(origin, field, string.Create(CultureInfo.InvariantCulture, $"its name has {settings.Variant.Length} characters"), string.Create(CultureInfo.InvariantCulture, $"use at most {EnvironmentSettings.MaxNameLength}"));
        else if (settings.Definition is { Length: > EnvironmentSettings.MaxDefinitionLength } text)
            _reader.Add(origin, field, string.Create(CultureInfo.InvariantCulture, $"the file has {text.Length} characters"), string.Create(CultureInfo.InvariantCulture, $"use a smaller one, of at most {EnvironmentSettings.MaxDefinitionLength}"));
        else
            return settings;
        return null;
    }

    private static string Label(string variant)
    {
        var label = new string([.. variant.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]);
        return label.Length is > 0 and <= 40 ? label : label.Length == 0 ? "layout" : label[..40];
    }

    private static string Problem(LayoutException error)
    {
        var prefix = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {error.Line}, column {error.Column}: ");
        var start = error.Message.IndexOf(prefix, StringComparison.Ordinal);
        return start < 0 ? error.Message : error.Message[(start + prefix.Length)..];
    }

    private static string FirstLine(string message)
    {
        var end = message.IndexOf(" (Parameter", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }
}
