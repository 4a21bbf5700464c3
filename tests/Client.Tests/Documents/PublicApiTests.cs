using System.Reflection;
using PublicApiGenerator;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Documents;

/// <summary>
/// What the packages offer is recorded as text. A change that breaks who builds on them shows here, and in the diff of whoever makes it. To record it anew:
/// SRPO_RECORD_API=$PWD/tests/Client.Tests/Api dotnet test artifacts/bin/Srpo.Client.Tests/release/Srpo.Client.Tests.dll --filter FullyQualifiedName~PublicApi
/// </summary>
public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,

        // What the compiler and Orleans' generator add says nothing of what may be called.
        ExcludeAttributes = ["System.CodeDom.Compiler.GeneratedCodeAttribute", "System.Runtime.CompilerServices.CompilerGeneratedAttribute", "System.Diagnostics.DebuggerNonUserCodeAttribute"],
        DenyNamespacePrefixes = ["OrleansCodeGen", "System", "Microsoft"],
    };

    private static readonly string[] Names = ["Srpo.Core", "Srpo.Games", "Srpo.Environments", "Srpo.Learning", "Srpo.Grains.Interfaces", "Srpo.Conformance"];

    public static TheoryData<string> Packages => [.. Names];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_offers_what_is_recorded(string package)
    {
        var actual = Assembly.Load(package).GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("SRPO_RECORD_API") is { Length: > 0 } folder) File.WriteAllText(Path.Combine(folder, package + ".txt"), actual);
        var path = Repository.PathOf($"tests/Client.Tests/Api/{package}.txt");
        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (expected == actual) return;
        var (before, now) = (expected.Split('\n'), actual.Split('\n'));
        Assert.Fail($"""
            The public interface of {package} is not the recorded one.
            gone:
            {string.Join('\n', before.Except(now).Take(20))}
            new:
            {string.Join('\n', now.Except(before).Take(20))}
            Where that is meant: a line in CHANGELOG.md, and record it as PublicApiTests says.
            """);
    }

    /// <summary>Every library that is packed is looked at.</summary>
    [Fact]
    public void Packed_are_those()
    {
        var packed = Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .Where(path => File.ReadAllText(path) is var text && text.Contains("<IsPackable>true</IsPackable>", StringComparison.Ordinal) && !text.Contains("PackAsTool", StringComparison.Ordinal))
            .Select(path => Path.GetFileNameWithoutExtension(path));
        Assert.Equal(Names.Order(StringComparer.Ordinal), packed.Order(StringComparer.Ordinal));
    }
}
