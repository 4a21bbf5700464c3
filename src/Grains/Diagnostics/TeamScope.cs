using System.Collections;
using System.Globalization;

namespace Srpo.Grains.Diagnostics;

/// <summary>
/// Population, team and round of the log messages written while a team trains. One object for a whole stretch: the round is
/// read when a message is written.
/// </summary>
internal sealed class TeamScope(string population, int team, Func<int> round) : IReadOnlyList<KeyValuePair<string, object>>
{
    public int Count => 3;

    public KeyValuePair<string, object> this[int index] => index switch
    {
        0 => new("Population", population),
        1 => new("Team", team),
        2 => new("Round", round()),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{population}/{team} round {round()}");
}
