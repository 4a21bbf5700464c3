using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Srpo.Plugins.Tests;

/// <summary>The samples as they were built, and plug-ins that tests compile.</summary>
internal static class Samples
{
    /// <summary>The environment's assembly.</summary>
    public static string Kitchen => Built("Kitchen");

    /// <summary>The method's assembly.</summary>
    public static string Tsallis => Built("Tsallis");

    private static readonly Lazy<MetadataReference[]> Program = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("Srpo.", StringComparison.Ordinal) || name.StartsWith("System.", StringComparison.Ordinal) || name == "netstandard.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <summary>A plug-in that brings a method.</summary>
    /// <param name="plugin">Its name.</param>
    /// <param name="method">Id of the method.</param>
    /// <param name="attribute">What stands between the brackets of the assembly's attribute, if anything.</param>
    /// <param name="body">Statements before the method is added.</param>
    public static string Source(string plugin, string method, string attribute = "Srpo.Learning.Plugins.SrpoPlugin(typeof(P))", string body = "") => $$"""
        using System.Collections.Generic;
        using Srpo.Core.Settings;
        using Srpo.Learning;
        using Srpo.Learning.Methods;
        using Srpo.Learning.Plugins;
        {{(attribute.Length > 0 ? $"[assembly: {attribute}]" : "")}}
        public sealed class P : ISrpoPlugin
        {
            public string Name => "{{plugin}}";
            public void Register(IPluginRegistry registry) { {{body}} registry.Add(new M()); }
        }
        public sealed record M() : Method("{{method}}", "M", "a test", "A test.")
        {
            public override IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, TeamSeats seats) => [Together(settings, seats)];
        }
        """;

    /// <summary>Compiles an assembly.</summary>
    /// <param name="path">Where it goes.</param>
    /// <param name="source">The program's text.</param>
    /// <param name="references">Assemblies that it depends on besides those of the program.</param>
    public static string Compile(string path, string source, params string[] references) => CompileAll(path, [source], references);

    /// <summary>Compiles an assembly of several texts.</summary>
    public static string CompileAll(string path, IReadOnlyList<string> sources, params string[] references)
    {
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path), [.. sources.Select(text => CSharpSyntaxTree.ParseText(text))], [.. Program.Value, .. references.Select(reference => MetadataReference.CreateFromFile(reference))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, deterministic: true, nullableContextOptions: NullableContextOptions.Enable));
        var result = compilation.Emit(path);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return path;
    }

    /// <summary>Beside the folder of the tests, in the same configuration.</summary>
    private static string Built(string sample)
    {
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(own, "..", "..", sample, Path.GetFileName(own), sample + ".dll"));
    }
}
