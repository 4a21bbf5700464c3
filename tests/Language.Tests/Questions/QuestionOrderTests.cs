using Srpo.Language.Questions;

namespace Srpo.Language.Tests.Questions;

public sealed class QuestionOrderTests
{
    private static readonly IQuestionSet File = QuestionFile.Open(Reference.PathOf("gsm8k"), QuestionSplit.Train);

    private static int[] Numbers(IQuestionSet set, ulong seed, uint team, long start, int count)
    {
        var order = new QuestionOrder(set, seed, team);
        return [.. Enumerable.Range(0, count).Select(i => order.At(start + i).Number)];
    }

    [Fact]
    public void All_questions_come_before_any_comes_again()
    {
        var numbers = Numbers(File, 1, 0, 0, 3 * File.Count);
        foreach (var epoch in numbers.Chunk(File.Count)) Assert.Equal(Enumerable.Range(0, File.Count), epoch.Order());
        Assert.NotEqual(numbers[..File.Count], numbers[File.Count..(2 * File.Count)]);
    }

    [Fact]
    public void A_position_is_the_same_question_however_one_gets_there()
    {
        var numbers = Numbers(File, 1, 0, 0, 100);
        Assert.Equal(numbers[70..], Numbers(File, 1, 0, 70, 30));
        var order = new QuestionOrder(File, 1, 0);
        foreach (var position in new[] { 99, 3, 50, 3 }) Assert.Equal(numbers[position], order.At(position).Number);
        Assert.NotEqual(numbers, Numbers(File, 2, 0, 0, 100));
        Assert.NotEqual(numbers, Numbers(File, 1, 1, 0, 100));
    }

    [Fact]
    public void Of_questions_without_end_numbers_are_drawn()
    {
        var set = new ArithmeticQuestions(1, QuestionSplit.Train);
        var numbers = Numbers(set, 1, 0, 0, 300);
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        Assert.Equal(numbers[100..], Numbers(set, 1, 0, 100, 200));
        Assert.NotEqual(numbers[0], Numbers(set, 1, 0, 1L << 32, 1)[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuestionOrder(set, 1, 0).At(-1));
    }
}
