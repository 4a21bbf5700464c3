using Srpo.Core.Settings;

namespace Srpo.Core.Tests.Settings;

/// <summary>What a population's spec may ask for, and what is said of the rest.</summary>
public sealed class PopulationSpecTests
{
    private static readonly PolicyReference Runner = new("runners/3/2", 40);

    private static PopulationSpec Spec(string method = "srpo") => new()
    {
        Population = "team",
        Environment = new EnvironmentSettings("tag", "simple-tag"),
        Training = new TrainingSettings { Method = method, Iterations = 100 },
        Teams = 2,
    };

    private static void AssertProblem(PopulationSpec spec, string field, string text)
    {
        var problem = Assert.Single(spec.Validate());
        Assert.Equal(field, problem.Field);
        Assert.Contains(text, problem.ToString());
    }

    [Fact]
    public void Opponents_partners_and_snapshots_may_be_given()
    {
        Assert.Empty(Spec().Validate());
        Assert.Empty((Spec() with { Opponents = [Runner], Snapshots = [25, 50, 99] }).Validate());
        Assert.Empty((Spec("fcp") with { Partners = [Runner, Runner with { Round = 1 }] }).Validate());
        Assert.Equal("runners/3/2@40", Runner.ToString());
    }

    [Fact]
    public void Too_many_partners_or_opponents_are_refused()
    {
        AssertProblem(Spec("fcp") with { Partners = [.. Enumerable.Repeat(Runner, 1001)] }, "partners", "1001 frozen partners are out of range");
        AssertProblem(Spec() with { Opponents = [.. Enumerable.Repeat(Runner, 65)] }, "opponents", "65 frozen opponents");
    }

    [Fact]
    public void Imported_graphs_are_asked_in_one_way()
    {
        var graph = new ImportedGraph(100, GraphHead.Logits, "logits") { Actions = [1, 0, 2] };
        var file = new ImportedPolicy("policy.onnx", new string('a', 64), "", "2026-01-31T12:00:00Z") { Graph = graph };
        Assert.Empty((Spec() with { Imported = [file, file with { Graph = graph with { Bytes = 200 } }] }).Validate());
        AssertProblem(Spec() with { Imported = [file, file with { Graph = null }] }, "imported.graph", "some files are ONNX graphs and others are not");
        AssertProblem(Spec() with { Imported = [file with { Graph = null }, file] }, "imported.graph", "some files are ONNX graphs and others are not");
        AssertProblem(Spec() with { Imported = [file, file with { Graph = graph with { Output = "value" } }] }, "imported.graph", "not asked in the same way");
        Wrong(graph with { Bytes = 0 }, "0 bytes is out of range");
        Wrong(graph with { Bytes = ImportedGraph.MostBytes + 1 }, "is out of range");
        Wrong(graph with { Head = (GraphHead)7 }, "the head 7 is not known");
        Wrong(graph with { Output = "" }, "0 characters");
        Wrong(graph with { Actions = [0, 0, 2] }, "each once");
        Wrong(graph with { Actions = [0, 1, 3] }, "each once");
        Assert.Equal(graph, graph with { Actions = [1, 0, 2] });
        Assert.NotEqual(graph, graph with { Actions = [0, 1, 2] });

        void Wrong(ImportedGraph wrong, string text) => AssertProblem(Spec() with { Imported = [file with { Graph = wrong }] }, "imported.graph", text);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("runners", 1)]
    [InlineData("runners/1", 1)]
    [InlineData("runners/1/2/3", 1)]
    [InlineData("runners/1/2", 0)]
    [InlineData("runners/1/2", -3)]
    public void References_name_an_agent_and_a_round(string agent, int round) =>
        AssertProblem(Spec() with { Opponents = [new PolicyReference(agent, round)] }, "opponents and partners", "POPULATION/TEAM/SEAT");

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(30, 20)]
    [InlineData(30, 30)]
    public void Snapshots_ascend_within_the_training(params int[] rounds) =>
        AssertProblem(Spec() with { Snapshots = rounds }, "snapshots", "ascending rounds from 1 to 99");

    [Fact]
    public void At_most_a_hundred_snapshots_are_kept()
    {
        var spec = Spec() with { Training = new TrainingSettings { Method = "srpo", Iterations = 1000 } };
        Assert.Empty((spec with { Snapshots = [.. Enumerable.Range(1, 100)] }).Validate());
        AssertProblem(spec with { Snapshots = [.. Enumerable.Range(1, 101)] }, "snapshots", "at most 100");
    }

    [Fact]
    public void Specs_are_equal_if_all_their_parts_are()
    {
        static PopulationSpec Full() => Spec() with { Opponents = [Runner with { }], Partners = [Runner with { }], Snapshots = [5, 6] };
        Assert.Equal(Full(), Full());
        Assert.Equal(Full().GetHashCode(), Full().GetHashCode());
        Assert.NotEqual(Full(), Full() with { Opponents = [Runner with { Round = 2 }] });
        Assert.NotEqual(Full(), Full() with { Partners = [] });
        Assert.NotEqual(Full(), Full() with { Snapshots = [5, 7] });
        Assert.NotEqual(Full(), Full() with { Partners = null! });
        Assert.NotEqual(Full() with { Opponents = null! }, Full());
        Assert.Equal(Full() with { Snapshots = null! }, Full() with { Snapshots = null! });
    }
}
