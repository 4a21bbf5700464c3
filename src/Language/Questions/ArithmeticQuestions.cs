using System.Globalization;
using System.Text;
using Srpo.Core.Random;

namespace Srpo.Language.Questions;

/// <summary>
/// Worded arithmetic, generated: question n of a level and part is the same on every machine, and there is no end of them. Which part a question belongs to follows from its
/// numbers and operations alone (of eight such sums six are for training, one each for validation and test), so that no sum of one part is in another, whatever the names and words.
/// Within a part sums and, at low levels, whole questions come again. The solution has one line a step, for example "12 + 7 = 19", and ends in "#### 19".
/// </summary>
public sealed class ArithmeticQuestions : IQuestionSet
{
    /// <summary>Highest level; they are numbered in the order in which they were made, and the last is none of the hardest.</summary>
    public const int Levels = 7;

    /// <summary>All characters of questions and solutions: enough of a vocabulary for a model that reads and writes them.</summary>
    public const string Characters = "\n #$*+,-./0123456789=?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private const int Shares = 8;

    private static readonly string[] Names =
        ["Ana", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hana", "Ida", "Jon", "Kim", "Leo", "Mia", "Nils", "Omar", "Pia", "Rosa", "Sam", "Tom", "Vera"];

    private static readonly string[] Things =
        ["apples", "books", "cards", "coins", "cups", "eggs", "figs", "hats", "keys", "nuts", "pears", "pens", "plums", "rings", "seeds", "shells", "stamps", "stones"];

    private static readonly string[] Containers = ["bags", "boxes", "jars", "bowls", "crates"];

    private static readonly string[] Distractors =
        ["{0} is {1} years old.", "It is {1} degrees outside.", "The shop is {1} minutes away.", "{0} has lived there for {1} months.", "The door has number {1}."];

    private readonly Level _level;

    /// <summary>Questions of a level.</summary>
    /// <param name="level">1 to <see cref="Levels"/>: see <see cref="Describe"/>.</param>
    /// <param name="split">The part.</param>
    /// <param name="seed">Another seed is another sequence of the same questions; parts stay apart whatever the seeds.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level or part.</exception>
    public ArithmeticQuestions(int level, QuestionSplit split, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, Levels);
        if (!Enum.IsDefined(split)) throw new ArgumentOutOfRangeException(nameof(split));
        (Number, Split, Seed, _level) = (level, split, seed, All[level - 1]);
    }

    private static Level[] All { get; } =
    [
        new(1, 1, 20, 0, false, "one step, plus or minus, numbers up to 20"),
        new(1, 1, 100, 12, false, "one step, plus, minus, times or divided by; numbers up to 100, factors up to 12"),
        new(2, 2, 100, 12, false, "two steps as in level 2"),
        new(3, 3, 200, 12, false, "three steps; numbers up to 200"),
        new(4, 4, 1000, 12, true, "four steps and a sentence with a number that does not matter; numbers up to 1000"),
        new(5, 6, 5000, 20, true, "five or six steps and such a sentence; numbers up to 5000, factors up to 20"),
        new(1, 1, 1000, 12, false, "one step as in level 2, numbers up to 1000: too many sums to learn by heart"),
    ];

    /// <summary>The level.</summary>
    public int Number { get; }

    /// <summary>The part.</summary>
    public QuestionSplit Split { get; }

