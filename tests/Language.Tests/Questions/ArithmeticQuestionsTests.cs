using System.Globalization;
using Srpo.Core.Results;
using Srpo.Language.Questions;

namespace Srpo.Language.Tests.Questions;

public sealed class ArithmeticQuestionsTests
{
    private const int Looked = 1500;

    public static TheoryData<int> AllLevels => [.. Enumerable.Range(1, ArithmeticQuestions.Levels)];

    private static IEnumerable<Question> Take(int level, QuestionSplit split, int count = Looked)
    {
        var set = new ArithmeticQuestions(level, split);
        return Enumerable.Range(0, count).Select(number => set[number]);
    }

    /// <summary>The first number of a solution, with every sign and number that follows: what a part is made of.</summary>
    private static string Sum(Question question)
    {
        var lines = question.Solution.Split('\n')[..^1].Select(line => line.Split(' ')).ToArray();
        return lines[0][0] + string.Concat(lines.Select(line => line[1] + line[2]));
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Solutions_are_right_and_lead_from_the_question_to_the_answer(int level)
    {
        foreach (var question in Take(level, QuestionSplit.Train))
        {
            var lines = question.Solution.Split('\n');
            int? before = null;
            foreach (var line in lines[..^1])
            {
                var parts = line.Split(' ');
                var (left, right) = (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
                var result = parts[1] switch { "+" => left + right, "-" => left - right, "*" => left * right, _ => left / right };
                Assert.True(parts[1] != "/" || left % right == 0);
                Assert.Equal(result.ToString(CultureInfo.InvariantCulture), parts[4]);
                Assert.True(result > 0);
                Assert.Equal(before ?? left, left);
                Assert.Contains(parts[2], question.Text, StringComparison.Ordinal);
                before = result;
            }

            Assert.Equal($"#### {before}", lines[^1]);
            Assert.Equal(before.ToString(), question.Answer.Text);
            Assert.True(question.IsAnsweredBy(question.Solution, AnswerRule.Strict));
            Assert.EndsWith("?", question.Text, StringComparison.Ordinal);
            Assert.DoesNotContain((question.Text + question.Solution).ToCharArray(), character => !ArithmeticQuestions.Characters.Contains(character, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void No_sum_of_one_part_is_in_another(int level)
    {
        var parts = Enum.GetValues<QuestionSplit>().Select(split => Take(level, split).Select(Sum).ToHashSet()).ToArray();
        Assert.All(parts, part => Assert.InRange(part.Count, 20, Looked));
        Assert.Empty(parts[0].Intersect(parts[1]).Concat(parts[0].Intersect(parts[2])).Concat(parts[1].Intersect(parts[2])));
    }

    [Fact]
    public void A_sum_is_in_the_same_part_at_every_level()
    {
        var (easy, hard) = (Take(1, QuestionSplit.Train).Select(Sum).ToHashSet(), Take(2, QuestionSplit.Test).Select(Sum).ToHashSet());
        Assert.Empty(easy.Intersect(hard));
        Assert.NotEmpty(easy.Intersect(Take(2, QuestionSplit.Train).Select(Sum)));
    }

    [Fact]
    public void The_same_number_is_the_same_question()
    {
        var (one, other) = (new ArithmeticQuestions(4, QuestionSplit.Test), new ArithmeticQuestions(4, QuestionSplit.Test));
        foreach (var number in new[] { 7, 0, int.MaxValue - 1, 7 }) Assert.Equal(one[number], other[number]);
        Assert.NotEqual(one[1].Text, one[2].Text);
        Assert.NotEqual(one[1].Text, new ArithmeticQuestions(4, QuestionSplit.Test, seed: 1)[1].Text);
        Assert.Throws<ArgumentOutOfRangeException>(() => one[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => one[int.MaxValue]);
    }

    [Fact]
    public void Questions_stay_what_they_are()
    {
        Assert.Equal("There are 16 eggs in the room of Vera. Vera loses 14 of them. How many eggs are left?", new ArithmeticQuestions(1, QuestionSplit.Train)[0].Text);
        var hard = new ArithmeticQuestions(5, QuestionSplit.Test)[3];
        Assert.Equal(
            "Dan has 88 pears. 4 friends share the pears equally, and Dan is one of them. The door has number 39. "
            + "Dan packs them into 11 jars, the same number in each, and keeps only one of these. Leo gives Dan 522 more. Dan buys 369 more. How many pears are there now?",
            hard.Text);
        Assert.Equal("88 / 4 = 22\n22 / 11 = 2\n2 + 522 = 524\n524 + 369 = 893\n#### 893", hard.Solution);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Levels_have_the_steps_and_operations_that_they_say(int level)
    {
        var questions = Take(level, QuestionSplit.Train).ToArray();
        (int Least, int Most)[] steps = [(1, 1), (1, 1), (2, 2), (3, 3), (4, 4), (5, 6), (1, 1)];
        Assert.Equal(Enumerable.Range(steps[level - 1].Least, steps[level - 1].Most - steps[level - 1].Least + 1), questions.Select(question => question.Solution.Count(character => character == '=')).Distinct().Order());
        var signs = string.Concat(questions.Select(Sum)).Where(character => !char.IsAsciiDigit(character)).CountBy(character => character).ToDictionary();
        Assert.Equal(level == 1 ? "+-" : "*+-/", string.Concat(signs.Keys.Order()));
        Assert.All(signs.Values, count => Assert.True(count > signs.Values.Sum() / 12, $"{count} of {signs.Values.Sum()}"));
        Assert.True(questions.Select(question => question.Text).Distinct().Count() > Looked * 9 / 10);
        Assert.NotEqual("", ArithmeticQuestions.Describe(level));
    }
}
