using MathNet.Numerics.LinearAlgebra;
using Srpo.Core.Json;
using Srpo.Games.Quadratic;

namespace Srpo.Games.Files;

/// <summary>Reads quadratic and aggregative games from JSON. Where a dimension is 1, a number may stand for a matrix or a vector.</summary>
internal static class QuadraticGameReader
{
    /// <summary>Most players.</summary>
    public const int MaxPlayers = 10_000;

    /// <summary>Largest dimension of an aggregative game's goal, and of a quadratic game's joint action.</summary>
    public const int MaxDimension = 1000;

    public static readonly string[] AggregativeFields = ["players", "Q", "R", "goal"];

    public static readonly string[] QuadraticFields = ["A", "B", "D", "e", "d", "R", "r", "constant"];

    public static QuadraticGame ReadAggregative(JsonObjectValue root)
    {
        var players = JsonFields.Whole(JsonFields.Required(root, "players", "\"players\": 2"), "players", 2, MaxPlayers);
        var q = ReadMatrix(JsonFields.Required(root, "Q", "\"Q\": [[1]]"), "Q");
        var cost = JsonFields.Required(root, "R", "\"R\": [[1]]");
        var goal = ReadVector(JsonFields.Required(root, "goal", "\"goal\": [1]"), "goal");
        if (goal.Count > MaxDimension) throw JsonFields.Wrong("goal", $"has {goal.Count} entries; at most {MaxDimension} are possible");
        var rs = Depth(cost) == 3
            ? JsonFields.Elements(cost, "R").Select((element, player) => ReadMatrix(element, JsonFields.Indexed("R", player))).ToArray()
            : [ReadMatrix(cost, "R")];
        if (rs.Length != 1 && rs.Length != players)
            throw JsonFields.Wrong("R", $"has {rs.Length} matrices; give one for all or one for each of the {players} players");
        RequireSquare(q, "Q", goal.Count);
        for (var player = 0; player < rs.Length; player++) RequireSquare(rs[player], Depth(cost) == 3 ? JsonFields.Indexed("R", player) : "R", goal.Count);
        return AggregativeGame.Create(players, q, rs, goal);
    }

    public static QuadraticGame ReadQuadratic(JsonObjectValue root)
    {
        var a = Each(root, "A", "[[[-2]], [[-2]]] (one matrix for each player)");
        if (a.Count < 2) throw JsonFields.Wrong("A", $"has {a.Count} entries; a game has at least two players, and A one matrix for each");
        if (a.Count > MaxPlayers) throw JsonFields.Wrong("A", $"has {a.Count} entries; a game has at most {MaxPlayers} players");
        var b = Each(root, "B", "[[[-1]], [[-1]]] (one matrix for each player)", a.Count);
        var d = Each(root, "D", "[[[-1]], [[-1]]] (one matrix for each player)", a.Count);
        var own = Each(root, "e", "[[1], [1]] (one vector for each player)", a.Count);
        var others = Each(root, "d", "[[1], [1]] (one vector for each player)", a.Count);
        var costs = root["R"] is not null ? Each(root, "R", "", a.Count) : null;
        var linear = root["r"] is not null ? Each(root, "r", "", a.Count) : null;
        if (linear is not null && costs is null) throw JsonFields.Wrong("r", $"needs \"R\", the quadratic part of the private costs; write zeros if there is none");
        var constants = root["constant"] is { } constant ? ReadConstants(constant, a.Count) : new double[a.Count];
        var matrices = a.Select((element, player) => ReadMatrix(element, JsonFields.Indexed("A", player))).ToArray();
        var total = matrices.Sum(matrix => matrix.RowCount);
        if (total > MaxDimension) throw JsonFields.Wrong("A", $"the actions have {total} dimensions in all; at most {MaxDimension} are possible");
        return new QuadraticGame([.. matrices.Select((matrix, player) => new QuadraticUtility(
            matrix,
            ReadMatrix(b[player], JsonFields.Indexed("B", player)),
            ReadMatrix(d[player], JsonFields.Indexed("D", player)),
            ReadVector(own[player], JsonFields.Indexed("e", player)),
            ReadVector(others[player], JsonFields.Indexed("d", player)),
            constants[player],
            costs is null ? null : new QuadraticCost(
                ReadMatrix(costs[player], JsonFields.Indexed("R", player)),
                linear is null ? null : ReadVector(linear[player], JsonFields.Indexed("r", player)))))]);
    }

    private static IReadOnlyList<JsonValue> Each(JsonObjectValue root, string field, string example, int? players = null)
    {
        var elements = JsonFields.Elements(JsonFields.Required(root, field, $"\"{field}\": {example}"), field);
        return players is null || elements.Count == players
            ? elements
            : throw JsonFields.Wrong(field, $"has {elements.Count} entries; A has {players}, one for each player");
    }

    private static double[] ReadConstants(JsonValue element, int players)
    {
        if (element is not JsonListValue) return [.. Enumerable.Repeat(JsonFields.Number(element, "constant"), players)];
        var constants = JsonFields.Numbers(element, "constant");
        return constants.Length == players ? constants : throw JsonFields.Wrong("constant", $"has {constants.Length} entries; the game has {players} players");
    }

    private static void RequireSquare(Matrix<double> matrix, string field, int dimension)
    {
        if (matrix.RowCount != matrix.ColumnCount) throw JsonFields.Wrong(field, $"must be square, not {matrix.RowCount} x {matrix.ColumnCount}");
        if (matrix.RowCount != dimension) throw JsonFields.Wrong(field, $"is {matrix.RowCount} x {matrix.RowCount}; the goal has {dimension} entries");
    }

    private static Matrix<double> ReadMatrix(JsonValue element, string field) => element is JsonNumberValue
        ? Matrix<double>.Build.Dense(1, 1, JsonFields.Number(element, field))
        : Matrix<double>.Build.DenseOfArray(JsonFields.Matrix(element, field));

    private static Vector<double> ReadVector(JsonValue element, string field)
    {
        var numbers = element is JsonNumberValue ? [JsonFields.Number(element, field)] : JsonFields.Numbers(element, field);
        return numbers.Length > 0 ? Vector<double>.Build.DenseOfArray(numbers) : throw JsonFields.Wrong(field, $"must not be empty");
    }

    private static int Depth(JsonValue element)
    {
        var depth = 0;
        for (; element is JsonListValue { Items: { Count: > 0 } items }; element = items[0]) depth++;
        return depth;
    }
}
