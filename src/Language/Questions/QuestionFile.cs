using System.Text;
using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;
using Srpo.Core.Text;

namespace Srpo.Language.Questions;

/// <summary>
/// Questions in a file of JSON lines, as GSM8K's: {"question": TEXT, "answer": TEXT}, the answer being a worked solution that ends in "#### N", or a number alone.
/// Further fields and empty lines count for nothing.
/// </summary>
public sealed class QuestionFile : IQuestionSet
{
    /// <summary>Of the training questions of a folder without validation.jsonl the last so many, but at most a tenth, are for validation and are not trained on.</summary>
    public const int MostValidation = 500;

    private const int Shown = 60;

    private readonly Question[] _questions;

    private QuestionFile(string name, IEnumerable<Question> questions)
    {
        Name = name;
        _questions = [.. questions.Select((question, number) => question with { Number = number })];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _questions.Length;

    /// <inheritdoc/>
    public Question this[int number] => (uint)number < (uint)_questions.Length
        ? _questions[number]
        : throw new ArgumentOutOfRangeException(nameof(number), number, FormattableString.Invariant($"{Name} has questions 0 to {Count - 1}"));

    /// <summary>Opens a file, or a part of a folder.</summary>
    /// <param name="path">File or folder, absolute.</param>
    /// <param name="split">The part; of a file it is all of it.</param>
    /// <param name="shown">The path as messages show it; null for the path itself.</param>
    /// <exception cref="SrpoException">It is not there, cannot be read, or has a line that is no question; with file and line.</exception>
    public static QuestionFile Open(string path, QuestionSplit split, string? shown = null)
    {
        shown ??= path;
        if (!Directory.Exists(path)) return Read(path, shown);
        string In(string name) => Path.Combine(path, name);
        string Show(string name) => Path.Combine(shown, name);
        if (split == QuestionSplit.Test) return Read(In("test.jsonl"), Show("test.jsonl"));
        if (File.Exists(In("validation.jsonl"))) return split == QuestionSplit.Train ? Read(In("train.jsonl"), Show("train.jsonl")) : Read(In("validation.jsonl"), Show("validation.jsonl"));
        var all = Read(In("train.jsonl"), Show("train.jsonl"));
        var trained = all.Count - Math.Min(MostValidation, all.Count / 10);
        if (split == QuestionSplit.Validation && trained == all.Count)
            throw new SrpoException(ErrorKind.Usage, FormattableString.Invariant($"{all.Name} has {all.Count} questions, of which none can be kept for validation: add a validation.jsonl, or at least {10 - all.Count} questions"));
        return split == QuestionSplit.Train
            ? new(all.Name + " without its last questions", all._questions[..trained])
            : new(all.Name + ", its last questions", all._questions[trained..]);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="shown">The path as messages show it; null for the path itself.</param>
    /// <exception cref="SrpoException">As <see cref="Open"/>.</exception>
    public static QuestionFile Read(string path, string? shown = null)
    {
        shown ??= path;
        return Parse(UserFile.Read(path, "file of questions", shown), shown);
    }

    /// <summary>Reads the text of a file, UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The file as messages show it.</param>
    /// <exception cref="SrpoException">As <see cref="Open"/>.</exception>
    public static QuestionFile Parse(ReadOnlySpan<byte> text, string name)
    {
        if (text.StartsWith(Encoding.UTF8.Preamble)) text = text[Encoding.UTF8.Preamble.Length..];
        var questions = new List<Question>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var line = 1; !text.IsEmpty; line++)
        {
            var end = text.IndexOf((byte)'\n');
            var content = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            if (content.Trim(" \t\r"u8).IsEmpty) continue;
            var question = ReadLine(content, name, line);
            if (!lines.TryAdd(QuestionSource.Plain(question.Text), line))
                throw Wrong(name, line, $"the question stands in line {Invariant(lines[QuestionSource.Plain(question.Text)])} already; remove one of the two");
            questions.Add(question);
        }

        return questions.Count > 0
            ? new(name, questions)
            : throw new SrpoException(ErrorKind.Usage, $"{name} has no questions; each line must be {Example}");
    }

    private const string Example = """{"question": "...", "answer": "... #### 42"}""";

    private static Question ReadLine(ReadOnlySpan<byte> content, string name, int line)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(content.ToArray());
        }
        catch (JsonException error)
        {
            // The reader sees one line: its column counts, its line does not.
            var column = Encoding.UTF8.GetCharCount(content[..(int)Math.Min(error.BytePositionInLine ?? 0, content.Length)]) + 1;
            throw Wrong(FormattableString.Invariant($"{name}:{line}"), column, $"no JSON: {JsonProblem.Of(new JsonException(error.Message))}; each line must be {Example}", error);
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw Wrong(name, line, $"no JSON object; each line must be {Example}");
            if (Text(Field(root, "question", name, line), name, line) is not { } text || string.IsNullOrWhiteSpace(text))
                throw Wrong(name, line, "question: must be a text that is not empty");
            var answer = Field(root, "answer", name, line);
            var written = answer.ValueKind == JsonValueKind.Number ? answer.GetRawText() : Text(answer, name, line) ?? throw Wrong(name, line, "answer: must be a text that ends in \"#### N\", or a number");
            var mark = written.LastIndexOf("####", StringComparison.Ordinal);
            var tail = mark < 0 ? written : written[(mark + 4)..];
            if (!ExactNumber.TryParse(tail, out var number))
                throw Wrong(name, line, $"answer: '{(tail.Length > Shown ? "..." + tail[^Shown..] : tail).Trim()}' is no number; an answer is a text that ends in \"#### N\", or a number");
            var solution = mark < 0 ? $"#### {number}" : Question.WithoutMarks(written).TrimEnd();
            return new Question(0, text.Trim(), solution, number);
        }
    }

    private static JsonElement Field(JsonElement root, string field, string name, int line)
    {
        if (root.TryGetProperty(field, out var value)) return value;
        var known = root.EnumerateObject().Select(property => property.Name).ToArray();
        var near = NearestName.Find(field, known) is { } nearest ? $"; it has '{nearest}'" : "";
        throw Wrong(name, line, $"{field}: is missing{near}; each line must be {Example}");
    }

    /// <summary>The text of a value; null where it is none.</summary>
    private static string? Text(JsonElement value, string name, int line)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException error)
        {
            throw Wrong(name, line, "a text has half of a character that takes two (a lone surrogate); write the whole character", error);
        }
    }

    private static string Invariant(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static SrpoException Wrong(string name, int line, string reason, Exception? cause = null) =>
        new(ErrorKind.Usage, $"{name}:{Invariant(line)}: {reason}", cause);
}
