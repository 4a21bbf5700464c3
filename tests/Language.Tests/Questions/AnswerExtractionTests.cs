using Srpo.Core.Results;
using Srpo.Language.Questions;

namespace Srpo.Language.Tests.Questions;

public sealed class AnswerExtractionTests
{
    [Theory]
    [InlineData("#### 42", "42")]
    [InlineData("####42", "42")]
    [InlineData("so it is 12.\n#### 42 and that is all there is to say about 7 of them", "42")]
    [InlineData("#### $1,234.00", "1234")]
    [InlineData("#### $5.00 each", "5")]
    [InlineData("#### 1,234.50", "1234.5")]
    [InlineData("#### 1.", "1")]
    [InlineData("#### .50", "0.5")]
    [InlineData("#### 007", "7")]
    [InlineData("#### -3", "-3")]
    [InlineData("#### \u22123.20", "-3.2")]
    [InlineData("#### -$5", "-5")]
    [InlineData("#### $-5", "-5")]
    [InlineData("#### -0.0", "0")]
    [InlineData("#### +8", "8")]
    [InlineData("#### 15%", "15")]
    [InlineData("#### \u20ac20", "20")]
    [InlineData("#### \\$20", "20")]
    [InlineData("#### 12kg", "12")]
    [InlineData("#### 1,00,000", "100000")]
    [InlineData("#### 123456789012345678901234567890.10", "123456789012345678901234567890.1")]
    [InlineData("#### 1\n#### 2", "2")]
    [InlineData("#### 1\n#### two", "1")]
    [InlineData("#### 1 ####", "1")]
    [InlineData("###### 6", "6")]
    [InlineData("####\t9", "9")]
    [InlineData("#### 3.5.", "3.5")]
    [InlineData("#### 3, 4", "3")]
    [InlineData("#### 3.14.15", null)]
    [InlineData("####\n42", null)]
    [InlineData("#### the answer is 42", null)]
    [InlineData("### 42", null)]
    [InlineData("42", null)]
    [InlineData("#### -", null)]
    [InlineData("####", null)]
    [InlineData("", null)]
    public void The_strict_answer_follows_the_last_mark(string response, string? expected) =>
        Assert.Equal(expected, AnswerExtraction.Extract(response, AnswerRule.Strict)?.Text);

    [Theory]
    [InlineData("The answer is 42.", "42")]
    [InlineData("She pays $1,234.00", "1234")]
    [InlineData("16 - 3 - 4 = 9", "9")]
    [InlineData("it falls to -7 degrees", "-7")]
    [InlineData("x = \u22127", "-7")]
    [InlineData("he owes -$7", "-7")]
    [InlineData("he owes $-7", "-7")]
    [InlineData("16-3", "3")]
    [InlineData("$16-$3", "3")]
    [InlineData("(2+1)-3", "3")]
    [InlineData("pages 5\u20137", "7")]
    [InlineData("- 5 apples", "5")]
    [InlineData("a total of .5", "0.5")]
    [InlineData("all 5...", "5")]
    [InlineData("see 3...5", "5")]
    [InlineData("20% of them, i.e. 4%", "4")]
    [InlineData("takes 3 steps; version 1.2.3", "3")]
    [InlineData(@"thus \boxed{12} after 3 steps", "12")]
    [InlineData(@"thus \boxed{x = \frac{1}{2} + 1{,}200\,000} after 3", "1200000")]
    [InlineData(@"\boxed{1} or \boxed {2} or 3", "2")]
    [InlineData(@"\boxed{1} or \boxed{unknown} or 3", "1")]
    [InlineData(@"\boxed{unknown} or 3", "3")]
    [InlineData(@"\boxed{-\$40", "-40")]
    [InlineData(@"#### 5 and not \boxed{6} or 7", "5")]
    [InlineData("#### none, or 7", "7")]
    [InlineData("no number.", null)]
    [InlineData("", null)]
    public void The_flexible_answer_is_the_marked_the_boxed_or_the_last_number(string response, string? expected) =>
        Assert.Equal(expected, AnswerExtraction.Extract(response, AnswerRule.Flexible)?.Text);

    [Theory]
    [InlineData("1,234.50", "1234.5")]
    [InlineData(" $5.00 ", "5")]
    [InlineData("20 ", "20")]
    [InlineData("20\u20ac", "20")]
    [InlineData("20%", "20")]
    [InlineData("1.", "1")]
    [InlineData("0.10", "0.1")]
    [InlineData("00", "0")]
    public void A_number_alone_is_read(string text, string expected)
    {
        Assert.True(ExactNumber.TryParse(text, out var number));
        Assert.Equal(expected, number.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$")]
    [InlineData("5 apples")]
    [InlineData("1/2")]
    [InlineData("1.2.3")]
    [InlineData("1e5")]
    [InlineData("five")]
    public void Other_texts_are_no_numbers(string text) => Assert.False(ExactNumber.TryParse(text, out _));

    [Fact]
    public void Numbers_are_compared_exactly()
    {
        static ExactNumber Number(string text) => ExactNumber.TryParse(text, out var number) ? number : throw new ArgumentException(text);
        Assert.Equal(Number("1,000.0"), Number("1000"));
        Assert.Equal(Number("-0"), Number("0"));
        Assert.Equal(ExactNumber.Of(-12), Number("-12.00"));
        Assert.NotEqual(Number("0.1"), Number("0.1000000000000000055511151231257827"));
        Assert.NotEqual(Number(new string('9', 400)), Number(new string('9', 399) + "8"));
        Assert.NotEqual(Number("1"), Number("-1"));
    }

    [Fact]
    public void What_is_strictly_right_is_flexibly_right()
    {
        var question = new Question(0, "?", "#### 9", ExactNumber.Of(9));
        foreach (var response in new[] { "#### 9", "9", @"\boxed{9}", "#### 8 9", "#### 9 8", "8 #### 9" })
            Assert.True(!question.IsAnsweredBy(response, AnswerRule.Strict) || question.IsAnsweredBy(response, AnswerRule.Flexible));
        Assert.True(question.IsAnsweredBy("#### 9.00 in all 10", AnswerRule.Strict));
        Assert.False(question.IsAnsweredBy("9", AnswerRule.Strict));
        Assert.True(question.IsAnsweredBy("9", AnswerRule.Flexible));
    }
}
