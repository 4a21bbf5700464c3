using System.Text.Json;
using Srpo.Core.Text;
using Srpo.Games.Finite;

namespace Srpo.Games.Files;

/// <summary>Reads finite games of two or more players from JSON.</summary>
internal static class FiniteGameReader
{
    public static readonly string[] Fields = ["actions", "rewards", "payoffs", "costs", "length"];

    public static FiniteGame Read(JsonElement root, string name)
    {
        if (root.TryGetProperty("length", out var length)) JsonFields.Whole(length, "length", 1, MatrixGameDefinition.MaxLength);
        var (actions, payoffs) = ReadPayoffs(root, "");
        return new FiniteGame(name, actions, payoffs, ReadCosts(root, actions, ""), ReadNames(root, actions));
    }

    /// <summary>The game in one state of a Markov game: payoffs and costs of the object with a path.</summary>
    public static FiniteGame ReadStage(JsonElement item, string name, string prefix)
    {
        var (actions, payoffs) = ReadPayoffs(item, prefix);
        return new FiniteGame(name, actions, payoffs, ReadCosts(item, actions, prefix));
    }

    private static (int[] Actions, IReadOnlyList<double[]> Payoffs) ReadPayoffs(JsonElement root, string prefix)
    {
        var shared = root.TryGetProperty("rewards", out var rewards);
        if (shared == root.TryGetProperty("payoffs", out var payoffs))
        {
            throw JsonFields.Wrong(
                prefix + "rewards", $"give either \"rewards\" (nested lists that all players share, for example [[1, 1], [1, 0]]) or \"payoffs\" (one for each player)");
        }

        if (shared)
        {
            var actions = Shape(rewards, prefix + "rewards");
            return (actions, [ReadNested(rewards, prefix + "rewards", actions)]);
        }

        var each = JsonFields.Elements(payoffs, prefix + "payoffs");
        if (each.Length == 0) throw JsonFields.Wrong(prefix + "payoffs", $"must not be empty");
        var common = Shape(each[0], prefix + "payoffs[0]");
        if (common.Length != each.Length)
            throw JsonFields.Wrong(prefix + "payoffs", $"has {each.Length} entries, but payoffs[0] is nested for {common.Length} players; give one for each player");
        return (common, [.. each.Select((element, player) => ReadNested(element, JsonFields.Indexed(prefix + "payoffs", player), common))]);
    }

    /// <summary>Numbers of actions, from the lengths along the first entries.</summary>
    private static int[] Shape(JsonElement element, string field)
    {
        var actions = new List<int>();
        while (element.ValueKind == JsonValueKind.Array)
        {
            if (element.GetArrayLength() == 0) throw JsonFields.Wrong(field, $"must not be empty");
            actions.Add(element.GetArrayLength());
            element = element[0];
        }

        if (actions.Count < 2) throw JsonFields.Wrong(field, $"must be nested lists, as deep as there are players (at least two), for example [[1, 1], [1, 0]]");
        if (actions.Aggregate(1.0, (product, count) => product * count) > FiniteGame.MaxJointActions)
            throw JsonFields.Wrong(field, $"has too many entries; a game has at most {FiniteGame.MaxJointActions} joint actions");
        return [.. actions];
    }

    private static double[] ReadNested(JsonElement element, string field, int[] actions)
    {
        var values = new List<double>();
        Append(element, field, 0);
        return [.. values];

        void Append(JsonElement part, string path, int depth)
        {
            if (depth == actions.Length)
            {
                values.Add(JsonFields.Number(part, path));
                return;
            }

            var entries = JsonFields.Elements(part, path);
            if (entries.Length != actions[depth])
                throw JsonFields.Wrong(path, $"has {entries.Length} entries; player {depth} has {actions[depth]} actions");
            for (var i = 0; i < entries.Length; i++) Append(entries[i], JsonFields.Indexed(path, i), depth + 1);
        }
    }

    private static double[][]? ReadCosts(JsonElement root, int[] actions, string prefix)
    {
        if (!root.TryGetProperty("costs", out var costs)) return null;
        var elements = JsonFields.Elements(costs, prefix + "costs");
        var isShared = elements.Length == 0 || elements[0].ValueKind != JsonValueKind.Array;
        if (!isShared && elements.Length != actions.Length)
            throw JsonFields.Wrong(prefix + "costs", $"has {elements.Length} lists; give one list for all or one for each of the {actions.Length} players");
        var lists = new double[actions.Length][];
        for (var player = 0; player < actions.Length; player++)
        {
            var field = isShared ? prefix + "costs" : JsonFields.Indexed(prefix + "costs", player);
            lists[player] = JsonFields.Numbers(isShared ? costs : elements[player], field);
            if (lists[player].Length != actions[player])
                throw JsonFields.Wrong(field, $"has {lists[player].Length} entries; player {player} has {actions[player]} actions");
        }

        return lists;
    }

    /// <summary>Names of actions; null where there are none.</summary>
    public static string[][]? ReadNames(JsonElement root, int[] actions)
    {
        if (!root.TryGetProperty("actions", out var value)) return null;
        var elements = JsonFields.Elements(value, "actions");
        var isShared = elements.Length == 0 || elements[0].ValueKind != JsonValueKind.Array;
        if (!isShared && elements.Length != actions.Length)
            throw JsonFields.Wrong("actions", $"has {elements.Length} lists; give one list for all or one for each of the {actions.Length} players");
        var names = new string[actions.Length][];
        for (var player = 0; player < actions.Length; player++)
        {
            var field = isShared ? "actions" : JsonFields.Indexed("actions", player);
            string[] list = [.. JsonFields.Elements(isShared ? value : elements[player], field).Select((text, i) => JsonFields.Text(text, JsonFields.Indexed(field, i)))];
            // One list for all is as long as the player with most actions needs it.
            var expected = isShared ? actions.Max() : actions[player];
            if (list.Length != expected) throw JsonFields.Wrong(field, $"has {list.Length} names; there are {expected} actions");
            if (list.Distinct(StringComparer.Ordinal).Count() != list.Length) throw JsonFields.Wrong(field, $"must be different names");
            names[player] = list[..actions[player]];
        }

        return names;
    }
}
