namespace Srpo.Learning.Tests.Games;

/// <summary>The kinds of games that play differs in: turns, early ends, a shared reward.</summary>
public static class GameKinds
{
    /// <summary>All combinations, in that order.</summary>
    public static TheoryData<bool, bool, bool> All()
    {
        var data = new TheoryData<bool, bool, bool>();
        foreach (var turns in new[] { false, true })
        {
            foreach (var early in new[] { false, true })
            {
                data.Add(turns, early, false);
                data.Add(turns, early, true);
            }
        }

        return data;
    }
}
