using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Srpo.Environments.Gridworld;
using Srpo.Environments.Recordings;

namespace Srpo.Environments.Tests.Gridworld;

public sealed class GridworldRecordingTests : IDisposable
{
    private static readonly string Public = Path.Combine(AppContext.BaseDirectory, "Data", "gridworld_public.jsonl.gz");

    private readonly string _folder = Directory.CreateTempSubdirectory("srpo-recording-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void PublicRecordingIsReproduced()
    {
        var report = GridworldVerifier.Verify(Public);

        Assert.True(report.Agrees, report.ToString());
        Assert.Equal((48, 2400L), (report.Episodes, report.Steps));
        Assert.EndsWith("48 episodes, 2400 steps replayed, all agree", report.ToString(), StringComparison.Ordinal);
    }

    /// <summary>What the recording covers, so that "all agree" means something.</summary>
    [Fact]
    public void PublicRecordingCoversTheRules()
    {
        var episodes = GridworldRecording.Read(Public).ToList();
        var steps = episodes.SelectMany(episode => episode.Steps).ToList();

        Assert.Equal(["held-out-a", "held-out-b", "official", "wide"], episodes.Select(episode => episode.Layout.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(steps, step => step.Shared == 10);
        Assert.Contains(steps, step => step.Shared == 1);
        Assert.Contains(steps, step => step.Costs[0] > 2);
        Assert.Contains(steps, step => step.First == 1);
        Assert.Contains(episodes, episode => episode.Start[0] != episode.Layout.Starts[0]);
    }

    /// <summary>A built-in layout and the recorded one of the same name have the same map.</summary>
    [Fact]
    public void BuiltInLayoutsAreThoseOfTheRecording()
    {
        foreach (var episode in GridworldRecording.Read(Public))
        {
            var builtIn = GridworldLayouts.Load(episode.Layout.Name);
            var recorded = episode.Layout;
            Assert.Equal((builtIn.Rows, builtIn.Columns), (recorded.Rows, recorded.Columns));
            Assert.Equal([builtIn.Sources, builtIn.Starts], [recorded.Sources, recorded.Starts]);
            Assert.Equal(builtIn.Pots.ToHashSet(), recorded.Pots.ToHashSet());
            Assert.Equal(builtIn.Walls.ToHashSet(), recorded.Walls.ToHashSet());
            Assert.Equal(builtIn.Parameters, recorded.Parameters);
        }
    }

    [Fact]
    public void PlainFilesAreReadAsWell()
    {
        var report = GridworldVerifier.Verify(WriteLines("plain.jsonl", ReadLines()));

        Assert.Equal((48, 2400L), (report.Episodes, report.Steps));
    }

    public static TheoryData<string, string, string, string> Differences => new()
    {
        // Field as JSON path below step 17 of episode public-005, mutated value, expected, got.
        { "pos", "[[4,4],[4,4]]", "pos[0]", "(4,4)" },
        { "shared", "5.5", "shared", "5.5" },
        { "cost", "[0.2000021,7]", "cost[0]", "0.2000021" },
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void MutatedFieldsAreReportedWithTheirPlace(string field, string value, string reported, string expected)
    {
        var path = Mutate(5, episode => episode["steps"]![17]![field] = JsonNode.Parse(value));
        var report = GridworldVerifier.Verify(path);

        Assert.False(report.Agrees);
        Assert.Equal(new RecordingPlace(path, 6, "public-005", 17, reported), report.Difference!.Place);
        Assert.Equal(expected, report.Difference.Expected);
        Assert.NotEqual(expected, report.Difference.Got);
        Assert.Equal((5, 5L * 50 + 17), (report.Episodes, report.Steps));
        Assert.StartsWith($"{path}: line 6, episode public-005, step 17, field {reported}: recorded {expected}, replayed ", report.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Every single output of a step, flipped, is found at that step and in that field.</summary>
    [Theory]
    [InlineData("carry", 0)]
    [InlineData("carry", 1)]
    [InlineData("onion", 0)]
    [InlineData("onion", 1)]
    [InlineData("onion", 2)]
    public void FlippedBitsAreFound(string field, int index)
    {
        for (var step = 0; step < 50; step += 7)
        {
            // An episode of the layout with three sources.
            var path = Mutate(40, episode =>
            {
                var values = episode["steps"]![step]![field]!.AsArray();
                values[index] = 1 - values[index]!.GetValue<int>();
            });

            var place = GridworldVerifier.Verify(path).Difference!.Place;
            Assert.Equal((41, step, $"{field}[{index}]"), (place.Line!.Value, place.Step!.Value, place.Field));
        }
    }

    /// <summary>Changed inputs lead to other outputs; at the latest some steps later.</summary>
    [Fact]
    public void ChangedInputsAreFound()
    {
        var path = Mutate(8, episode => episode["steps"]![3]!["a"] = JsonNode.Parse("[4,4]"));
        Assert.Equal(3, GridworldVerifier.Verify(path).Difference!.Place.Step);

        path = Mutate(5, episode =>
        {
            foreach (var step in episode["steps"]!.AsArray()) step!["respawn"] = JsonNode.Parse("[0,0]");
        });
        Assert.StartsWith("onion[", GridworldVerifier.Verify(path).Difference!.Place.Field, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongStartsAreFound()
    {
        var path = Mutate(2, episode => episode["start"] = JsonNode.Parse("[[1,0],[0,2]]"));
        var difference = GridworldVerifier.Verify(path).Difference!;

        Assert.Equal(new RecordingPlace(path, 3, "public-002", null, "start[1]"), difference.Place);
        Assert.Equal(("(0,2)", "(0,1)"), (difference.Expected, difference.Got));
    }

    [Fact]
    public void CostsWithinTheToleranceAgree()
    {
        var report = GridworldVerifier.Verify(Mutate(0, episode => episode["steps"]![0]!["cost"] = JsonNode.Parse("[0.2000009,0.1999993]")));
        Assert.True(report.Agrees);
        var deviation = Assert.Single(report.Deviations);
        Assert.Equal(("cost", 1e-6, 0, "cost[0]"), (deviation.Quantity, deviation.Tolerance, deviation.Place!.Value.Step, deviation.Place.Value.Field));
        Assert.Equal(9e-7, deviation.Largest, 1e-8);
    }

    [Theory]
    [InlineData("steps/4/first", "2", "line 2, episode public-001, step 4, field first: must be between 0 and 1, not 2")]
    [InlineData("steps/4/first", "0.5", "step 4, field first: must be a whole number, not 0.5")]
    [InlineData("steps/4/first", "null", "step 4, field first: must be a whole number, not null")]
    [InlineData("steps/4/a", "[0]", "step 4, field a: must have 2 elements, not 1")]
    [InlineData("steps/4/a", "[0,5]", "step 4, field a[1]: must be between 0 and 4, not 5")]
    [InlineData("steps/4/a", "{}", "step 4, field a: must be a list, not {}")]
    [InlineData("steps/4/respawn", "[1,1,1]", "step 4, field respawn: must have 2 elements, not 3")]
    [InlineData("steps/4/pos", "[[0,0],[5,0]]", "step 4, field pos[1][0]: must be between 0 and 4, not 5")]
    [InlineData("steps/4/pos", "[[0,0],[0]]", "step 4, field pos[1]: must have 2 elements, not 1")]
    [InlineData("steps/4/carry", "[true,0]", "step 4, field carry[0]: must be a whole number, not true")]
    [InlineData("steps/4/shared", "\"1\"", "step 4, field shared: must be a finite number, not \"1\"")]
    [InlineData("steps/4/cost", "[0.2,1e999]", "step 4, field cost[1]: must be a finite number, not 1e999")]
    [InlineData("steps/4", "7", "episode public-001, step 4: must be an object, not 7")]
    [InlineData("steps", "[]", "episode public-001, field steps: must have 50 elements, not 0")]
    [InlineData("layout_data", "[]", "episode public-001, field layout_data: must be an object, not []")]
    [InlineData("layout_data/rows", "0", "field layout_data.rows: must be between 1 and 65536, not 0")]
    [InlineData("layout_data/sources", "[[3,4],[3,4]]", "field layout_data: two sources at (3,4)")]
    [InlineData("layout_data/pots", "[]", "field layout_data: a layout needs a pot")]
    [InlineData("layout_data/starts", "[[0,0]]", "field layout_data.starts: must have 2 elements, not 1")]
    [InlineData("start", "[[0,0],[9,9]]", "field start[1][0]: must be between 0 and 4, not 9")]
    [InlineData("policy", "3", "field policy: must be a text, not 3")]
    [InlineData("id", "3", "line 2, field id: must be a text, not 3")]
    public void UnreadableFieldsAreNamed(string place, string value, string message)
    {
        var path = Mutate(1, episode => Find(episode, place, (parent, key) => Set(parent, key, JsonNode.Parse(value))));

        Assert.Contains(message, Assert.Throws<RecordingException>(() => GridworldVerifier.Verify(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("policy")]
    [InlineData("layout")]
    [InlineData("layout_data")]
    [InlineData("layout_data/rows")]
    [InlineData("layout_data/columns")]
    [InlineData("layout_data/pots")]
    [InlineData("layout_data/sources")]
    [InlineData("layout_data/starts")]
    [InlineData("start")]
    [InlineData("steps")]
    [InlineData("steps/49/a")]
    [InlineData("steps/49/first")]
    [InlineData("steps/49/respawn")]
    [InlineData("steps/49/pos")]
    [InlineData("steps/49/carry")]
    [InlineData("steps/49/onion")]
    [InlineData("steps/49/shared")]
    [InlineData("steps/49/cost")]
    public void MissingFieldsAreNamed(string place)
    {
        var path = Mutate(1, episode => Find(episode, place, (parent, key) => parent.AsObject().Remove(key)));
        var error = Assert.Throws<RecordingException>(() => GridworldVerifier.Verify(path));

        Assert.Equal(2, error.Place.Line);
        Assert.EndsWith("is missing", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(place.Split('/')[^1], error.Place.Field, StringComparison.Ordinal);
    }

    /// <summary>Wherever a packed file is cut off, that is an error and never a success.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(500)]
    [InlineData(7000)]
    [InlineData(-500)]
    [InlineData(-9)]
    [InlineData(-8)]
    [InlineData(-4)]
    [InlineData(-1)]
    public void TruncatedGzipIsAnError(int length)
    {
        var bytes = File.ReadAllBytes(Public);
        var path = WriteBytes("cut.jsonl.gz", bytes[..(length >= 0 ? length : bytes.Length + length)]);

        Assert.StartsWith(path, Assert.Throws<RecordingException>(() => GridworldVerifier.Verify(path)).Message, StringComparison.Ordinal);
    }

    /// <summary>Cut exactly between two lines, so that no half line gives it away.</summary>
    [Fact]
    public void GzipCutBetweenLinesIsAnError()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(ReadLines()[0] + "\n"));
            gzip.Flush();
        }

        // A finished gzip stream ends in an empty block of 2 or more bytes and the trailer of 8.
        for (var cut = 1; cut <= 10; cut++)
        {
            var path = WriteBytes("cut.jsonl.gz", packed.ToArray()[..^cut]);
            Assert.Throws<RecordingException>(() => GridworldVerifier.Verify(path));
        }
    }

    [Fact]
    public void JoinedGzipFilesAreRead()
    {
        var bytes = File.ReadAllBytes(Public);
        Assert.Equal(96, GridworldVerifier.Verify(WriteBytes("twice.jsonl.gz", [.. bytes, .. bytes])).Episodes);
        Assert.Throws<RecordingException>(() => GridworldVerifier.Verify(WriteBytes("tail.jsonl.gz", [.. bytes, 1, 2, 3])));
    }

    [Fact]
    public void DamagedGzipIsAnError()
    {
        var bytes = File.ReadAllBytes(Public);
        bytes[bytes.Length / 2] ^= 0x10;

        Assert.Throws<RecordingException>(() => GridworldVerifier.Verify(WriteBytes("damaged.jsonl.gz", bytes)));
    }

    [Fact]
    public void FilesThatAreNoRecordingsAreRefused()
    {
        Assert.Contains("cannot be read", Fails(Path.Combine(_folder, "none.jsonl")), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Fails(_folder), StringComparison.Ordinal);
        Assert.Contains("no episode", Fails(WriteLines("empty.jsonl", [])), StringComparison.Ordinal);
        Assert.Contains("no episode", Fails(WriteLines("blank.jsonl", ["", "  "])), StringComparison.Ordinal);
        Assert.Contains("not gzip", Fails(WriteLines("plain.jsonl.gz", ["{}"])), StringComparison.Ordinal);
        Assert.Contains("line 1, field id: is missing", Fails(WriteLines("object.jsonl", ["{}"])), StringComparison.Ordinal);
        Assert.Contains("line 1: must be an object, not [1]", Fails(WriteLines("list.jsonl", ["[1]"])), StringComparison.Ordinal);
        Assert.Contains("line 3: is not valid JSON", Fails(WriteLines("bad.jsonl", [ReadLines()[0], "", "{\"id\":"])), StringComparison.Ordinal);
        Assert.Contains("not UTF-8", Fails(WriteBytes("latin.jsonl", [.. "{\"id\":\""u8, 0xE4, .. "\"}"u8])), StringComparison.Ordinal);
        Assert.Contains("field id: must be valid Unicode", Fails(WriteLines("half.jsonl", ["{\"id\":\"\\ud800\"}"])), StringComparison.Ordinal);

        string Fails(string path) => Assert.Throws<RecordingException>(() => GridworldVerifier.Verify(path)).Message;
    }

    private static string[] ReadLines()
    {
        using var stream = new GZipStream(File.OpenRead(Public), CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private string WriteLines(string name, string[] lines) => WriteBytes(name, Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    private string WriteBytes(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string Mutate(int index, Action<JsonNode> change)
    {
        var lines = ReadLines();
        var episode = JsonNode.Parse(lines[index])!;
        change(episode);
        var mutated = episode.ToJsonString();
        Assert.NotEqual(lines[index], mutated);
        lines[index] = mutated;
        return WriteLines("mutated.jsonl", lines);
    }

    private static void Find(JsonNode node, string place, Action<JsonNode, string> act)
    {
        var keys = place.Split('/');
        foreach (var key in keys[..^1]) node = node is JsonArray list ? list[int.Parse(key, null)]! : node[key]!;
        act(node, keys[^1]);
    }

    private static void Set(JsonNode parent, string key, JsonNode? value)
    {
        if (parent is JsonArray list) list[int.Parse(key, null)] = value;
        else parent[key] = value;
    }
}
