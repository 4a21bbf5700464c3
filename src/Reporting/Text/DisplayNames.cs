using Srpo.Core.Settings;

namespace Srpo.Reporting.Text;

/// <summary>Names of layouts and ways to act, for people.</summary>
public static class DisplayNames
{
    /// <summary>A layout: <c>training</c> is Training, <c>held-out-a</c> is Held-out A, others only get a capital letter.</summary>
    public static string Layout(string key)
    {
        const string heldOut = "held-out-";
        if (key.StartsWith(heldOut, StringComparison.Ordinal) && key.Length > heldOut.Length)
            return "Held-out " + key[heldOut.Length..].ToUpperInvariant();
        return key.Length == 0 ? key : char.ToUpperInvariant(key[0]) + key[1..];
    }

    /// <summary>How policies act, as experiments have it.</summary>
    public static string Word(ActionChoice actions) => actions == ActionChoice.Greedy ? "greedy" : "sampled";

    /// <summary>How policies act, for people.</summary>
    public static string Acting(ActionChoice actions) => actions == ActionChoice.Greedy ? "always the most likely legal action" : "actions drawn from the policies";

    /// <summary>A layout within a sentence: <c>the training layout</c>, <c>layout held-out A</c>.</summary>
    internal static string LayoutInSentence(string key)
    {
        var name = Layout(key);
        if (key == "training") return "the training layout";
        return key.StartsWith("held-out-", StringComparison.Ordinal) ? "h" + name[1..] : $"layout {key}";
    }
}
