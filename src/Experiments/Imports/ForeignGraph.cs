using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Experiments.Imports;

/// <summary>A policy as an ONNX file, which plays as it is.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Sha256">SHA-256 of all of its bytes, lower-case hexadecimal; the hash of its weights too.</param>
/// <param name="Asked">How it is asked.</param>
/// <param name="Tensors">Its input and outputs.</param>
/// <param name="Form">How it is asked, and between what it stands.</param>
/// <param name="Content">The file.</param>
/// <param name="Report">What it says of itself.</param>
public sealed record ForeignGraph(string File, string Sha256, GraphMap Asked, IReadOnlyList<ReadTensor> Tensors, GraphForm Form, byte[] Content, GraphReport Report)
    : ForeignPolicy(File, Sha256, Asked, Tensors)
{
    /// <inheritdoc/>
    public override ObservingPolicy Playing => new GraphPolicy(Form, Map.Encoding, PackedFile.Pack(Content, Content.Length));

    /// <inheritdoc/>
    public override string Weights => Sha256;

    /// <inheritdoc/>
    public override long ParameterCount => Report.Parameters;

    /// <inheritdoc/>
    public override NetworkSettings Network => new() { OneHot = Map.OneHot };

    /// <summary>Whether a file is read as a graph, by its name.</summary>
    /// <param name="path">The file.</param>
    public static bool IsNamed(string path) => path.EndsWith(GraphArchitecture.Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads an ONNX file, and tries it.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="map">How it is asked.</param>
    /// <param name="environment">What it is to play.</param>
    /// <exception cref="SrpoException">It is damaged, something else than is expected, or cannot be run; the message says what was expected and what was found.</exception>
    public static ForeignGraph Load(string path, GraphMap map, EnvironmentInfo environment)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(environment);
        var file = Path.GetFileName(path);
        var (bytes, sha256) = Read(path, "ONNX file", ImportedGraph.MostBytes);
        if (bytes.Length == 0) throw new SrpoException(ErrorKind.Damaged, $"{file} is empty; expected an ONNX file");
        var form = new GraphForm(new ImportedGraph(bytes.Length, map.Head, map.Output) { Actions = map.Actions }, InputsOf(map, environment), environment.Actions);
        try
        {
            var report = GraphBackend.Require().Inspect(bytes, form);
            return new(file, sha256, map, Table(report, map), form, bytes, report);
        }
        catch (SrpoException error) when (error.Kind is ErrorKind.Usage or ErrorKind.Damaged)
        {
            var observed = string.Create(CultureInfo.InvariantCulture, $"where an observation ({map.Encoding}) has {form.Inputs} numbers and there are {form.Actions} actions");
            throw error.Kind == ErrorKind.Damaged
                ? new SrpoException(ErrorKind.Damaged, $"{file} cannot be read: {error.Message}", error)
                : new SrpoException(ErrorKind.Usage, $"{file} cannot play {environment.Name} {environment.Variant}, {observed}: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public override ImportedPolicy Source(string imported) => new(File, Sha256, Map.Text, imported) { Graph = Form.Graph };

    private static ReadTensor[] Table(GraphReport report, GraphMap map) =>
    [
        new(report.Input.Name, report.Input.Shape, "an observation"),
        .. report.Outputs.Select(output => new ReadTensor(
            output.Name, output.Shape, output.Name != report.Output ? "" : map.Head == GraphHead.Logits ? "logits of the actions" : "probabilities of the actions")),
    ];
}
