using Srpo.Core.Random;
using Srpo.Language.Debate;
using Srpo.Language.Questions;

namespace Srpo.Language.Tests.Debate;

/// <summary>Questions and debates for tests.</summary>
internal static class Debates
{
    public static DebateRules Rules { get; } = new() { Questions = "arithmetic:level=1" };

    public static RandomStream Random(int lane) => new StreamId(20260221, 1, 0, StreamPurpose.Tooling).Lane(lane);

    public static Question Question(int number = 0, long answer = 42) => new(number, $"What is number {number}?", $"#### {answer}", ExactNumber.Of(answer));

    public static DebateResponse Says(string text) => new([.. text.Select(character => (int)character)], text, true);

    /// <summary>A debate about 42: "y" for a right answer, "n" for a wrong one, seat 0 first, a text a round.</summary>
    public static DebateRecord Held(int number, params string[] rounds) => new(
        Question(number), ["a", "b"], [.. rounds.Select(round => (IReadOnlyList<DebateResponse>)[.. round.Select(right => Says(right == 'y' ? "#### 42" : "#### 41"))])]);
}
