using System.Text;

namespace Srpo.Environments.Tests;

/// <summary>Writes observation slots as the table that the pages of docs/environments contain.</summary>
internal static class ObservationTable
{
    /// <summary>A Markdown table: slot, meaning, range.</summary>
    /// <param name="slots">The slots in order.</param>
    internal static string Markdown(IEnumerable<ObservationSlot> slots)
    {
        var text = new StringBuilder("| slot | meaning | range |\n|---|---|---|\n");
        foreach (var slot in slots)
        {
            var range = slot.Minimum == slot.Maximum
                ? slot.Minimum.ToString()
                : $"{slot.Minimum} to {slot.Maximum}";
            text.Append($"| {slot.Index} | {slot.Meaning} | {range} |\n");
        }

        return text.ToString();
    }
}
