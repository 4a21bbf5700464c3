using System.Globalization;
using System.Text;
using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Language.Debate;
using Srpo.Language.Models;
using Srpo.Language.Questions;
using Srpo.Language.Templates;
using Srpo.Language.Tokenizers;

namespace Srpo.Language.Bases;

/// <summary>A text that a model learns from.</summary>
/// <param name="Tokens">All of it.</param>
/// <param name="Given">Tokens before the response, at least 1.</param>
public sealed record TrainingText(IReadOnlyList<int> Tokens, int Given);

/// <summary>
/// The texts of a recipe: those of debates, as <see cref="DebatePrompts"/> and the chat template make them, with right solutions as responses. Text n is the same whatever is asked for
/// before. Questions are of the part for training.
/// </summary>
public sealed class BaseModelText
{
    private const string End = "<|end|>";
    private const string Padding = "<|pad|>";
    private const int LongestText = 1 << 20;

    /// <summary>Questions of each level whose words the vocabulary is made of.</summary>
    private const int VocabularyQuestions = 1500;

    /// <summary>Every message begins with its role; the model's own end with a token.</summary>
    private const string Template = """
        {% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}{% if message['role'] == 'assistant' %}{{ '<|end|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}
        """;

    private readonly BaseModelRecipe _recipe;
    private readonly Tokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly int _end;

    /// <summary>Rounds of the debates that prompts speak of, as the paper has them.</summary>
    private const int Rounds = 3;

    /// <summary>A debate without limits, for its words.</summary>
    private readonly DebateRules _rules;

