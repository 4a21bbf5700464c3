using System.Text;
using Srpo.Core.Errors;
using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Language.Bases;
using Srpo.Language.Debate;
using Srpo.Language.Models;
using Srpo.Language.Questions;
using Srpo.Language.Templates;
using Srpo.Language.Tokenizers;

namespace Srpo.Language.Tests.Bases;

public sealed class BaseModelRecipeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("srpo-recipe-").FullName;

    public static TheoryData<string> Shipped => [.. BaseModelRecipe.Names];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (BaseModelText Texts, Tokenizer Tokenizer) Open(BaseModelRecipe recipe)
    {
        foreach (var (name, content) in BaseModelText.TokenizerFiles(recipe)) File.WriteAllBytes(Path.Combine(_folder, name), content);
        var tokenizer = Tokenizer.Load(_folder);
        return (new BaseModelText(recipe, tokenizer, ChatTemplate.Of(_folder, tokenizer)), tokenizer);
    }

    [Fact]
    public void Three_families_are_shipped_and_two_of_them_in_two_sizes()
    {
        var recipes = BaseModelRecipe.Names.Select(name => BaseModelRecipe.Find(name)).ToArray();
        Assert.Equal([(ModelFamily.Qwen2, 2), (ModelFamily.Qwen3, 2), (ModelFamily.Llama, 1)], recipes.GroupBy(recipe => recipe.Family).Select(family => (family.Key, family.Count())).OrderBy(family => family.Key));
        Assert.Equal(BaseModelRecipe.Names, recipes.Select(recipe => recipe.Name));
        Assert.Equal(recipes.Length, recipes.Select(recipe => recipe.Hash).Distinct().Count());
        foreach (var family in recipes.GroupBy(recipe => recipe.Family).Where(family => family.Count() == 2))
            Assert.Equal(2, family.Select(recipe => recipe.Config(recipe.VocabularySize, 0, 0).ParameterCount).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_recipe_is_read_as_it_is_written_and_named_by_all_that_it_says(string name)
    {
        var recipe = BaseModelRecipe.Find(name);
        var again = BaseModelRecipe.Parse(Encoding.UTF8.GetString(recipe.Write()), "again");
        Assert.Equal(recipe.Write(), again.Write());
        Assert.Equal(recipe.Hash, again.Hash);
        Assert.Matches("^[0-9a-f]{12}$", recipe.Hash);
        Assert.Equal(recipe.Hash, (recipe with { Name = "other" }).Hash);
        BaseModelRecipe[] others = [recipe with { Seed = recipe.Seed + 1 }, recipe with { Steps = recipe.Steps + 1 }, recipe with { Wording = DebateWording.Full }, recipe with { QuotedRight = 0.25 }, recipe with { Digits = 3 }];
        Assert.Equal(others.Length + 1, others.Append(recipe).Select(some => some.Hash).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Texts_are_debates_whose_responses_are_right(string name)
    {
        var recipe = BaseModelRecipe.Find(name);
        var (texts, tokenizer) = Open(recipe);
        var (first, later, quotedRight, quoted) = (0, 0, 0, 0);
        for (var number = 0u; number < 400; number++)
        {
            var text = texts[number];
            Assert.Equal(tokenizer.EndId, text.Tokens[^1]);
            var prompt = tokenizer.Decode([.. text.Tokens.Take(text.Given)]);
            var response = tokenizer.Decode([.. text.Tokens.Skip(text.Given)], skipSpecial: true);
            Assert.EndsWith("<|assistant|>", prompt);
            Assert.NotNull(AnswerExtraction.Extract(response, AnswerRule.Strict));
            var lines = response.Split('\n');
            Assert.Equal($"#### {lines[^2].Split(' ')[^1]}", lines[^1]);
            if (prompt == "<|assistant|>") continue;
            if (!prompt.Contains("Mine\n", StringComparison.Ordinal))
            {
                first++;
                continue;
            }

            later++;
            foreach (var part in prompt.Split("Mine\n")[1].Replace("<|assistant|>", "", StringComparison.Ordinal).Split("\nPeer\n"))
            {
                quoted++;
                if (AnswerExtraction.Extract(part, AnswerRule.Strict) == AnswerExtraction.Extract(response, AnswerRule.Strict)) quotedRight++;
            }
        }

        Assert.True(first > 20 && later > 20, $"{first} {later}");
        Assert.Equal(2 * later, quoted);
        Assert.InRange(quotedRight / (double)quoted, recipe.QuotedRight - 0.15, recipe.QuotedRight + 0.15);
        Assert.Equal(texts[7].Tokens, texts[7].Tokens);
        var question = new ArithmeticQuestions(recipe.Questions[0].Level, QuestionSplit.Test)[3];
        Assert.Equal($"<|user|>{question.Text}<|user|>Mine\n{question.Solution}\nPeer\n#### 0<|assistant|>", tokenizer.Decode(texts.Prompt(question, question.Solution, "#### 0")));
    }

    [Fact]
    public void A_wrong_solution_looks_like_a_right_one()
    {
        var random = new StreamId(1, 0, 0, StreamPurpose.Tooling).Lane(0);
        foreach (var level in Enumerable.Range(1, ArithmeticQuestions.Levels))
        {
            var questions = new ArithmeticQuestions(level, QuestionSplit.Train);
            var consistent = 0;
            for (var number = 0; number < 100; number++)
            {
                var question = questions[number];
                var wrong = BaseModelText.WrongSolution(question, ref random);
                Assert.False(question.IsAnsweredBy(wrong, AnswerRule.Strict));
                Assert.NotNull(AnswerExtraction.Extract(wrong, AnswerRule.Strict));
                Assert.Equal(question.Solution.Count(c => c == '\n'), wrong.Count(c => c == '\n'));
                if (wrong.Split('\n')[^1] == "#### " + wrong.Split('\n')[^2].Split(' ')[^1]) consistent++;
            }

            Assert.Equal(100, consistent);
        }
    }

    [Theory]
    [InlineData("\"layers\": 1", "\"layers\": 0", "model.layers: must be a whole number between 1 and 256, not 0 (line 2")]
    [InlineData("\"family\": \"qwen3\"", "\"family\": \"qwen33\"", "model.family: ")]
    [InlineData("\"headDim\": 8", "\"headDim\": 7", "model.headDim: must be even")]
    [InlineData("\"vocabulary\": 300", "\"vocabulary\": 200", "tokenizer.vocabulary: must be a whole number between 261")]
    [InlineData("\"level\": 1", "\"level\": 99", "questions[0].level: ")]
    [InlineData("\"first\": 1", "\"first\": 0, \"later\": 0", "texts: first, later and sums are all 0")]
    [InlineData("\"steps\": 20", "\"stepz\": 20", "training: ")]
    [InlineData("\"name\": \"minute\"", "\"name\": \"../minute\"", "name: must be at most 64 small letters")]
    public void What_is_wrong_is_named_with_its_place(string written, string wrong, string message)
    {
        Assert.Contains(written, Minute);
        BaseModelRecipe.Parse(Minute, "minute.json");
        var error = Assert.Throws<SrpoException>(() => BaseModelRecipe.Parse(Minute.Replace(written, wrong, StringComparison.Ordinal), "minute.json"));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.StartsWith("minute.json: " + message, error.Message);
    }

    [Fact]
    public void A_name_that_is_not_known_is_answered_with_those_that_are() =>
        Assert.Contains("did you mean 'qwen2-small'", Assert.Throws<SrpoException>(() => BaseModelRecipe.Find("qwen2-smal")).Message);

    [Theory]
    [InlineData(VocabularyKind.Words, 1)]
    [InlineData(VocabularyKind.Words, 3)]
    [InlineData(VocabularyKind.Pairs, 1)]
    [InlineData(VocabularyKind.Pairs, 2)]
    public void A_tokenizer_of_texts_makes_them_short_and_keeps_every_other(VocabularyKind kind, int digits)
    {
        var training = new TokenizerTraining(kind, 320, digits, ["<|end|>"]);
        var questions = new ArithmeticQuestions(3, QuestionSplit.Train);
        for (var i = 0; i < 200; i++)
        {
            training.Add(questions[i].Text);
            training.Add(questions[i].Solution);
        }

        File.WriteAllBytes(Path.Combine(_folder, "tokenizer.json"), training.Write());
        Assert.Equal(training.Write(), File.ReadAllBytes(Path.Combine(_folder, "tokenizer.json")));
        var tokenizer = Tokenizer.Load(_folder);
        Assert.Equal(320, tokenizer.VocabularySize);
        Assert.Equal(319, tokenizer.IdOf("<|end|>"));
        foreach (var text in new[] { questions[1].Text, questions[1].Solution, "12 + 345 = 357\n#### 357", "\t Ærø 一二 \u0001 9.5  x", "" })
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.True(tokenizer.Encode(questions[1].Text).Length < questions[1].Text.Length * 2 / 3);
        if (digits == 1) Assert.Equal(3, tokenizer.Encode("357").Length);

        // Signs with the spaces around them are one token.
        Assert.Equal(3, tokenizer.Encode("1 + 3").Length);
        Assert.Equal(ErrorKind.Usage, Assert.Throws<SrpoException>(() => new TokenizerTraining(kind, 256, 1, ["<|end|>"]).Write()).Kind);
    }

    private const string Minute = """
        {"name": "minute",
         "model": {"family": "qwen3", "hiddenSize": 16, "intermediateSize": 24, "layers": 1, "heads": 2, "keyValueHeads": 1, "headDim": 8},
         "tokenizer": {"vocabulary": 300},
         "questions": [{"level": 1}],
         "texts": {"first": 1},
         "training": {"steps": 20, "batchTokens": 300, "learningRate": 0.01}}
        """;
}
