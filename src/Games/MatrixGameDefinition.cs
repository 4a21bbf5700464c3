using System.Buffers;
using System.Text;
using System.Text.Json;
using Srpo.Core.Json;
using Srpo.Games.Files;

namespace Srpo.Games;

/// <summary>
/// A game as a JSON text, together with the number of rounds that an episode of it lasts:
/// <c>{"kind": "matrix", "name": ..., "actions": [names], "rewards": [[..]], "costs": [..] or [[..], [..]], "length": n}</c>.
/// Games without a shared reward have <c>"payoffs": [[[..]], [[..]]]</c> (player 0's matrix, player 1's matrix, both
/// indexed [action of player 0][action of player 1]) in place of rewards. All but rewards or payoffs may be left out. What only solvers read ("title", "epsilon", "tau", "sweep") is ignored.
/// </summary>
/// <param name="Game">The game.</param>
/// <param name="Length">Rounds of an episode, 1 to 1,000,000.</param>
public sealed record MatrixGameDefinition(MatrixGame Game, int Length = 1)
{
    /// <summary>The most rounds of an episode.</summary>
    public const int MaxLength = 1_000_000;

    /// <summary>The last four are for the solvers, so that one file serves as game of <see cref="GameFile"/> and as environment.</summary>
    private static readonly string[] Fields = ["kind", "name", "actions", "rewards", "payoffs", "costs", "length", "title", "epsilon", "tau", "sweep"];

    /// <summary>Reads the JSON text; comments and trailing commas are allowed.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">The game's name where the text gives none.</param>
    /// <exception cref="FormatException">The text is wrong; the message names the field and the reason.</exception>
    public static MatrixGameDefinition Parse(string json, string name = "custom")
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(name);
        try
        {
            return JsonFields.Read(json, "game", "{ \"rewards\": [[..]], ... }", root => Read(root, name));
        }
        catch (ArgumentException error)
        {
            // MatrixGame's own checks: they name the array and the reason.
            throw new FormatException($"the game '{name}' is wrong: {error.Message}", error);
        }
    }

    /// <summary>Writes the JSON text that <see cref="Parse"/> reads back.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", "matrix");
            writer.WriteString("name", Game.Name);
            writer.WriteStartArray("actions");
            foreach (var action in Game.ActionNames) writer.WriteStringValue(action);
            writer.WriteEndArray();
            writer.WritePropertyName(Game.IsShared ? "rewards" : "payoffs");
            if (Game.IsShared)
            {
                WriteMatrix(writer, 0);
            }
            else
            {
                writer.WriteStartArray();
                WriteMatrix(writer, 0);
                WriteMatrix(writer, 1);
                writer.WriteEndArray();
            }

            writer.WriteStartArray("costs");
            for (var player = 0; player < 2; player++)
            {
                writer.WriteStartArray();
                for (var action = 0; action < Game.Actions(player); action++) writer.WriteNumberValue(Game.Cost(player, action));
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
            writer.WriteNumber("length", Length);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void WriteMatrix(Utf8JsonWriter writer, int player)
    {
        writer.WriteStartArray();
        for (var action0 = 0; action0 < Game.Actions(0); action0++)
        {
            writer.WriteStartArray();
            for (var action1 = 0; action1 < Game.Actions(1); action1++) writer.WriteNumberValue(Game.Payoff(player, action0, action1));
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static MatrixGameDefinition Read(JsonObjectValue root, string name)
    {
        JsonFields.RequireKnown(root, "", Fields);
        if (root["kind"] is { } kind && JsonFields.Text(kind, "kind") != "matrix")
            throw JsonFields.Wrong("kind", $"must be \"matrix\", not {kind.Written}");
        name = JsonFields.OptionalText(root, "name") ?? name;

        var (payoffs0, payoffs1) = ReadPayoffs(root);
        var (costs0, costs1) = ReadCosts(root);
        string[]? actions = null;
        if (root["actions"] is { } names)
            actions = [.. JsonFields.Elements(names, "actions").Select((element, i) => JsonFields.Text(element, JsonFields.Indexed("actions", i)))];
        var length = root["length"] is { } rounds ? JsonFields.Whole(rounds, "length", 1, MaxLength) : 1;
        return new MatrixGameDefinition(new MatrixGame(name, payoffs0, payoffs1, costs0, costs1, actions), length);
    }

    private static (double[,] First, double[,]? Second) ReadPayoffs(JsonObjectValue root)
    {
        var (rewards, payoffs) = (root["rewards"], root["payoffs"]);
        if (rewards is null == payoffs is null)
            throw JsonFields.Wrong("rewards", $"give either \"rewards\" (one matrix for both players) or \"payoffs\" (a matrix for each)");
        if (rewards is not null) return (JsonFields.Matrix(rewards, "rewards"), null);
        var both = JsonFields.Elements(payoffs!, "payoffs");
        if (both.Count != 2) throw JsonFields.Wrong("payoffs", $"must be two matrices, not {both.Count}");
        return (JsonFields.Matrix(both[0], "payoffs[0]"), JsonFields.Matrix(both[1], "payoffs[1]"));
    }

    private static (double[]? First, double[]? Second) ReadCosts(JsonObjectValue root)
    {
        if (root["costs"] is not { } costs) return (null, null);
        var elements = JsonFields.Elements(costs, "costs");
        if (elements.Count == 0 || elements[0] is not JsonListValue)
        {
            var list = JsonFields.Numbers(costs, "costs");
            return (list, list);
        }

        if (elements.Count != 2) throw JsonFields.Wrong("costs", $"must be one list for both players or two lists, not {elements.Count}");
        return (JsonFields.Numbers(elements[0], "costs[0]"), JsonFields.Numbers(elements[1], "costs[1]"));
    }
}
