using Srpo.Core.Text;
using Srpo.Environments;

namespace Kitchen;

/// <summary>
/// A kitchen: lines "setting = number", then the map in the signs of Overcooked-AI: X counter, O onions, D dishes, P pot, S where soups are served,
/// 1 and 2 the players, a space for floor. The constants are those that Overcooked-AI publishes; its shaped rewards are 0 unless they are set.
/// </summary>
public sealed class KitchenLayout
{
    private const string CrampedRoom = "XXPXX\nO  2O\nX1  X\nXDXSX\n";

    private readonly string? _file;
    private readonly Dictionary<string, (int Value, int Low, int High)> _settings = new()
    {
        ["cookTime"] = (20, 1, 250),
        ["onionsPerSoup"] = (3, 1, 9),
        ["deliveryReward"] = (20, 0, 1000),
        ["onionReward"] = (0, 0, 1000),
        ["dishReward"] = (0, 0, 1000),
        ["soupReward"] = (0, 0, 1000),
        ["episodeLength"] = (400, 1, 10_000),
    };

    /// <summary>Reads a layout; one that is wrong is a LayoutException with line, column and remedy.</summary>
    public KitchenLayout(string text, string name, string? file)
    {
        (Name, _file) = (name, file);
        var lines = text.Split('\n').Select((line, i) => (Number: i + 1, Text: line.TrimEnd('\r'))).Where(line => line.Text.Length > 0).ToLookup(line => line.Text.Contains('='));
        foreach (var (number, line) in lines[true]) Set(line, number);
        var rows = lines[false].ToArray();
        Columns = rows.Length > 0 ? rows[0].Text.Length : throw Wrong(1, 1, "there is no map; draw one that begins for example with XXPXX");
        foreach (var (number, row) in rows)
        {
            if (row.Length != Columns) throw Wrong(number, 1, $"the row has {row.Length} signs, the first one {Columns}; make them equally long");
            for (var column = 0; column < Columns; column++)
            {
                var onBorder = number == rows[0].Number || number == rows[^1].Number || column == 0 || column == Columns - 1;
                if (!(onBorder ? "XODPS" : "XODPS12 ").Contains(row[column]))
                    throw Wrong(number, column + 1, $"'{row[column]}' cannot be here; use X, O, D, P, S, and within the border 1, 2 and spaces");
            }
        }

        Map = string.Concat(rows.Select(row => row.Text));
        foreach (var sign in "ODPS12".Where(sign => !Map.Contains(sign))) throw Wrong(rows[0].Number, 1, $"there is no {sign} on the map; draw one");
        Starts = [Map.IndexOf('1'), Map.IndexOf('2')];
        if (Map.Length > byte.MaxValue) throw Wrong(rows[0].Number, 1, $"the map has {Map.Length} cells; {byte.MaxValue} are the most");
        foreach (var twice in Starts.Where(start => Map.LastIndexOf(Map[start]) != start)) throw Wrong(rows[0].Number, 1, $"player {Map[twice]} is on the map twice; draw one");
        Map = Map.Replace('1', ' ').Replace('2', ' ');
    }

    /// <summary>The layouts that come with the plug-in, the default first.</summary>
    public static IReadOnlyDictionary<string, string> BuiltIn { get; } =
        new Dictionary<string, string> { ["cramped_room"] = CrampedRoom, ["cramped_room-shaped"] = "onionReward = 3\ndishReward = 3\nsoupReward = 5\n" + CrampedRoom };

    public string Name { get; }
    public int Columns { get; }
    public int[] Starts { get; }

    /// <summary>The signs row by row, without the players.</summary>
    public string Map { get; }

    public int this[string setting] => _settings[setting].Value;
    public int[] Cells(char sign) => [.. Enumerable.Range(0, Map.Length).Where(cell => Map[cell] == sign)];

    private void Set(string line, int number)
    {
        var (name, value) = (line.Split('=')[0].Trim(), line[(line.IndexOf('=') + 1)..].Trim());
        if (!_settings.TryGetValue(name, out var known)) throw Wrong(number, 1, NearestName.Unknown("setting", name, [.. _settings.Keys]));
        _settings[name] = int.TryParse(value, out var set) && set >= known.Low && set <= known.High ? known with { Value = set }
            : throw Wrong(number, 1, $"{name}: '{value}' is not possible; use a whole number from {known.Low} to {known.High}");
    }

    private LayoutException Wrong(int line, int column, string problem) => new(_file, line, column, problem);
}
