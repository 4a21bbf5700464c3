using Srpo.Core.Errors;
using Srpo.Core.Settings;

namespace Srpo.Learning.Devices;

/// <summary>An imported graph, and between what it stands.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Inputs">Length of an observation.</param>
/// <param name="Actions">Number of actions.</param>
public sealed record GraphForm(ImportedGraph Graph, int Inputs, int Actions);

/// <summary>An input or output of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its numbers, "float".</param>
/// <param name="Shape">Its shape, "[batch, 8]".</param>
public sealed record GraphTensor(string Name, string Type, string Shape);

/// <summary>What a file with a graph says of itself.</summary>
/// <param name="Runtime">What runs it, with version.</param>
/// <param name="Producer">What wrote it, with version; empty where it does not say.</param>
/// <param name="Opset">Version of the operators that it is written for.</param>
/// <param name="Nodes">Number of its operators.</param>
/// <param name="Parameters">Numbers among its weights and constants.</param>
/// <param name="Input">The input that takes an observation.</param>
/// <param name="Outputs">All outputs.</param>
/// <param name="Output">Name of the one that is used.</param>
public sealed record GraphReport(
    string Runtime, string Producer, long Opset, int Nodes, long Parameters, GraphTensor Input, IReadOnlyList<GraphTensor> Outputs, string Output);

/// <summary>What runs imported graphs. Thread-safe.</summary>
public interface IGraphBackend
{
    /// <summary>Reads a file through and asks it once, which shows whether it can play.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="form">How it is asked.</param>
    /// <exception cref="SrpoException">It cannot: of kind <see cref="ErrorKind.Damaged"/> where it is no such file or damaged, <see cref="ErrorKind.Usage"/> where it is something else than
    /// expected, <see cref="ErrorKind.Environment"/> where what runs it cannot be loaded. The message says what was expected and what was found, not which file it is.</exception>
    GraphReport Inspect(byte[] file, GraphForm form);

    /// <summary>Plays graphs; the parameters that <see cref="IPolicyNetwork.Load"/> takes are a <see cref="PackedFile"/>. Each row is asked by itself, so that its bits do not depend on the others.</summary>
    /// <param name="form">How they are asked.</param>
    IPolicyNetwork CreatePolicy(GraphForm form);
}

/// <summary>What runs imported graphs in this program. Thread-safe.</summary>
public static class GraphBackend
{
    private static Lazy<IGraphBackend>? _known;

    /// <summary>Takes it. It is made when the first graph is played, so that a start without one loads nothing. The first that is given counts.</summary>
    /// <param name="create">Makes it.</param>
    public static void Use(Func<IGraphBackend> create) => Interlocked.CompareExchange(ref _known, new Lazy<IGraphBackend>(create), null);

    /// <summary>What runs graphs.</summary>
    /// <exception cref="SrpoException">This program brings nothing that does.</exception>
    public static IGraphBackend Require() =>
        _known?.Value ?? throw new SrpoException(ErrorKind.Environment, "this program does not bring ONNX Runtime, without which imported ONNX graphs cannot play");
}
