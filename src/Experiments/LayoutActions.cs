using Srpo.Core.Settings;
using Srpo.Reporting.Text;

namespace Srpo.Experiments;

/// <summary>Layouts of an evaluation on which everybody acts in one way or another.</summary>
public static class LayoutActions
{
    /// <summary>The words for ways to act, in experiments and on command lines.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Enum.GetValues<ActionChoice>().Select(DisplayNames.Word)];

    /// <summary>The way to act that a word stands for.</summary>
    /// <param name="word">One of <see cref="Words"/>.</param>
    public static ActionChoice Of(string word) => Enum.GetValues<ActionChoice>().Single(choice => DisplayNames.Word(choice) == word);

    /// <summary>
    /// Every layout with each way to act, all layouts with the first way before those with the next. With the first one a layout keeps its name, with
    /// another its word follows, as in "training-greedy".
    /// </summary>
    /// <param name="layouts">The layouts.</param>
    /// <param name="choices">The ways to act, at least one, each once.</param>
    public static IReadOnlyList<EvaluationLayout> Apply(IReadOnlyList<EvaluationLayout> layouts, IReadOnlyList<ActionChoice> choices)
    {
        ArgumentNullException.ThrowIfNull(layouts);
        ArgumentNullException.ThrowIfNull(choices);
        return [.. choices.SelectMany((choice, i) => layouts.Select(layout => i == 0
            ? layout with { Actions = choice }
            : layout with { Actions = choice, Name = $"{layout.Name}-{DisplayNames.Word(choice)}", Base = layout.Base is { } name ? $"{name}-{DisplayNames.Word(choice)}" : null }))];
    }
}
