using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Environments;

namespace Srpo.Experiments.Imports;

/// <summary>What a map says of any policy that another program has trained.</summary>
/// <param name="Encoding">How the observations are written that it was trained on.</param>
/// <param name="Actions">[actions] For every action of the environment, the output of the network that stands for it; null where the order is the same.</param>
/// <param name="Text">The map as it was written; empty where there is none.</param>
public abstract record PolicyMap(ObservationEncoding Encoding, IReadOnlyList<int>? Actions, string Text)
{
    /// <summary>Longest text of a map, in bytes.</summary>
    private const int MostBytes = 1 << 16;

    /// <summary>Whether one network plays all seats, since its observations say which seat it plays.</summary>
    public bool OwnFirst => Encoding is ObservationEncoding.OwnFirst or ObservationEncoding.OneHotOwnFirst;

    /// <summary>Whether observations are one-hot.</summary>
    public bool OneHot => Encoding is ObservationEncoding.OneHot or ObservationEncoding.OneHotOwnFirst;

    /// <summary>The text of a map's file.</summary>
    private protected static string ReadFile(string path)
    {
        var text = UserFile.ReadText(path, "names map");
        return text.Length <= MostBytes ? text : throw new SrpoException(ErrorKind.Usage, $"the names map {path} has {text.Length} characters; at most {MostBytes} are read");
    }

    /// <summary>Reads the text of a map.</summary>
    private protected static T Parse<T>(string text, string file, string example, Func<JsonObjectValue, T> read)
    {
        try
        {
            return JsonFields.Read(text, "names map", example, read, file);
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Usage, error.Message, error);
        }
    }

    /// <summary>The encoding that a map names.</summary>
    private protected static ObservationEncoding EncodingOf(JsonObjectValue root) => Word(root, "encoding", Enum.GetValues<ObservationEncoding>(), ObservationEncoding.Absolute, required: false);

    /// <summary>The order of actions that a map names; null for none.</summary>
    private protected static int[]? ActionOrder(JsonObjectValue root)
    {
        if (root["actions"] is not { } value) return null;
        int[] actions = [.. JsonFields.Elements(value, "actions").Select((item, i) => JsonFields.Whole(item, JsonFields.Indexed("actions", i), 0, ImportedGraph.MostActions - 1))];
        return actions.Order().SequenceEqual(Enumerable.Range(0, actions.Length))
            ? actions
            : throw JsonFields.Wrong("actions", $"must name every output from 0 to {actions.Length - 1} once: for every action of the environment the output that stands for it");
    }

    /// <summary>A field that is one of several words.</summary>
    private protected static T Word<T>(JsonObjectValue root, string field, T[] known, T otherwise, bool required)
        where T : struct, Enum
    {
        string[] words = [.. known.Select(value => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString()))];
        if (root[field] is not { } value) return required ? throw JsonFields.Wrong(field, $"is missing; use one of {string.Join(", ", words)}") : otherwise;
        var place = Array.IndexOf(words, JsonFields.Text(value, field));
        return place >= 0 ? known[place] : throw JsonFields.Wrong(field, $"{NearestName.Unknown("word", JsonFields.Text(value, field), words)}");
    }
}
