using Srpo.Core.Json;
using Srpo.Core.Settings;
using Srpo.Experiments.Reading;

namespace Srpo.Experiments;

/// <summary>Layouts that are named on a command line, for populations that exist.</summary>
public static class TypedLayouts
{
    /// <summary>One layout of the environment of training.</summary>
    /// <param name="layout">A built-in name, or a map file.</param>
    /// <param name="training">The environment of training.</param>
    /// <param name="directory">Directory against which a file is meant.</param>
    /// <exception cref="ExperimentException">There is no such layout.</exception>
    public static EnvironmentSettings One(string layout, EnvironmentSettings training, string directory)
    {
        var reader = new ValueReader();
        return new LayoutReader(reader, directory).Read(training.Name, layout, Option(layout), "layout") ?? throw new ExperimentException(reader.Problems);
    }

    /// <summary>Several layouts for an evaluation, "training" among them for that of training.</summary>
    /// <param name="layouts">Built-in names and map files, each once.</param>
    /// <param name="training">The environment of training.</param>
    /// <param name="directory">Directory against which files are meant.</param>
    /// <exception cref="ExperimentException">One of them does not exist, or is there twice.</exception>
    public static IReadOnlyList<EvaluationLayout> Several(IEnumerable<string> layouts, EnvironmentSettings training, string directory)
    {
        var reader = new ValueReader();
        var list = new JsonListValue(new Origin("--layout", 0, 0), [.. layouts.Select(name => new JsonStringValue(Option(name), name))]);
        return new LayoutReader(reader, directory).ReadAll(list, "layout", training, training.Name) is { } placed
            ? [.. placed.Select(one => one.Layout)]
            : throw new ExperimentException(reader.Problems);
    }

    private static Origin Option(string layout) => new($"--layout {layout}", 0, 0);
}
