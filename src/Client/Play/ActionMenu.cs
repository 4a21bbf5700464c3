using System.Globalization;
using Srpo.Core.Text;
using Srpo.Environments;

namespace Srpo.Client.Play;

/// <summary>The actions that a person may choose from, by number, short key or name.</summary>
internal sealed class ActionMenu
{
    private const string Gap = "   ";

    private readonly EnvironmentInfo _info;
    private readonly string[] _keys;

    public ActionMenu(IVectorEnvironment environment)
    {
        _info = environment.Info;
        _keys = [.. EnvironmentFactory.Find(environment.Info.Name).Keys(environment)];
    }

    /// <summary>The legal actions with their numbers and keys.</summary>
    /// <param name="legal">[Actions] 1 for what may be chosen.</param>
    /// <param name="width">Characters that fit on a line.</param>
    /// <returns>The lines.</returns>
    public IReadOnlyList<string> Show(ReadOnlySpan<byte> legal, int width)
    {
        var lines = new List<string>();
        for (var action = 0; action < _info.Actions; action++)
        {
            if (legal[action] == 0) continue;
            var key = _keys[action] switch { "" => "", " " => " (space)", var text => $" ({text})" };
            var part = $"{action} {_info.ActionNames[action]}{key}";
            if (lines.Count > 0 && lines[^1].Length + Gap.Length + part.Length <= width) lines[^1] += Gap + part;
            else lines.Add(part);
        }

        return lines;
    }

    /// <summary>The action that a line means.</summary>
    /// <param name="line">As typed.</param>
    /// <param name="legal">[Actions] 1 for what may be chosen.</param>
    /// <param name="action">The action.</param>
    /// <returns>Why the line means none, or null.</returns>
    public string? Read(string line, ReadOnlySpan<byte> legal, out int action)
    {
        action = Find(line);
        if (action < 0)
        {
            if (line.Trim().Length == 0) return "type a number, a key or a name from the list, or q to leave";
            var names = _info.ActionNames.Concat(_keys.Where(key => key.Trim().Length > 0));
            var nearest = line.Trim().Length > 1 ? NearestName.Find(line.Trim(), names) : null;
            return $"'{Shown(line)}' is no action{(nearest is null ? "" : $", did you mean '{nearest}'?")}; type a number, a key or a name from the list, or q to leave";
        }

        return legal[action] == 1 ? null : $"'{_info.ActionNames[action]}' is not possible now; the list above has what is";
    }

    private int Find(string line)
    {
        var key = Array.FindIndex(_keys, key => key.Length > 0 && key == line);
        if (key >= 0) return key;
        var text = line.Trim();
        if (text.Length == 0) return -1;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number < _info.Actions ? number : -1;
        for (var action = 0; action < _info.Actions; action++)
        {
            if (string.Equals(text, _info.ActionNames[action], StringComparison.OrdinalIgnoreCase) || string.Equals(text, _keys[action], StringComparison.OrdinalIgnoreCase)) return action;
        }

        return -1;
    }

    private static string Shown(string line) => string.Concat(line.Trim().Take(40).Select(c => char.IsControl(c) ? '?' : c));
}
