using System.Reflection;
using System.Runtime.CompilerServices;

namespace Srpo.Client.Tests.Documents;

/// <summary>Arrows between the rooms point down only: what docs/architecture.md says.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["Srpo.Core"] = [],
        ["Srpo.Games"] = ["Srpo.Core"],
        ["Srpo.Reporting"] = ["Srpo.Core"],
        ["Srpo.Environments"] = ["Srpo.Core", "Srpo.Games"],
        ["Srpo.Learning"] = ["Srpo.Core", "Srpo.Environments"],
        ["Srpo.Conformance"] = ["Srpo.Core", "Srpo.Games", "Srpo.Environments", "Srpo.Learning"],
        ["Srpo.Learning.Torch"] = ["Srpo.Core", "Srpo.Learning"],
        ["Srpo.Onnx"] = ["Srpo.Core", "Srpo.Learning"],
        ["Srpo.Language"] = ["Srpo.Core", "Srpo.Environments", "Srpo.Learning"],
        ["Srpo.Language.Torch"] = ["Srpo.Core", "Srpo.Learning", "Srpo.Language", "Srpo.Learning.Torch"],
        ["Srpo.Grains.Interfaces"] = ["Srpo.Core"],
        ["Srpo.Grains"] = ["Srpo.Core", "Srpo.Environments", "Srpo.Learning", "Srpo.Grains.Interfaces"],
        ["Srpo.Silo"] = ["Srpo.Core", "Srpo.Environments", "Srpo.Learning", "Srpo.Learning.Torch", "Srpo.Language.Torch", "Srpo.Onnx", "Srpo.Grains.Interfaces", "Srpo.Grains", "Srpo.Dashboard"],
        ["Srpo.Experiments"] = ["Srpo.Core", "Srpo.Games", "Srpo.Reporting", "Srpo.Environments", "Srpo.Learning", "Srpo.Grains.Interfaces"],
        ["Srpo.Dashboard"] = ["Srpo.Core", "Srpo.Reporting", "Srpo.Environments", "Srpo.Learning", "Srpo.Grains.Interfaces", "Srpo.Experiments"],
        ["srpo"] = ["Srpo.Core", "Srpo.Games", "Srpo.Conformance", "Srpo.Reporting", "Srpo.Environments", "Srpo.Learning", "Srpo.Learning.Torch", "Srpo.Language", "Srpo.Language.Torch", "Srpo.Onnx", "Srpo.Grains.Interfaces", "Srpo.Grains", "Srpo.Experiments", "Srpo.Dashboard", "Srpo.Bench.Throughput"],
    };

    public static TheoryData<string> Rooms => [.. Known.Keys];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_knows_those_below_it(string room)
    {
        var references = Assembly.Load(room).GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(name => name.StartsWith("srpo", StringComparison.OrdinalIgnoreCase)).ToArray();
        Assert.Empty(references.Except(Known[room]));

        // A reference that nothing uses does not show here; of the upper rooms some must.
        if (room is "srpo" or "Srpo.Grains" or "Srpo.Experiments") Assert.Contains("Srpo.Learning", references);
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Internals_are_for_tests_only(string room)
    {
        var friends = Assembly.Load(room).GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName);
        Assert.DoesNotContain(friends, friend => !friend.EndsWith(".Tests", StringComparison.Ordinal));
    }

    [Fact]
    public void Experiments_know_no_terminal() =>
        Assert.DoesNotContain(Assembly.Load("Srpo.Experiments").GetReferencedAssemblies(), reference => reference.Name is "Spectre.Console" or "System.CommandLine" or "System.Console");

    /// <summary>ONNX Runtime is loaded where a graph is played, and nowhere else.</summary>
    [Theory]
    [MemberData(nameof(Rooms))]
    public void Only_the_room_of_graphs_knows_what_runs_them(string room) =>
        Assert.Equal(room == "Srpo.Onnx", Assembly.Load(room).GetReferencedAssemblies().Any(reference => reference.Name == "Microsoft.ML.OnnxRuntime"));

    [Fact]
    public void Every_room_is_looked_at()
    {
        var projects = Directory.EnumerateFiles(Support.Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetFileNameWithoutExtension(path)).Select(name => name == "Srpo.Client" ? "srpo" : name);
        Assert.Equal(Known.Keys.Order(StringComparer.Ordinal), projects.Order(StringComparer.Ordinal));
    }
}
