using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Srpo.Environments.Tests.Tag;

/// <summary>The public recording, and files made of it in a folder that goes away.</summary>
public abstract class TagRecordings : IDisposable
{
    protected static readonly string Public = Path.Combine(AppContext.BaseDirectory, "Data", "tag_public.jsonl.gz");

    private static readonly Lazy<string[]> Unpacked = new(() =>
    {
        using var stream = new GZipStream(File.OpenRead(Public), CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    });

    private readonly string _folder = Directory.CreateTempSubdirectory("srpo-tag-").FullName;

    protected static string[] Lines => Unpacked.Value;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static JsonNode Episode(int index) => JsonNode.Parse(Lines[index])!;

    protected string WriteLines(params string[] lines) => WriteBytes("lines.jsonl", Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    protected string WriteBytes(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Episodes 0 to 2 of the recording, one of them changed at a place such as "steps/4/pos/0".</summary>
    protected string Mutate(int index, string place, Func<JsonNode?, JsonNode?> change)
    {
        var lines = Lines[..3];
        var episode = JsonNode.Parse(lines[index])!;
        var keys = place.Split('/');
        var node = episode;
        foreach (var key in keys[..^1]) node = node is JsonArray items ? items[int.Parse(key, null)]! : node[key]!;
        if (node is JsonArray list) list[int.Parse(keys[^1], null)] = change(list[int.Parse(keys[^1], null)]?.DeepClone());
        else node[keys[^1]] = change(node[keys[^1]]?.DeepClone());
        lines[index] = episode.ToJsonString();
        Assert.NotEqual(Lines[index], lines[index]);
        return WriteLines(lines);
    }

    protected string Shift(int index, string place, double by) => Mutate(index, place, node => node!.GetValue<double>() + by);
}