    /// <param name="recipe">The recipe.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="template">The model's chat template.</param>
    public BaseModelText(BaseModelRecipe recipe, Tokenizer tokenizer, ChatTemplate template)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        (_recipe, _tokenizer, _template, _end) = (recipe, tokenizer, template, tokenizer.EndId!.Value);
        _rules = new DebateRules { Questions = "", Wording = recipe.Wording, PromptTokens = LongestText, HistoryTokens = 2 * LongestText, ResponseTokens = LongestText };
    }

    /// <summary>The special tokens of these models, in the order of their numbers.</summary>
    public static IReadOnlyList<string> SpecialTokens { get; } = ["<|system|>", "<|user|>", "<|assistant|>", End, Padding];

    /// <summary>The files of a recipe's tokenizer and chat template, by their names.</summary>
    public static IReadOnlyDictionary<string, byte[]> TokenizerFiles(BaseModelRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var training = new TokenizerTraining(recipe.Vocabulary, recipe.VocabularySize, recipe.Digits, SpecialTokens);
        foreach (var (level, _) in recipe.Questions)
        {
            var questions = new ArithmeticQuestions(level, QuestionSplit.Train);
            for (var number = 0; number < VocabularyQuestions; number++)
            {
                training.Add(questions[number].Text);
                training.Add(string.Format(CultureInfo.InvariantCulture, recipe.Wording.Later, 2, 3, questions[number].Solution, questions[number].Solution));
            }
        }

        if (recipe.Wording.System.Length > 0) training.Add(recipe.Wording.System);
        return new Dictionary<string, byte[]>
        {
            ["tokenizer.json"] = training.Write(),
            ["tokenizer_config.json"] = ModelFiles.Write(writer =>
            {
                writer.WriteBoolean("add_prefix_space", false);
                writer.WriteString("chat_template", Template.Trim());
                writer.WriteBoolean("clean_up_tokenization_spaces", false);
                writer.WriteString("eos_token", End);
                writer.WriteString("pad_token", Padding);
                writer.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
            }),
        };
    }

    /// <summary>The text of a number.</summary>
    /// <param name="number">From 0.</param>
    public TrainingText this[uint number]
    {
        get
        {
            var random = new StreamId(_recipe.Seed, 0, number, StreamPurpose.Tooling).Lane(0);
            var question = new ArithmeticQuestions(Draw(_recipe.Questions, share => share.Share, ref random).Level, QuestionSplit.Train)[random.NextInt32(int.MaxValue)];
            var kind = Draw([0, 1, 2], some => some switch { 0 => _recipe.First, 1 => _recipe.Later, _ => _recipe.Sums }, ref random);
            var prompt = kind switch
            {
                0 => Prompt(question),
                1 => Prompt(question, Quoted(question, ref random), Quoted(question, ref random)),
                _ => _tokenizer.Encode(_template.Render([], addGenerationPrompt: true)),
            };
            return new TrainingText([.. prompt, .. _tokenizer.Encode(question.Solution), _end], prompt.Length);
        }
    }

    /// <summary>The tokens of a first round's prompt.</summary>
    public int[] Prompt(Question question) => Prompt(question, 0, "", "");

    /// <summary>The tokens of a later round's prompt.</summary>
    /// <param name="question">The question.</param>
    /// <param name="own">The model's response of the round before.</param>
    /// <param name="peer">Its peer's.</param>
    public int[] Prompt(Question question, string own, string peer) => Prompt(question, 1, own, peer);

    private int[] Prompt(Question question, int round, string own, string peer)
    {
        int[] tokens = [];
        DebatePrompts.Make(question, _rules, Rounds, round, own, peer, messages => (tokens = _tokenizer.Encode(_template.Render(messages, addGenerationPrompt: true))).Length);
        return tokens;
    }

    private string Quoted(Question question, ref RandomStream random) => random.NextDouble() < _recipe.QuotedRight ? question.Solution : WrongSolution(question, ref random);

    /// <summary>
    /// A solution with an error as small models make them: a result that is near the right one or has another digit, another number of the question, or another operation. What follows is
    /// reckoned from there.
    /// </summary>
    /// <param name="question">A question of <see cref="ArithmeticQuestions"/>.</param>
    /// <param name="random">Which error.</param>
    public static string WrongSolution(Question question, ref RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(question);
        var steps = question.Solution.Split('\n')[..^1].Select(line => line.Split(' ')).ToArray();
        while (true)
        {
            var (text, broken) = (new StringBuilder(), random.NextInt32(steps.Length));
            var value = int.Parse(steps[0][0], CultureInfo.InvariantCulture);
            for (var i = 0; i < steps.Length; i++)
            {
                var (sign, operand) = (steps[i][1][0], int.Parse(steps[i][2], CultureInfo.InvariantCulture));
                var error = i == broken ? random.NextInt32(5) : -1;
                if (error == 3) sign = "+-*/"[random.NextInt32(4)];
                if (error == 4 && random.NextInt32(2) == 0) operand = Near(operand, ref random);
                else if (error == 4) value = Near(value, ref random);
                var result = sign switch { '+' => value + operand, '-' => Math.Max(0, value - operand), '*' => Math.Min(99_999, value * operand), _ => value / Math.Max(1, operand) };
                if (error is >= 0 and < 3) result = Near(result, ref random);
                text.Append(CultureInfo.InvariantCulture, $"{value} {sign} {operand} = {result}\n");
                value = result;
            }

            text.Append(CultureInfo.InvariantCulture, $"#### {value}");
            if (text.ToString() is var wrong && !question.IsAnsweredBy(wrong, AnswerRule.Strict)) return wrong;
        }
    }

    /// <summary>A number that somebody could take for another: a few more or less, or another digit.</summary>
    private static int Near(int value, ref RandomStream random)
    {
        if (random.NextInt32(2) == 0) return Math.Max(0, value + (random.NextInt32(2) == 0 ? -1 : 1) * (1 + random.NextInt32(3)));
        var digits = value.ToString(CultureInfo.InvariantCulture).ToCharArray();
        digits[random.NextInt32(digits.Length)] = (char)('0' + random.NextInt32(10));
        return int.Parse(digits, CultureInfo.InvariantCulture);
    }

    private static T Draw<T>(IReadOnlyList<T> items, Func<T, double> share, ref RandomStream random)
    {
        var left = random.NextDouble() * items.Sum(share);
        foreach (var item in items)
        {
            if ((left -= share(item)) < 0) return item;
        }

        return items.Last(item => share(item) > 0);
    }
}
