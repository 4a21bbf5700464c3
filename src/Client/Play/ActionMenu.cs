using System.Globalization;
using Srpo.Client.Output;
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
    public IReadOnlyList<string> Show(byte[] legal, int width) =>
        Prose.Flow(Possible(legal).Select(action => $"{action} {_info.ActionNames[action]}{(_keys[action].Length == 0 ? "" : $" ({Shown(action)})")}"), Gap, width);

    /// <summary>The same for who presses keys: the shortest that each is chosen by.</summary>
    /// <param name="legal">[Actions] 1 for what may be chosen.</param>
    public IEnumerable<string> ShowKeys(byte[] legal) => Possible(legal).Select(action => $"{Shown(action)} {_info.ActionNames[action]}");

    /// <summary>What keys that were pressed one after the other mean.</summary>
    /// <param name="typed">The keys, at least one.</param>
    /// <param name="legal">[Actions] 1 for what may be chosen.</param>
    /// <param name="action">The action that they are for; -1 for none.</param>
    /// <returns>Whether more keys may follow, for another action than that.</returns>
    public bool Press(string typed, byte[] legal, out int action)
    {
        var candidates = Possible(legal).SelectMany(each => new[] { (Text: _keys[each], Action: each), (Text: Number(each), Action: each) }).Where(candidate => candidate.Text.Length > 0).ToArray();
        action = Array.FindIndex(candidates, candidate => string.Equals(candidate.Text, typed, StringComparison.OrdinalIgnoreCase)) is var index and >= 0 ? candidates[index].Action : -1;
        var chosen = action;
        return candidates.Any(candidate => candidate.Action != chosen && candidate.Text.Length > typed.Length && candidate.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The legal action with a name; -1 for none.</summary>
    public int Named(string name, byte[] legal) => Possible(legal).FirstOrDefault(action => _info.ActionNames[action] == name, -1);

    /// <summary>Whether a line means an action, possible now or not.</summary>
    public bool Knows(string line) => Find(line) >= 0;

    /// <summary>The action that a line means.</summary>
    /// <param name="line">As typed.</param>
    /// <param name="legal">[Actions] 1 for what may be chosen.</param>
    /// <param name="action">The action.</param>
    /// <returns>Why the line means none, or null.</returns>
    public string? Read(string line, byte[] legal, out int action)
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

    private static string Number(int action) => action.ToString(CultureInfo.InvariantCulture);

    private IEnumerable<int> Possible(byte[] legal) => Enumerable.Range(0, _info.Actions).Where(action => legal[action] == 1);

    private string Shown(int action) => _keys[action] switch { "" => Number(action), " " => "space", var key => key };

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
