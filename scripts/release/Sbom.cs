// Merges what CycloneDX says of several projects, and adds what the programs say of themselves that it does not see: libraries that are taken from packages
// file by file, and the runtime that an archive brings.
//
//   dotnet run scripts/release/Sbom.cs -- OUT.json VERSION NATIVE[=VERSION,...] BOM.json... PROGRAM.deps.json...
using System.Text.Json;
using System.Text.Json.Nodes;

var (output, version, native) = (args[0], args[1], args[2]);
var components = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
JsonObject? whole = null;
foreach (var file in args.Skip(3).Where(file => !file.EndsWith(".deps.json", StringComparison.Ordinal)))
{
    var bom = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
    foreach (var component in bom["components"]!.AsArray()) components.TryAdd(Key((string)component!["name"]!, (string)component["version"]!), (JsonObject)component.DeepClone());
    whole ??= bom;
}

var seen = components.Count;
foreach (var pair in native.Split(',').Select(pair => pair.Split('='))) Add(pair[0], pair[1]);
foreach (var file in args.Skip(3).Where(file => file.EndsWith(".deps.json", StringComparison.Ordinal)))
{
    foreach (var (library, about) in JsonNode.Parse(File.ReadAllText(file))!["libraries"]!.AsObject())
    {
        var (name, its) = (library.Split('/')[0], library.Split('/')[1]);
        if ((string)about!["type"]! == "project") continue;
        var package = name.Replace("runtimepack.", "", StringComparison.Ordinal);

        // A file that is referred to by itself has the version of its assembly, 4.155.0.0 of the package 4.155.0.
        if ((string)about["type"]! == "reference" && components.Keys.Any(known => known.StartsWith(package.ToLowerInvariant() + "@", StringComparison.Ordinal))) continue;
        Add(package, its);
    }
}

if (whole is null || seen == 0) throw new InvalidOperationException("no component was found: the bills of materials are empty");
whole["components"] = new JsonArray([.. components.Values]);

// Who depends on whom was said of one project only.
whole.Remove("dependencies");
whole["metadata"]!["component"]!["version"] = version;
File.WriteAllText(output, whole.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
Console.WriteLine($"{components.Count} components, {components.Count - seen} of them not from projects");

void Add(string name, string its) => components.TryAdd(Key(name, its), new JsonObject { ["type"] = "library", ["bom-ref"] = $"pkg:nuget/{name}@{its}", ["name"] = name, ["version"] = its, ["purl"] = $"pkg:nuget/{name}@{its}" });

static string Key(string name, string its) => $"{name.ToLowerInvariant()}@{its}";
