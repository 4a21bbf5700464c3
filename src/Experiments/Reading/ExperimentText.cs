using System.Globalization;
using Srpo.Core.Json;

namespace Srpo.Experiments.Reading;

/// <summary>Reads the text of an experiment.</summary>
internal static class ExperimentText
{
    /// <summary>Most bytes of an experiment. One of a thousand populations has a hundredth of it.</summary>
    internal const int MostBytes = 1 << 22;

    /// <summary>The value that a text holds.</summary>
    /// <param name="source">Name for messages.</param>
    /// <param name="text">UTF-8.</param>
    /// <exception cref="ExperimentException">The text is too long or not JSON, or a key is there twice.</exception>
    public static JsonValue Parse(string source, byte[] text)
    {
        if (text.Length > MostBytes)
        {
            throw new ExperimentException(new ExperimentProblem(
                new Origin(source, 1, 1), "", string.Create(CultureInfo.InvariantCulture, $"the file has {text.Length} bytes; an experiment has at most {MostBytes}"), "is it the right file?"));
        }

        try
        {
            var value = JsonSource.Parse(source, text);
            RefuseTwice(value);
            return value;
        }
        catch (JsonTextException error)
        {
            throw new ExperimentException(new ExperimentProblem(error.Origin, "", error.Reason, "the file must be JSON; comments and trailing commas are allowed"));
        }
    }

    private static void RefuseTwice(JsonValue value)
    {
        if (value is JsonListValue list)
        {
            foreach (var item in list.Items) RefuseTwice(item);
        }

        if (value is not JsonObjectValue members) return;
        var seen = new Dictionary<string, Origin>(StringComparer.Ordinal);
        foreach (var member in members.Members)
        {
            if (!seen.TryAdd(member.Name, member.Origin))
                throw new ExperimentException(new ExperimentProblem(member.Origin, member.Name, $"the key is here twice (first in line {seen[member.Name].Line})", "remove one of the two"));
            RefuseTwice(member.Value);
        }
    }
}
