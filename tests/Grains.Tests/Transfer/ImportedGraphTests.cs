using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Methods;

namespace Srpo.Grains.Tests;

/// <summary>Policies that are files: how they are described, kept, and refused where a message makes no sense.</summary>
public sealed class ImportedGraphTests
{
    private static readonly byte[] File = [.. Enumerable.Range(0, 50).Select(i => (byte)(7 * i))];

    private static PopulationSpec Spec(params int[] lengths) => new()
    {
        Population = "graph",
        Environment = new EnvironmentSettings("gridworld", "official"),
        Training = new TrainingSettings { Method = Imported.MethodId, Iterations = ImportedPopulation.Round, CurveInterval = 0 },
        Teams = 1,
        Imported = [.. lengths.Select(bytes => new ImportedPolicy("policy.onnx", new string('a', 64), "", "2026-01-31T12:00:00Z") { Graph = new(bytes, GraphHead.Logits, null) })],
    };

    [Fact]
    public void Files_of_different_lengths_are_parameters_of_one_length()
    {
        var catalog = new EnvironmentCatalog();
        var architecture = Assert.IsType<GraphArchitecture>(catalog.Architecture(Spec(50, 20)));
        Assert.Empty(catalog.Problems(Spec(50, 20)));
        Assert.Equal(PackedFile.Length(50), architecture.ParameterCount);
        Assert.Equal(architecture, catalog.Architecture(Spec(20, 50)));
        var states = ImportedPopulation.States(Spec(50, 20), [PackedFile.Pack(File, 50), PackedFile.Pack(File[..20], 50)]);
        Assert.Equal(3, states.Count);
        Assert.Throws<ArgumentException>(() => ImportedPopulation.States(Spec(50, 20), [PackedFile.Pack(File, 50), PackedFile.Pack(File[..20], 20)]));

        // The weights of a graph are its file.
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File[..20])), architecture.Hash(PackedFile.Pack(File[..20], 50)));
    }

    [Fact]
    public void A_message_says_what_a_graph_is()
    {
        var architecture = (GraphArchitecture)new EnvironmentCatalog().Architecture(Spec(50));
        var snapshot = new PolicySnapshot("graph/0/0", 1, Wire.Describe(architecture), new FloatBlock(PackedFile.Pack(File, 50)));
        var policy = Assert.IsType<GraphPolicy>(Wire.ToPolicy(snapshot));
        Assert.Equal(architecture.Form, policy.Form);
        Assert.Equal(File, PackedFile.Unpack(policy.Parameters));
        var network = snapshot.Network;
        var graph = network.Graph!;
        Refused(snapshot with { Network = network with { Graph = graph with { Bytes = 90 } } }, "has 32");
        Refused(snapshot with { Network = network with { Graph = graph with { Head = (GraphHead)5 } } }, "head 5");
        Refused(snapshot with { Network = network with { Graph = graph with { Actions = [0, 1] } } }, "2 actions are named");
        Refused(snapshot with { Network = network with { Actions = 0 } }, "network.actions");
        Refused(snapshot with { Network = network with { Inputs = -1 } }, "network.inputs");
        Refused(snapshot with { Network = network with { Encoding = "morse" } }, "'morse' is not known");
        Refused(snapshot with { Parameters = new FloatBlock([.. Enumerable.Repeat(float.NaN, snapshot.Parameters.Length)]) }, "finite");

        // A build that does not know graphs finds no network that it could play.
        Refused(snapshot with { Network = network with { Graph = null } }, "parameters");

        static void Refused(PolicySnapshot wrong, string said) => Assert.Contains(said, Assert.Throws<SrpoGrainException>(() => Wire.ToPolicy(wrong)).Message, StringComparison.Ordinal);
    }
}
