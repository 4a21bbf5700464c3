using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Srpo.Environments.Hanabi;
using Srpo.Environments.Recordings;

namespace Srpo.Environments.Tests.Hanabi;

public sealed class HanabiRecordingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("srpo-hanabi-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Public(char set) => Path.Combine(AppContext.BaseDirectory, "Data", $"hanabi_public_{set}.jsonl.gz");

    [Theory]
    [InlineData('A', 562)]
    [InlineData('B', 355)]
    [InlineData('C', 1476)]
    [InlineData('D', 642)]
    public void PublicRecordingsAreReproduced(char set, int turns)
    {
        var report = HanabiVerifier.Verify(Public(set));

        Assert.True(report.Agrees, report.ToString());
        Assert.Equal((40, (long)turns), (report.Episodes, report.Steps));
    }

    /// <summary>What the recordings cover, so that "all agree" means something.</summary>
    [Fact]
    public void PublicRecordingsCoverTheRules()
    {
        var games = "ABCD".SelectMany(set => HanabiRecording.Read(Public(set))).ToList();
        var turns = games.SelectMany(game => game.Turns).ToList();

        Assert.Equal([1, 2, 3], games.Select(game => game.Final.End).Distinct().Order());
        Assert.Equal(["DISCARD", "PLAY", "REVEAL_COLOR", "REVEAL_RANK"], turns.Select(turn => turn.MoveType).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(turns, turn => turn.Reward < -1);
        Assert.Contains(turns, turn => turn is { MoveType: "PLAY", GainedToken: 1 });
        Assert.Contains(turns, turn => turn.Touched != turn.NewlyTouched);
        Assert.Contains(turns, turn => turn.MoveType == "PLAY" && turn is { Scored: 0, End: 0 });
    }

    /// <summary>Every output of a turn, changed, is found at that turn and in that field.</summary>
    [Theory]
    [InlineData("t", "t")]
    [InlineData("player", "player")]
    [InlineData("move/card_index", "move.card_index")]
    [InlineData("move/target_offset", "move.target_offset")]
    [InlineData("move/color", "move.color")]
    [InlineData("move/rank", "move.rank")]
    [InlineData("scored", "scored")]
    [InlineData("got_token", "got_token")]
    [InlineData("touched", "touched")]
    [InlineData("newly_touched", "newly_touched")]
    [InlineData("score", "score")]
    [InlineData("reward", "reward")]
    [InlineData("fireworks/1", "fireworks")]
    [InlineData("fireworks_sum", "fireworks_sum")]
    [InlineData("info", "info")]
    [InlineData("life", "life")]
    [InlineData("deck", "deck")]
    [InlineData("end", "end")]
    [InlineData("legal/2", "legal")]
    public void ChangedNumbersAreFound(string place, string field)
    {
        for (var turn = 0; turn < 6; turn += 5)
        {
            var at = turn;
            var path = Mutate('C', 5, game => Find(game["turns"]![at]!, place, (parent, key) => Set(parent, key, Get(parent, key)!.GetValue<int>() + 1)));
            var report = HanabiVerifier.Verify(path);

            Assert.Equal(new RecordingPlace(path, 6, "public-C-0005", turn, field), report.Difference!.Place);
            Assert.NotEqual(report.Difference.Expected, report.Difference.Got);
            Assert.Equal(5, report.Episodes);
            Assert.StartsWith(
                $"{path}: line 6, episode public-C-0005, step {turn}, field {field}: recorded ", report.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("move/type", "\"LOSE\"", "move.type", "LOSE")]
    [InlineData("card", "[0,0]", "card", "[0,0]")]
    [InlineData("draw", "[7,99]", "draw", "[7,99]")]
    [InlineData("legal", "[]", "legal", "[]")]
    [InlineData("discards", "[[0,-5]]", "discards", "[[0,-5]]")]
    [InlineData("obs", "\"0101\"", "obs", "4 bits")]
    [InlineData("uid", "200", "uid", "200")]
    [InlineData("uid", "-1", "uid", "-1")]
    public void ChangedValuesAreFound(string place, string value, string field, string expected)
    {
        // Turn 0 is a hint: no card, no draw, no discards.
        var path = Mutate('A', 0, game => Find(game["turns"]![0]!, place, (parent, key) => Set(parent, key, JsonNode.Parse(value))));
        var difference = HanabiVerifier.Verify(path).Difference!;

        Assert.Equal((0, field, expected), (difference.Place.Step!.Value, difference.Place.Field, difference.Expected));
    }

    /// <summary>Every single bit of an observation matters.</summary>
    [Fact]
    public void EveryFlippedBitIsFound()
    {
        for (var bit = 0; bit < 267; bit++)
        {
            var at = bit;
            var path = Mutate('D', 2, game =>
            {
                var turn = game["turns"]![4]!;
                var bits = turn["obs"]!.GetValue<string>().ToCharArray();
                bits[at] = bits[at] == '0' ? '1' : '0';
                turn["obs"] = new string(bits);
            }, keepBefore: 0);
            var difference = HanabiVerifier.Verify(path).Difference!;
            Assert.Equal(4, difference.Place.Step);
            Assert.StartsWith($"obs[{bit}] (", difference.Place.Field, StringComparison.Ordinal);
            Assert.NotEqual(difference.Expected, difference.Got);
        }
    }

    [Fact]
    public void IllegalMovesAreNamed()
    {
        var path = Mutate('A', 0, game => game["turns"]![0]!["uid"] = 0);
        var difference = HanabiVerifier.Verify(path).Difference!;

        Assert.Equal("uid", difference.Place.Field);
        Assert.Contains("all information tokens are in stock", difference.Got, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("num_turns")]
    [InlineData("score")]
    [InlineData("fireworks_sum")]
    [InlineData("end")]
    public void ChangedEndsAreFound(string field)
    {
        var path = Mutate('B', 3, game => game["final"]![field] = game["final"]![field]!.GetValue<int>() + 1);
        Assert.Equal(new RecordingPlace(path, 4, "public-B-0003", null, $"final.{field}"), HanabiVerifier.Verify(path).Difference!.Place);
    }

    [Fact]
    public void OtherFieldsOfAGameAreCompared()
    {
        Assert.Equal("final.end_name", Field('B', game => game["final"]!["end_name"] = "OVER"));
        Assert.Equal("final.fireworks", Field('B', game => game["final"]!["fireworks"] = JsonNode.Parse("[9]")));
        Assert.Equal("num_moves", Field('B', game => game["num_moves"] = 25));
        Assert.Equal("obs_len", Field('B', game => game["obs_len"] = 430));
        Assert.Equal("deals[5][0]", Field('B', game => game["deals"]![5]![0] = 2));

        // A replacement card that somebody else got, and undealt cards out of order.
        var drawn = 10;
        Assert.Equal("deals[10][0]", Field('A', game => game["deals"]![drawn]![0] = 1 - game["deals"]![drawn]![0]!.GetValue<int>()));
        Assert.Equal("undealt", Field('D', game => game["undealt"] = new JsonArray([.. game["undealt"]!.AsArray().Reverse().Select(card => card!.DeepClone())])));

        // A card that was dealt, said not to be; and one said to be that was not.
        Assert.Equal("deals", Field('D', game =>
        {
            var deals = game["deals"]!.AsArray();
            var card = deals[deals.Count - 1]!;
            deals.RemoveAt(deals.Count - 1);
            game["undealt"]!.AsArray().Insert(0, new JsonArray(card[1]!.DeepClone(), card[2]!.DeepClone()));
        }));
        Assert.Equal("deals", Field('D', game =>
        {
            var card = game["undealt"]![0]!;
            game["undealt"]!.AsArray().RemoveAt(0);
            game["deals"]!.AsArray().Add(new JsonArray(0, card[0]!.DeepClone(), card[1]!.DeepClone()));
        }));

        string? Field(char set, Action<JsonNode> change) => HanabiVerifier.Verify(Mutate(set, 0, change)).Difference!.Place.Field;
    }

    [Fact]
    public void MissingAndSuperfluousTurnsAreFound()
    {
        var cut = Mutate('A', 0, game => game["turns"]!.AsArray().RemoveAt(12));
        var difference = HanabiVerifier.Verify(cut).Difference!;
        Assert.Equal((null, "turns", "12 turns"), (difference.Place.Step, difference.Place.Field, difference.Expected));

        var more = Mutate('A', 0, game => game["turns"]!.AsArray().Add(game["turns"]![12]!.DeepClone()));
        difference = HanabiVerifier.Verify(more).Difference!;
        Assert.Equal((13, "turns", "14 turns"), (difference.Place.Step, difference.Place.Field, difference.Expected));
    }

    /// <summary>Cards dealt in another order change what is seen.</summary>
    [Fact]
    public void ChangedDealsAreFound()
    {
        var path = Mutate('A', 0, game => (game["deals"]![5], game["deals"]![6]) = (game["deals"]![6]!.DeepClone(), game["deals"]![5]!.DeepClone()));
        Assert.Equal("obs[0] (card 0 of seat +1 is R1)", HanabiVerifier.Verify(path).Difference!.Place.Field);
    }

    [Theory]
    [InlineData("config/observation_type", "2", "line 2, episode public-A-0001, field config.observation_type: must be 1 (card knowledge), not 2")]
    [InlineData("config/random_start_player", "1", "field config.random_start_player: must be 0, not 1")]
    [InlineData("config/players", "6", "field config.players: must be between 2 and 5, not 6")]
    [InlineData("config/colors", "0", "field config.colors: must be between 1 and 8, not 0")]
    [InlineData("config/max_information_tokens", "-1", "field config.max_information_tokens: must be between 0 and 255, not -1")]
    [InlineData("config/hand_size", "10", "field config: handSize: 2 players with 10 cards each need 20 cards")]
    [InlineData("config", "[]", "field config: must be an object, not []")]
    [InlineData("deals", "[]", "field deals: has 0 cards; the hands need 10")]
    [InlineData("deals/3", "[0,0]", "field deals[3]: must have 3 elements, not 2")]
    [InlineData("deals/3", "[0,0,300]", "field deals[3][2]: must be between 0 and 255, not 300")]
    [InlineData("undealt", "[[0,0]]", "field deals: has, with undealt, 4 cards [0,0]; a full deck has 3")]
    [InlineData("undealt", "[[0,0,0]]", "field undealt[0]: must have 2 elements, not 3")]
    [InlineData("turns", "3", "field turns: must be a list, not 3")]
    [InlineData("turns/3", "3", "episode public-A-0001, step 3: must be an object, not 3")]
    [InlineData("turns/3/obs", "5", "step 3, field obs: must be a text, not 5")]
    [InlineData("turns/3/uid", "1.5", "step 3, field uid: must be a whole number, not 1.5")]
    [InlineData("turns/3/legal", "[true]", "step 3, field legal[0]: must be a whole number, not true")]
    [InlineData("turns/3/card", "[1]", "step 3, field card: must have 2 elements, not 1")]
    [InlineData("turns/3/touched", "-1", "step 3, field touched: must be a whole number from 0, not -1")]
    [InlineData("turns/3/move", "null", "step 3, field move: must be an object, not null")]
    [InlineData("final/end_name", "2", "field final.end_name: must be a text, not 2")]
    [InlineData("id", "2", "line 2, field id: must be a text, not 2")]
    public void UnreadableFieldsAreNamed(string place, string value, string message)
    {
        var path = Mutate('A', 1, game => Find(game, place, (parent, key) => Set(parent, key, JsonNode.Parse(value))));

        Assert.Contains(message, Assert.Throws<RecordingException>(() => HanabiVerifier.Verify(path)).Message, StringComparison.Ordinal);
    }

    /// <summary>Every field of the format is needed, except those that tell how moves were chosen.</summary>
    [Fact]
    public void MissingFieldsAreNamed()
    {
        var whole = JsonNode.Parse(ReadLines('A')[0])!;
        string[] top = [.. Keys(whole, ""), .. Keys(whole, "config"), .. Keys(whole, "final"), .. Keys(whole, "turns/3"), .. Keys(whole, "turns/3/move")];
        Assert.True(top.Length > 45);
        foreach (var place in top)
        {
            var path = Mutate('A', 0, game => Find(game, place, (parent, key) => parent.AsObject().Remove(key)), keepBefore: 0);
            if (place is "policy" or "seed")
            {
                Assert.Null(HanabiVerifier.Verify(path).Difference);
                continue;
            }

            var error = Assert.Throws<RecordingException>(() => HanabiVerifier.Verify(path));
            Assert.EndsWith(place.Split('/')[^1], error.Place.Field, StringComparison.Ordinal);
            Assert.EndsWith("is missing", error.Message, StringComparison.Ordinal);
        }

        static IEnumerable<string> Keys(JsonNode game, string place)
        {
            var node = place.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(game, (parent, key) => Get(parent, key)!);
            return node.AsObject().Select(field => place.Length == 0 ? field.Key : $"{place}/{field.Key}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(5000)]
    [InlineData(-9)]
    [InlineData(-1)]
    public void TruncatedGzipIsAnError(int length)
    {
        var bytes = File.ReadAllBytes(Public('B'));
        var path = Path.Combine(_folder, "cut.jsonl.gz");
        File.WriteAllBytes(path, bytes[..(length >= 0 ? length : bytes.Length + length)]);

        Assert.StartsWith(path, Assert.Throws<RecordingException>(() => HanabiVerifier.Verify(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RecordingsOfOtherEnvironmentsAreRefused()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Data", "gridworld_public.jsonl.gz");
        Assert.Contains("field config: is missing", Assert.Throws<RecordingException>(() => HanabiVerifier.Verify(path)).Message, StringComparison.Ordinal);
    }

    private static string[] ReadLines(char set)
    {
        using var stream = new GZipStream(File.OpenRead(Public(set)), CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The first games of a recording, one of them changed.</summary>
    private string Mutate(char set, int index, Action<JsonNode> change, int? keepBefore = null)
    {
        var lines = ReadLines(set)[(index - (keepBefore ?? index))..(index + 1)];
        var game = JsonNode.Parse(lines[^1])!;
        change(game);
        var mutated = game.ToJsonString();
        Assert.NotEqual(JsonNode.Parse(lines[^1])!.ToJsonString(), mutated);
        lines[^1] = mutated;
        var path = Path.Combine(_folder, "mutated.jsonl");
        File.WriteAllText(path, string.Join('\n', lines), new UTF8Encoding(false));
        return path;
    }

    private static JsonNode? Get(JsonNode? node, string key) => node is JsonArray list ? list[int.Parse(key)] : node![key];

    private static void Find(JsonNode node, string place, Action<JsonNode, string> act)
    {
        var keys = place.Split('/');
        act(keys[..^1].Aggregate(node, (parent, key) => Get(parent, key)!), keys[^1]);
    }

    private static void Set(JsonNode parent, string key, JsonNode? value)
    {
        if (parent is JsonArray list) list[int.Parse(key)] = value;
        else parent[key] = value;
    }
}
