using System.Text.RegularExpressions;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Text;

namespace Srpo.Language.Questions;

/// <summary>A question whose answer is a number.</summary>
/// <param name="Number">Its number within its set, from 0.</param>
/// <param name="Text">What is asked.</param>
/// <param name="Solution">A worked solution that ends in "#### N", as a model would write it: GSM8K's calculator marks are left out.</param>
/// <param name="Answer">N.</param>
public sealed partial record Question(int Number, string Text, string Solution, ExactNumber Answer)
{
    /// <summary>Whether a response gives the answer.</summary>
    /// <param name="response">The response.</param>
    /// <param name="rule">Which of its numbers counts.</param>
    public bool IsAnsweredBy(ReadOnlySpan<char> response, AnswerRule rule) => Answer == AnswerExtraction.Extract(response, rule);

    /// <summary>A solution without calculator marks such as "&lt;&lt;3*4=12&gt;&gt;".</summary>
    internal static string WithoutMarks(string solution) => CalculatorMark().Replace(solution, "");

    [GeneratedRegex("<<[^<>\n]*>>")]
    private static partial Regex CalculatorMark();
}

/// <summary>A part of a set of questions. No question is in two parts of one set.</summary>
public enum QuestionSplit
{
    /// <summary>What is trained on.</summary>
    Train = 0,

    /// <summary>What settings are chosen by.</summary>
    Validation = 1,

    /// <summary>What results are of.</summary>
    Test = 2,
}

/// <summary>Questions by number.</summary>
public interface IQuestionSet
{
    /// <summary>What it is, as an experiment names it, for example "arithmetic:level=2".</summary>
    string Name { get; }

    /// <summary>How many there are; the largest whole number where they do not end.</summary>
    int Count { get; }

    /// <summary>The question of a number, the same whenever it is asked for.</summary>
    /// <param name="number">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such question.</exception>
    Question this[int number] { get; }
}

/// <summary>
/// Where questions come from, as an experiment names it: "arithmetic:level=2", generated, or "gsm8k:PATH", JSON lines with the fields "question" and "answer" in a
/// file, or in a folder with train.jsonl, test.jsonl and, if it has one, validation.jsonl.
/// </summary>
public static class QuestionSource
{
    private static readonly string[] Kinds = ["arithmetic", "gsm8k"];

    /// <summary>Opens one part of a source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="split">Which part. A file has one part only, which it is every time.</param>
    /// <param name="resolve">Makes a path absolute; null for paths that are.</param>
    /// <exception cref="SrpoException">The source is not known, its level or file is wrong, with what would be right.</exception>
    public static IQuestionSet Open(string source, QuestionSplit split, Func<string, string>? resolve = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        var colon = source.IndexOf(':', StringComparison.Ordinal);
        var (kind, rest) = colon < 0 ? (source, "") : (source[..colon], source[(colon + 1)..]);
        switch (kind)
        {
            case "arithmetic":
                return new ArithmeticQuestions(Level(source, rest), split);
            case "gsm8k" when rest.Length == 0:
                throw new SrpoException(ErrorKind.Usage, $"questions '{source}': the path is missing; write gsm8k:PATH, a file of JSON lines or a folder with train.jsonl and test.jsonl");
            case "gsm8k":
                return QuestionFile.Open(resolve is null ? rest : resolve(rest), split, rest);
            default:
                throw new SrpoException(ErrorKind.Usage, $"{NearestName.Unknown("source of questions", kind, Kinds)} Write arithmetic:level=N or gsm8k:PATH.");
        }
    }

    /// <summary>Refuses sets that share a question: what is tested must not have been trained on.</summary>
    /// <param name="one">A set of a file.</param>
    /// <param name="other">Another one.</param>
    /// <exception cref="SrpoException">A question of the second has the text of one of the first.</exception>
    public static void RequireApart(IQuestionSet one, IQuestionSet other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        if (one is ArithmeticQuestions first && other is ArithmeticQuestions second)
        {
            if (first.Split != second.Split) return;
            throw new SrpoException(ErrorKind.Usage, $"{one.Name} and {other.Name} are the same part of the generated questions; name two parts");
        }

        if (one is ArithmeticQuestions || other is ArithmeticQuestions) return;
        var texts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var number = 0; number < one.Count; number++) texts.TryAdd(Plain(one[number].Text), number);
        for (var number = 0; number < other.Count; number++)
        {
            if (texts.TryGetValue(Plain(other[number].Text), out var same))
                throw new SrpoException(ErrorKind.Usage, FormattableString.Invariant($"question {number} of {other.Name} is question {same} of {one.Name}: what is tested must not be trained on; name files without common questions"));
        }
    }

    /// <summary>A text whose white space is of no importance.</summary>
    internal static string Plain(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static int Level(string source, string rest)
    {
        var written = rest.StartsWith("level=", StringComparison.Ordinal) ? rest["level=".Length..] : rest;
        if (int.TryParse(written, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var level) && level is >= 1 and <= ArithmeticQuestions.Levels) return level;
        throw new SrpoException(ErrorKind.Usage, FormattableString.Invariant($"questions '{source}': '{rest}' is no level; write arithmetic:level=N with N from 1 to {ArithmeticQuestions.Levels}"));
    }
}
