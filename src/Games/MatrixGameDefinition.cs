using System.Buffers;
using System.Text;
using System.Text.Json;
using Srpo.Core.Text;

namespace Srpo.Games;

/// <summary>
/// A game as a JSON text, together with the number of rounds that an episode of it lasts:
/// <c>{"kind": "matrix", "name": ..., "actions": [names], "rewards": [[..]], "costs": [..] or [[..], [..]], "length": n}</c>.
/// Games without a shared reward have <c>"payoffs": [[[..]], [[..]]]</c> (player 0's matrix, player 1's matrix, both
/// indexed [action of player 0][action of player 1]) in place of rewards. All but rewards or payoffs may be left out.
/// </summary>
/// <param name="Game">The game.</param>
/// <param name="Length">Rounds of an episode, 1 to 1,000,000.</param>
public sealed record MatrixGameDefinition(MatrixGame Game, int Length = 1)
{
    /// <summary>The most rounds of an episode.</summary>
    public const int MaxLength = 1_000_000;

    private static readonly string[] Fields = ["kind", "name", "actions", "rewards", "payoffs", "costs", "length"];

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
            using var document = JsonDocument.Parse(
                json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return Read(document.RootElement, name);
        }
        catch (JsonException error)
        {
            throw new FormatException($"the game is not valid JSON: {error.Message}", error);
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

    private static MatrixGameDefinition Read(JsonElement root, string name)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new FormatException("a game must be a JSON object: { \"rewards\": [[..]], ... }");
        foreach (var property in root.EnumerateObject())
        {
            if (!Fields.Contains(property.Name, StringComparer.Ordinal))
                throw new FormatException(NearestName.Unknown("field", property.Name, Fields));
        }

        if (root.TryGetProperty("kind", out var kind) && ReadText(kind, "kind") != "matrix")
            throw new FormatException($"kind: must be \"matrix\", not {kind.GetRawText()}");
        if (root.TryGetProperty("name", out var given)) name = ReadText(given, "name");

        var (payoffs0, payoffs1) = ReadPayoffs(root);
        var (costs0, costs1) = ReadCosts(root);
        string[]? actions = null;
        if (root.TryGetProperty("actions", out var names))
            actions = [.. Elements(names, "actions").Select((element, i) => ReadText(element, $"actions[{i}]"))];
        var length = 1;
        if (root.TryGetProperty("length", out var rounds)
            && !(rounds.ValueKind == JsonValueKind.Number && rounds.TryGetInt32(out length) && length is >= 1 and <= MaxLength))
        {
            throw new FormatException($"length: must be a whole number between 1 and {MaxLength}, not {rounds.GetRawText()}");
        }

        return new MatrixGameDefinition(new MatrixGame(name, payoffs0, payoffs1, costs0, costs1, actions), length);
    }

    private static (double[,] First, double[,]? Second) ReadPayoffs(JsonElement root)
    {
        var shared = root.TryGetProperty("rewards", out var rewards);
        var separate = root.TryGetProperty("payoffs", out var payoffs);
        if (shared == separate)
            throw new FormatException("rewards: give either \"rewards\" (one matrix for both players) or \"payoffs\" (a matrix for each)");
        if (shared) return (ReadMatrix(rewards, "rewards"), null);
        var both = Elements(payoffs, "payoffs");
        if (both.Length != 2) throw new FormatException($"payoffs: must be two matrices, not {both.Length}");
        return (ReadMatrix(both[0], "payoffs[0]"), ReadMatrix(both[1], "payoffs[1]"));
    }

    private static (double[]? First, double[]? Second) ReadCosts(JsonElement root)
    {
        if (!root.TryGetProperty("costs", out var costs)) return (null, null);
        var elements = Elements(costs, "costs");
        if (elements.Length == 0 || elements[0].ValueKind != JsonValueKind.Array)
        {
            var list = ReadList(costs, "costs");
            return (list, list);
        }

        if (elements.Length != 2) throw new FormatException($"costs: must be one list for both players or two lists, not {elements.Length}");
        return (ReadList(elements[0], "costs[0]"), ReadList(elements[1], "costs[1]"));
    }

    private static double[,] ReadMatrix(JsonElement element, string field)
    {
        var rows = Elements(element, field).Select((row, i) => ReadList(row, $"{field}[{i}]")).ToArray();
        if (rows.Length == 0 || rows[0].Length == 0) throw new FormatException($"{field}: must not be empty");
        var matrix = new double[rows.Length, rows[0].Length];
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i].Length != rows[0].Length)
                throw new FormatException($"{field}[{i}]: has {rows[i].Length} entries, the first row has {rows[0].Length}");
            for (var j = 0; j < rows[i].Length; j++) matrix[i, j] = rows[i][j];
        }

        return matrix;
    }

    private static double[] ReadList(JsonElement element, string field) =>
        [.. Elements(element, field).Select((number, i) => ReadNumber(number, $"{field}[{i}]"))];

    private static JsonElement[] Elements(JsonElement element, string field) => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray()]
        : throw new FormatException($"{field}: must be a list, not {element.GetRawText()}");

    private static double ReadNumber(JsonElement element, string field) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : throw new FormatException($"{field}: must be a finite number, not {element.GetRawText()}");

    private static string ReadText(JsonElement element, string field) =>
        element.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(element.GetString())
            ? element.GetString()!
            : throw new FormatException($"{field}: must be a text that is not empty, not {element.GetRawText()}");
}
