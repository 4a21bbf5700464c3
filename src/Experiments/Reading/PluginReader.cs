using Srpo.Core.Errors;
using Srpo.Core.Json;
using Srpo.Environments.Python;
using Srpo.Experiments.Data;

namespace Srpo.Experiments.Reading;

/// <summary>Loads the plug-ins that an experiment names: they must be there before anything else of it is read.</summary>
internal static class PluginReader
{
    private const string Field = "plugins", EnvironmentField = "environment";

    /// <summary>Loads them; one that is loaded already stays as it is.</summary>
    /// <param name="root">The experiment.</param>
    /// <param name="directory">Directory against which their files are meant.</param>
    /// <param name="reader">Collects problems.</param>
    public static void Load(JsonObjectValue root, string directory, ValueReader reader)
    {
        // An environment in Python is named as such and nowhere else; one of the command line is loaded with that.
        if (root[EnvironmentField] is JsonStringValue { Origin.Line: > 0 } environment && PythonReference.Is(environment.Text)) Load(environment, EnvironmentField, environment.Text, directory, reader);
        if (root[Field] is not { } value) return;

        // On the command line a single file or a comma-separated list will do.
        if (value is JsonStringValue { Origin.Line: 0 } typed)
            value = new JsonListValue(typed.Origin, [.. typed.Text.Split(',').Select(file => new JsonStringValue(typed.Origin, file.Trim()))]);
        if (value is not JsonListValue list)
        {
            reader.Add(value.Origin, Field, $"expected a list of files, found {value.Describe()}", "write for example [\"../plugins/Kitchen.dll\"]");
            return;
        }

        for (var i = 0; i < list.Items.Count; i++)
        {
            var (item, field) = (list.Items[i], FormattableString.Invariant($"{Field}[{i}]"));
            if (reader.Text(item, field) is { Length: > 0 } file) Load(item, field, file, directory, reader);
        }
    }

    private static void Load(JsonValue item, string field, string file, string directory, ValueReader reader)
    {
        try
        {
            TrustedPlugins.LoadNamed(file, directory);
        }
        catch (SrpoException error)
        {
            var end = error.Message.LastIndexOf("; ", StringComparison.Ordinal);
            reader.Add(item.Origin, field, end > 0 ? error.Message[..end] : error.Message.TrimEnd('.'), end > 0 ? error.Message[(end + 2)..] : "name another file");
        }
    }
}
