using System.Text.Json.Nodes;
using Srpo.Environments.Recordings;
using Srpo.Environments.Tag;

namespace Srpo.Environments.Tests.Tag;

/// <summary>Files that cannot be read are told by place.</summary>
public sealed class TagRecordingTests : TagRecordings
{
    [Theory]
    [InlineData("steps/4/a", "[0,1]", "episode public-001, step 4, field a: must have 3 elements, not 2")]
    [InlineData("steps/4/a", "[0,1,5]", "step 4, field a[2]: must be between 0 and 4, not 5")]
    [InlineData("steps/4/a", "[0,1,0.5]", "step 4, field a[2]: must be a whole number, not 0.5")]
    [InlineData("steps/4/pos/1", "[0.5]", "step 4, field pos[1]: must have 2 elements, not 1")]
    [InlineData("steps/4/vel/2", "[0,1e999]", "step 4, field vel[2][1]: must be a finite number, not 1e999")]
    [InlineData("steps/4/vel/2", "[\"NaN\",0]", "step 4, field vel[2][0]: must be a finite number, not \"NaN\"")]
    [InlineData("steps/4/rew", "[0,0]", "step 4, field rew: must have 3 elements, not 2")]
    [InlineData("steps/4/obs/2", "[0]", "step 4, field obs[2]: must have 12 elements, not 1")]
    [InlineData("steps/4", "7", "episode public-001, step 4: must be an object, not 7")]
    [InlineData("steps", "[]", "episode public-001, field steps: must have 100 elements, not 0")]
    [InlineData("obs0", "[[],[],[]]", "field obs0[0]: must have 14 elements, not 0")]
    [InlineData("agents", "[]", "field agents: must have at least one chaser and one runner")]
    [InlineData("agents/0", "3", "field agents[0]: must be an object, not 3")]
    [InlineData("agents/0/role", "\"runner\"", "field agents: must have at least one chaser and one runner")]
    [InlineData("agents/1/role", "\"hunter\"", "field agents[1].role: must be chaser or runner, not hunter")]
    [InlineData("agents/2/size", "0", "field agents[2].size: must be above 0, not 0")]
    [InlineData("agents/2/mass", "-1", "field agents[2].mass: must be above 0, not -1")]
    [InlineData("agents/2/accel", "null", "field agents[2].accel: must be a finite number, not null")]
    [InlineData("agents/2/movable", "false", "field agents[2].movable: must be true for agents")]
    [InlineData("agents/2/movable", "1", "field agents[2].movable: must be true or false, not 1")]
    [InlineData("agents/2/collide", "false", "field agents[2].collide: must be true")]
    [InlineData("landmarks/1/movable", "true", "field landmarks[1].movable: must be false for landmarks")]
    [InlineData("landmarks/1/pos", "[1]", "field landmarks[1].pos: must have 2 elements, not 1")]
    [InlineData("version", "2", "field version: must be simple_tag_v3, not 2; record with PettingZoo 1.23.0 or newer")]
    [InlineData("version", "\"simple_tag_v2\"", "field version: must be simple_tag_v3, not simple_tag_v2")]
    [InlineData("id", "3", "line 2, field id: must be a text, not 3")]
    public void UnreadableFieldsAreNamed(string place, string value, string message)
    {
        var path = Mutate(1, place, _ => JsonNode.Parse(value));
        var error = Assert.Throws<RecordingException>(() => TagVerifier.Verify(path));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{path}: line 2, ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("\"simple_tag_v3\"")]
    public void TheRightVersionIsRead(string version) => Assert.True(TagVerifier.Verify(Mutate(0, "version", _ => JsonNode.Parse(version))).Agrees);

    [Fact]
    public void ChasersComeFirst()
    {
        var path = Mutate(1, "agents", agents => new JsonArray([.. agents!.AsArray().Select((_, i) => agents[i == 0 ? 0 : 3 - i]!.DeepClone())]));
        Assert.Contains("field agents[2].role: must not be chaser after a runner", Assert.Throws<RecordingException>(() => TagVerifier.Verify(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("policy")]
    [InlineData("agents")]
    [InlineData("agents/0/name")]
    [InlineData("agents/0/pos")]
    [InlineData("agents/1/vel")]
    [InlineData("agents/2/role")]
    [InlineData("agents/2/max_speed")]
    [InlineData("landmarks")]
    [InlineData("landmarks/0/size")]
    [InlineData("obs0")]
    [InlineData("steps")]
    [InlineData("steps/99/a")]
    [InlineData("steps/99/pos")]
    [InlineData("steps/99/vel")]
    [InlineData("steps/99/rew")]
    [InlineData("steps/99/obs")]
    public void MissingFieldsAreNamed(string place)
    {
        var parent = place.Contains('/', StringComparison.Ordinal) ? place[..place.LastIndexOf('/')] : null;
        var key = place.Split('/')[^1];
        string path;
        if (parent is null)
        {
            var episode = Episode(0);
            episode.AsObject().Remove(key);
            path = WriteLines(episode.ToJsonString());
        }
        else
        {
            path = Mutate(0, parent, node =>
            {
                node!.AsObject().Remove(key);
                return node;
            });
        }

        var error = Assert.Throws<RecordingException>(() => TagVerifier.Verify(path));
        Assert.EndsWith("is missing", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, error.Place.Line);
        Assert.EndsWith(key, error.Place.Field, StringComparison.Ordinal);
    }

    [Fact]
    public void NotANumberIsAnError()
    {
        var start = Lines[0].IndexOf("\"rew\":[", StringComparison.Ordinal) + 7;
        var line = Lines[0][..start] + "NaN" + Lines[0][Lines[0].IndexOf(',', start)..];
        var message = Assert.Throws<RecordingException>(() => TagVerifier.Verify(WriteLines(Lines[1], line))).Message;
        Assert.Contains("line 2: is not valid JSON", message, StringComparison.Ordinal);
        Assert.Contains("'N'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(100_000)]
    [InlineData(-1000)]
    [InlineData(-8)]
    [InlineData(-1)]
    public void TruncatedGzipIsAnError(int length)
    {
        var bytes = File.ReadAllBytes(Public);
        var path = WriteBytes("cut.jsonl.gz", bytes[..(length >= 0 ? length : bytes.Length + length)]);
        Assert.StartsWith(path, Assert.Throws<RecordingException>(() => TagVerifier.Verify(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RecordingsOfOtherGamesAreRefused()
    {
        var gridworld = Path.Combine(AppContext.BaseDirectory, "Data", "gridworld_public.jsonl.gz");
        Assert.Contains("field agents: is missing", Assert.Throws<RecordingException>(() => TagVerifier.Verify(gridworld)).Message, StringComparison.Ordinal);
    }
}
