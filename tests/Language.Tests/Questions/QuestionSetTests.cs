using System.Text;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Language.Questions;

namespace Srpo.Language.Tests.Questions;

public sealed class QuestionSetTests
{
    private static QuestionFile Parse(string text) => QuestionFile.Parse(Encoding.UTF8.GetBytes(text), "set.jsonl");

    private static string Line(string question, string answer) => $$"""{"question": "{{question}}", "answer": "{{answer}}"}""";

    [Fact]
    public void Gsm8k_is_read_from_a_folder()
    {
        var folder = Reference.PathOf("gsm8k");
        var test = QuestionSource.Open("gsm8k:gsm8k", QuestionSplit.Test, _ => folder);
        var (train, validation) = (QuestionSource.Open("gsm8k:gsm8k", QuestionSplit.Train, _ => folder), QuestionSource.Open("gsm8k:gsm8k", QuestionSplit.Validation, _ => folder));
        Assert.Equal((54, 39, 4), (test.Count, train.Count, validation.Count));
        Assert.Equal("18", test[0].Answer.Text);
        Assert.StartsWith("Janet\u2019s ducks lay 16 eggs", test[0].Text, StringComparison.Ordinal);
        Assert.Equal("Janet sells 16 - 3 - 4 = 9 duck eggs a day.\nShe makes 9 * 2 = $18 every day at the farmer\u2019s market.\n#### 18", test[0].Solution);
        Assert.Contains("2125", Enumerable.Range(0, test.Count).Select(number => test[number].Answer.Text));
        foreach (var set in new[] { test, train, validation })
        {
            for (var number = 0; number < set.Count; number++)
            {
                Assert.Equal(number, set[number].Number);
                Assert.True(set[number].IsAnsweredBy(set[number].Solution, AnswerRule.Strict));
                Assert.DoesNotContain("<<", set[number].Solution, StringComparison.Ordinal);
            }
        }

        QuestionSource.RequireApart(train, validation);
        QuestionSource.RequireApart(train, test);
        Assert.Throws<ArgumentOutOfRangeException>(() => test[54]);
        Assert.Throws<ArgumentOutOfRangeException>(() => test[-1]);
    }

    [Fact]
    public void Answers_may_be_numbers_alone()
    {
        var set = Parse("\uFEFF{\"answer\": 1234.50, \"question\": \"a\", \"level\": 3}\r\n\r\n" + Line("b", "$7") + "\n");
        Assert.Equal(["1234.5", "7"], new[] { set[0].Answer.Text, set[1].Answer.Text });
        Assert.Equal("#### 1234.5", set[0].Solution);
    }

    [Theory]
    [InlineData("", "set.jsonl has no questions")]
    [InlineData("\n \n", "set.jsonl has no questions")]
    [InlineData("{\"question\": \"a\", \"answer\": \"#### 1\"}\n{\"question\": ", "set.jsonl:2:14: no JSON: it ends before everything")]
    [InlineData("[1]", "set.jsonl:1: no JSON object")]
    [InlineData("{\"questoin\": \"a\", \"answer\": \"#### 1\"}", "set.jsonl:1: question: is missing; it has 'questoin'")]
    [InlineData("{\"question\": \"a\"}", "set.jsonl:1: answer: is missing")]
    [InlineData("{\"question\": \" \", \"answer\": \"#### 1\"}", "set.jsonl:1: question: must be a text that is not empty")]
    [InlineData("{\"question\": 3, \"answer\": \"#### 1\"}", "set.jsonl:1: question: must be a text")]
    [InlineData("{\"question\": \"a\", \"answer\": null}", "set.jsonl:1: answer: must be a text that ends in")]
    [InlineData("{\"question\": \"a\", \"answer\": \"three\"}", "set.jsonl:1: answer: 'three' is no number")]
    [InlineData("{\"question\": \"a\", \"answer\": \"3 #### three\"}", "set.jsonl:1: answer: 'three' is no number")]
    [InlineData("{\"question\": \"a\", \"answer\": \"\\ud800\"}", "set.jsonl:1: a text has half of a character")]
    [InlineData("{\"question\": \"a\", \"answer\": \"#### 1\"}\n\n{\"question\": \" a \", \"answer\": \"#### 1\"}", "set.jsonl:3: the question stands in line 1 already")]
    public void What_is_no_question_is_named_with_file_and_line(string text, string expected)
    {
        var error = Assert.Throws<SrpoException>(() => Parse(text));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Usage, error.Kind);
    }

    [Theory]
    [InlineData("arithmetics:level=2", "did you mean 'arithmetic'?")]
    [InlineData("arithmetic:level=9", "N from 1 to 7")]
    [InlineData("arithmetic", "N from 1 to 7")]
    [InlineData("gsm8k", "the path is missing")]
    [InlineData("gsm8k:/nowhere/at/all.jsonl", "there is no file of questions /nowhere/at/all.jsonl")]
    public void Sources_that_cannot_be_opened_are_named(string source, string expected) =>
        Assert.Contains(expected, Assert.Throws<SrpoException>(() => QuestionSource.Open(source, QuestionSplit.Train)).Message, StringComparison.Ordinal);

    [Fact]
    public void Sets_that_share_a_question_are_refused()
    {
        var error = Assert.Throws<SrpoException>(() => QuestionSource.RequireApart(Parse(Line("a", "1") + "\n" + Line("b c", "2")), Parse(Line("x", "1") + "\n" + Line("b  c", "2"))));
        Assert.Contains("question 1 of set.jsonl is question 1 of set.jsonl", error.Message, StringComparison.Ordinal);
        Assert.Throws<SrpoException>(() => QuestionSource.RequireApart(new ArithmeticQuestions(1, QuestionSplit.Test), new ArithmeticQuestions(1, QuestionSplit.Test)));
        QuestionSource.RequireApart(new ArithmeticQuestions(1, QuestionSplit.Test), new ArithmeticQuestions(1, QuestionSplit.Train));
    }
}