    /// <summary>The seed.</summary>
    public ulong Seed { get; }

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"arithmetic:level={Number}");

    /// <inheritdoc/>
    public int Count => int.MaxValue;

    /// <summary>What a level is, for people.</summary>
    /// <param name="level">1 to <see cref="Levels"/>.</param>
    public static string Describe(int level) => All[level - 1].Description;

    /// <inheritdoc/>
    public Question this[int number]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(number);
            ArgumentOutOfRangeException.ThrowIfEqual(number, Count);
            var random = new StreamId(Seed, (uint)Number, (uint)number, StreamPurpose.QuestionText).Lane((int)Split);
            while (true)
            {
                var sum = DrawSum(ref random);
                if (PartOf(sum) == Split) return Write(number, sum, ref random);
            }
        }
    }

    /// <summary>The part that a sum belongs to: FNV-1a of its operations and numbers, mixed, so that neighbours are apart.</summary>
    private static QuestionSplit PartOf(List<Step> sum)
    {
        var hash = 2166136261u;
        foreach (var step in sum)
        {
            hash = (hash ^ step.Sign) * 16777619u;
            hash = (hash ^ (uint)step.Operand) * 16777619u;
        }

        hash ^= hash >> 16;
        hash *= 0x85ebca6b;
        hash ^= hash >> 13;
        return (hash % Shares) switch { 0 => QuestionSplit.Validation, 1 => QuestionSplit.Test, _ => QuestionSplit.Train };
    }

    /// <summary>A start and its steps, so that every number in between is whole, positive and within the level's bounds.</summary>
    private List<Step> DrawSum(ref RandomStream random)
    {
        var steps = _level.LeastSteps + random.NextInt32(_level.MostSteps - _level.LeastSteps + 1);
        var sum = new List<Step>(steps + 1);

        // The start is made for the first step: few numbers can be multiplied or divided within the bounds.
        var kind = DrawKind(steps == 1, ref random);
        var factor = _level.Factor == 0 ? 1 : 2 + random.NextInt32(_level.Factor - 1);
        var value = kind switch
        {
            StepKind.Times => 2 + random.NextInt32((_level.Largest / factor) - 1),
            StepKind.Share => factor * (2 + random.NextInt32((_level.Largest / factor) - 1)),
            _ => 2 + random.NextInt32(_level.Largest - 3),
        };
        sum.Add(new Step(StepKind.Start, value));
        for (var left = steps; left > 0; left--)
        {
            Step? step;
            while ((step = DrawStep(kind, value, ref random)) is null) kind = DrawKind(left == 1, ref random);
            value = step.Value.Apply(value);
            sum.Add(step.Value);
            kind = DrawKind(left == 2, ref random);
        }

        return sum;
    }

    private StepKind DrawKind(bool isLast, ref RandomStream random) => (StepKind)(1 + random.NextInt32(_level.Factor == 0 ? 2 : isLast ? 6 : 4));

    /// <summary>A step of a kind that keeps the number whole, positive and within bounds; null where there is none.</summary>
    private Step? DrawStep(StepKind kind, int value, ref RandomStream random)
    {
        switch (kind)
        {
            case StepKind.Gain or StepKind.OthersMore when value < _level.Largest:
                return new(kind, 1 + random.NextInt32(_level.Largest - value));
            case StepKind.Loss or StepKind.OthersFewer when value > 1:
                return new(kind, 1 + random.NextInt32(value - 1));
            case StepKind.Times when 2 * value <= _level.Largest:
                return new(kind, 2 + random.NextInt32(Math.Min(_level.Factor, _level.Largest / value) - 1));
            case StepKind.Share:
                var (found, divisors) = (0, 0);
                for (var divisor = 2; divisor <= _level.Factor && divisor < value; divisor++)
                    if (value % divisor == 0 && random.NextInt32(++divisors) == 0) found = divisor;
                return found > 0 ? new(kind, found) : null;
            default:
                return null;
        }
    }

    private Question Write(int number, List<Step> sum, ref RandomStream random)
    {
        var first = random.NextInt32(Names.Length);
        var second = (first + 1 + random.NextInt32(Names.Length - 1)) % Names.Length;
        var (who, other, what, container) = (Names[first], Names[second], Things[random.NextInt32(Things.Length)], Containers[random.NextInt32(Containers.Length)]);
        var (text, solution) = (new StringBuilder(), new StringBuilder());
        var value = sum[0].Operand;
        Say(["{0} has {1} {2}.", "There are {1} {2} in the room of {0}.", "{0} finds {1} {2}."], ref random);
        var distractor = _level.HasDistractor ? 1 + random.NextInt32(sum.Count - 1) : 0;
        for (var i = 1; i < sum.Count; i++)
        {
            if (i == distractor)
            {
                text.Append(' ').AppendFormat(CultureInfo.InvariantCulture, Distractors[random.NextInt32(Distractors.Length)], who, 3 + random.NextInt32(60));
            }

            var step = sum[i];
            Append(step, i == sum.Count - 1, ref random);
            var next = step.Apply(value);
            solution.Append(CultureInfo.InvariantCulture, $"{value} {step.Sign} {step.Operand} = {next}\n");
            value = next;
        }

        solution.Append(CultureInfo.InvariantCulture, $"#### {value}");
        return new Question(number, text.ToString(), solution.ToString(), ExactNumber.Of(value));

        void Say(string[] forms, ref RandomStream random, int operand = 0) => text.Append(text.Length == 0 ? "" : " ")
            .AppendFormat(CultureInfo.InvariantCulture, forms[random.NextInt32(forms.Length)], who, text.Length == 0 ? value : operand, what, other, container);

        void Append(Step step, bool isLast, ref RandomStream random)
        {
            switch (step.Kind)
            {
                case StepKind.Gain:
                    Say(["{0} buys {1} more.", "{3} gives {0} {1} more.", "Then {0} gets {1} more {2}."], ref random, step.Operand);
                    break;
                case StepKind.Loss:
                    Say(["{0} gives {1} to {3}.", "{0} loses {1} of them.", "Then {1} of the {2} are sold."], ref random, step.Operand);
                    break;
                case StepKind.Times:
                    Say(isLast
                        ? ["Each of them costs ${1}. How much do they cost together?", "{3} has {1} times as many. How many {2} does {3} have?"]
                        : ["The next day {0} has {1} times as many.", "A trick makes it {1} times as many {2}."], ref random, step.Operand);
                    break;
                case StepKind.Share:
                    Say(isLast
                        ? ["The {2} go into {1} {4}, the same number in each. How many are in each?", "{0} shares them equally among {1} friends. How many {2} does each get?"]
                        : ["{0} packs them into {1} {4}, the same number in each, and keeps only one of these.", "{1} friends share the {2} equally, and {0} is one of them."], ref random, step.Operand);
                    break;
                case StepKind.OthersMore:
                    Say(["{3} has {1} more than {0}. How many {2} does {3} have?", "That is {1} fewer than {3} has. How many {2} does {3} have?"], ref random, step.Operand);
                    break;
                default:
                    Say(["{3} has {1} fewer than {0}. How many {2} does {3} have?", "That is {1} more than {3} has. How many {2} does {3} have?"], ref random, step.Operand);
                    break;
            }

            if (!isLast) return;
            if (step.Kind == StepKind.Gain) Say(["How many {2} does {0} have now?", "How many {2} are there now?"], ref random);
            if (step.Kind == StepKind.Loss) Say(["How many {2} does {0} have now?", "How many {2} are left?"], ref random);
        }
    }

    private enum StepKind
    {
        Start,
        Gain,
        Loss,
        Times,
        Share,
        OthersMore,
        OthersFewer,
    }

    private readonly record struct Step(StepKind Kind, int Operand)
    {
        public char Sign => Kind switch { StepKind.Gain or StepKind.OthersMore => '+', StepKind.Loss or StepKind.OthersFewer => '-', StepKind.Times => '*', _ => '/' };

        public int Apply(int value) => Sign switch { '+' => value + Operand, '-' => value - Operand, '*' => value * Operand, _ => value / Operand };
    }

    private sealed record Level(int LeastSteps, int MostSteps, int Largest, int Factor, bool HasDistractor, string Description);
}
