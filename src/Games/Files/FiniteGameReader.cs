using Srpo.Core.Json;
using Srpo.Games.Finite;

namespace Srpo.Games.Files;

/// <summary>Reads finite games of two or more players from JSON.</summary>
internal static class FiniteGameReader
{
    public static readonly string[] Fields = ["actions", "rewards", "payoffs", "costs", "length"];

    public static FiniteGame Read(JsonObjectValue root, string name)
    {
        if (root["length"] is { } length) JsonFields.Whole(length, "length", 1, MatrixGameDefinition.MaxLength);
        var (actions, payoffs) = ReadPayoffs(root, "");
        return new FiniteGame(name, actions, payoffs, ReadCosts(root, actions, ""), ReadNames(root, actions));
    }

    /// <summary>The game in one state of a Markov game: payoffs and costs of the object with a path.</summary>
    public static FiniteGame ReadStage(JsonObjectValue item, string name, string prefix)
    {
        var (actions, payoffs) = ReadPayoffs(item, prefix);
        return new FiniteGame(name, actions, payoffs, ReadCosts(item, actions, prefix));
    }

    private static (int[] Actions, IReadOnlyList<double[]> Payoffs) ReadPayoffs(JsonObjectValue root, string prefix)
    {
        var (rewards, payoffs) = (root["rewards"], root["payoffs"]);
        if (rewards is null == payoffs is null)
        {
            throw JsonFields.Wrong(
                prefix + "rewards", $"give either \"rewards\" (nested lists that all players share, for example [[1, 1], [1, 0]]) or \"payoffs\" (one for each player)");
        }

        if (rewards is not null)
        {
            var actions = Shape(rewards, prefix + "rewards");
            return (actions, [ReadNested(rewards, prefix + "rewards", actions)]);
        }

        var each = JsonFields.Elements(payoffs!, prefix + "payoffs");
        if (each.Count == 0) throw JsonFields.Wrong(prefix + "payoffs", $"must not be empty");
        var common = Shape(each[0], prefix + "payoffs[0]");
        if (common.Length != each.Count)
            throw JsonFields.Wrong(prefix + "payoffs", $"has {each.Count} entries, but payoffs[0] is nested for {common.Length} players; give one for each player");
        return (common, [.. each.Select((element, player) => ReadNested(element, JsonFields.Indexed(prefix + "payoffs", player), common))]);
    }

    /// <summary>Numbers of actions, from the lengths along the first entries.</summary>
    private static int[] Shape(JsonValue element, string field)
    {
        var actions = new List<int>();
        for (; element is JsonListValue { Items: var items }; element = items[0])
        {
            if (items.Count == 0) throw JsonFields.Wrong(field, $"must not be empty");
            actions.Add(items.Count);
        }

        if (actions.Count < 2) throw JsonFields.Wrong(field, $"must be nested lists, as deep as there are players (at least two), for example [[1, 1], [1, 0]]");
        if (actions.Aggregate(1.0, (product, count) => product * count) > FiniteGame.MaxJointActions)
            throw JsonFields.Wrong(field, $"has too many entries; a game has at most {FiniteGame.MaxJointActions} joint actions");
        return [.. actions];
    }

    private static double[] ReadNested(JsonValue element, string field, int[] actions)
    {
        var values = new List<double>();
        Append(element, field, 0);
        return [.. values];

        void Append(JsonValue part, string path, int depth)
        {
            if (depth == actions.Length)
            {
                values.Add(JsonFields.Number(part, path));
                return;
            }

            var entries = JsonFields.Elements(part, path);
            if (entries.Count != actions[depth])
                throw JsonFields.Wrong(path, $"has {entries.Count} entries; player {depth} has {actions[depth]} actions");
            for (var i = 0; i < entries.Count; i++) Append(entries[i], JsonFields.Indexed(path, i), depth + 1);
        }
    }

    private static double[][]? ReadCosts(JsonObjectValue root, int[] actions, string prefix)
    {
        if (root["costs"] is not { } costs) return null;
        var elements = JsonFields.Elements(costs, prefix + "costs");
        var isShared = elements.Count == 0 || elements[0] is not JsonListValue;
        if (!isShared && elements.Count != actions.Length)
            throw JsonFields.Wrong(prefix + "costs", $"has {elements.Count} lists; give one list for all or one for each of the {actions.Length} players");
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
    public static string[][]? ReadNames(JsonObjectValue root, int[] actions)
    {
        if (root["actions"] is not { } value) return null;
        var elements = JsonFields.Elements(value, "actions");
        var isShared = elements.Count == 0 || elements[0] is not JsonListValue;
        if (!isShared && elements.Count != actions.Length)
            throw JsonFields.Wrong("actions", $"has {elements.Count} lists; give one list for all or one for each of the {actions.Length} players");
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
