using Srpo.Core.Errors;
using Srpo.Core.Json;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Experiments.Imports;

/// <summary>How a policy that came as an ONNX file is asked, where that does not go without saying. Its layers are in the file.</summary>
/// <param name="Head">What its output is.</param>
/// <param name="Output">Name of that output; null for the only one.</param>
/// <param name="Encoding">How the observations are written that it was trained on.</param>
/// <param name="Actions">[actions] For every action of the environment, the number of the output that stands for it; null where the order is the same.</param>
/// <param name="Text">The map as it was written; empty where there is none.</param>
public sealed record GraphMap(GraphHead Head, string? Output, ObservationEncoding Encoding, IReadOnlyList<int>? Actions, string Text) : PolicyMap(Encoding, Actions, Text)
{
    private const string Example = """{ "encoding": "ownFirst", "output": "logits" }""";

    /// <summary>What holds where no map is given: the only output is logits, in the order of the actions, of absolute observations.</summary>
    public static GraphMap Default { get; } = new(GraphHead.Logits, null, ObservationEncoding.Absolute, null, "");

    /// <summary>Reads a map.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <exception cref="SrpoException">It is not there, or a field of it is wrong; the message names it.</exception>
    public static GraphMap Load(string path) => Parse(ReadFile(path), path);

    /// <summary>Reads the text of a map.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">Its file, as messages name it.</param>
    /// <exception cref="SrpoException">A field of it is wrong; the message names it.</exception>
    public static GraphMap Parse(string text, string file) => Parse(text, file, Example, root => Read(root, text));

    private static GraphMap Read(JsonObjectValue root, string text)
    {
        foreach (var field in new[] { "layers", "axes", "activation" })
        {
            if (root[field] is not null) throw JsonFields.Wrong(field, $"is for safetensors files; an ONNX file has its layers in itself: leave it out");
        }

        JsonFields.RequireKnown(root, "", ["encoding", "head", "output", "actions"]);
        var output = root["output"] is { } name ? JsonFields.Text(name, "output") : null;
        if (output is { Length: 0 or > ImportedGraph.MostName }) throw JsonFields.Wrong("output", $"must be the name of an output of 1 to {ImportedGraph.MostName} characters");
        return new GraphMap(Word(root, "head", Enum.GetValues<GraphHead>(), GraphHead.Logits, required: false), output, EncodingOf(root), ActionOrder(root), text);
    }
}
