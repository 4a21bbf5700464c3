using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Language.Debate;
using Srpo.Language.Questions;
using Srpo.Language.Templates;

namespace Srpo.Language.Tests.Debate;

public sealed class DebateSessionTests
{
    private static int Characters(IReadOnlyList<ChatMessage> messages) => messages.Sum(message => message.Content.Length);

    [Fact]
    public void Both_answer_a_round_from_the_round_before()
    {
        var session = new DebateSession(Debates.Question(), Debates.Rules, 3);
        Assert.Equal(["system", "user"], session.Prompt(0, Characters).Select(message => message.Role));
        Assert.Equal("What is number 0?", session.Prompt(0, Characters)[1].Content);
        Assert.Contains("####", session.Prompt(0, Characters)[0].Content, StringComparison.Ordinal);
        Assert.Equal(session.Prompt(0, Characters), session.Prompt(1, Characters));

        session.Answer(Debates.Says("I say #### 41"), Debates.Says("no, #### 42"));
        Assert.Equal((1, false), (session.Round, session.IsOver));
        var (first, second) = (session.Prompt(0, Characters), session.Prompt(1, Characters));
        Assert.Equal(["system", "user", "user"], first.Select(message => message.Role));
        Assert.Equal("What is number 0?", first[1].Content);
        Assert.Contains("round 2 of 3", first[2].Content, StringComparison.Ordinal);
        Assert.True(first[2].Content.IndexOf("I say #### 41", StringComparison.Ordinal) is > 0 and var own && own < first[2].Content.IndexOf("no, #### 42", StringComparison.Ordinal));
        Assert.True(second[2].Content.IndexOf("no, #### 42", StringComparison.Ordinal) is > 0 and var other && other < second[2].Content.IndexOf("I say #### 41", StringComparison.Ordinal));

        session.Answer(Debates.Says("#### 1"), Debates.Says("#### 2"));
        Assert.DoesNotContain("I say", session.Prompt(0, Characters)[2].Content, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => session.ToRecord("a", "b"));
        session.Answer(Debates.Says("#### 42"), Debates.Says("#### 42"));
        Assert.True(session.IsOver);
        Assert.Throws<InvalidOperationException>(() => session.Answer(Debates.Says("x"), Debates.Says("y")));
        var record = session.ToRecord("a", "b");
        Assert.Equal(3, record.Rounds.Count);
        Assert.True(record.IsJointlyRight(AnswerRule.Strict));
        Assert.Equal((false, true), (record.IsRight(0, 0, AnswerRule.Strict), record.IsRight(0, 1, AnswerRule.Strict)));
    }

    [Fact]
    public void Responses_have_as_many_tokens_as_they_may()
    {
        var session = new DebateSession(Debates.Question(), Debates.Rules with { ResponseTokens = 5 }, 3);
        Assert.Throws<ArgumentException>(() => session.Answer(Debates.Says("123456"), Debates.Says("1")));
        Assert.Throws<ArgumentException>(() => session.Answer(Debates.Says("12345"), Debates.Says("")));
        session.Answer(Debates.Says("12345"), Debates.Says("1"));
        Assert.Equal(1, session.Round);
    }

    [Fact]
    public void Responses_that_are_too_long_keep_their_ends()
    {
        var rules = Debates.Rules with { Wording = DebateWording.Short, PromptTokens = 40, ResponseTokens = 30, HistoryTokens = 100 };
        var question = Debates.Question();
        var (longer, shorter) = (new string('x', 60) + "#### 42", "so #### 41");
        var prompt = DebatePrompts.Make(question, rules, 3, 1, longer, shorter, Characters);
        Assert.Equal(70, Characters(prompt));
        Assert.Equal("user", prompt[0].Role);
        Assert.Equal(question.Text, prompt[0].Content);

        // Of 70 characters 17 are the question and 11 the marks; 42 are left for both.
        Assert.Equal("Mine\n" + new string('x', 25) + "#### 42\nPeer\nso #### 41", prompt[1].Content);
        var both = DebatePrompts.Make(question, rules, 3, 1, longer, longer, Characters)[1].Content;
        Assert.Equal("Mine\n" + new string('x', 14) + "#### 42\nPeer\n" + new string('x', 14) + "#### 42", both);

        var full = rules with { Wording = DebateWording.Full, PromptTokens = 900, HistoryTokens = 1030 };
        var cut = DebatePrompts.Make(question, full, 3, 2, longer, new string('y', 500) + "#### 7", Characters)[2].Content;
        Assert.Contains("[...] y", cut, StringComparison.Ordinal);
        Assert.Contains("y#### 7\n", cut, StringComparison.Ordinal);
        Assert.Contains("\nx", cut, StringComparison.Ordinal);
    }

    [Fact]
    public void No_character_is_cut_in_half()
    {
        var rules = Debates.Rules with { Wording = DebateWording.Short, PromptTokens = 40, ResponseTokens = 30 };
        var smiles = string.Concat(Enumerable.Repeat("\ud83d\ude00", 40));
        for (var most = 71; most < 80; most++)
        {
            var content = DebatePrompts.Make(Debates.Question(), rules with { HistoryTokens = most }, 3, 1, smiles, smiles, Characters)[1].Content;
            for (var i = 0; i < content.Length; i++)
                Assert.True(!char.IsSurrogate(content[i]) || (char.IsHighSurrogate(content[i]) ? char.IsLowSurrogate(content[i + 1]) : char.IsHighSurrogate(content[i - 1])));
        }
    }

    [Fact]
    public void A_question_that_is_too_long_is_named()
    {
        var rules = Debates.Rules with { Wording = DebateWording.Short, PromptTokens = 10, ResponseTokens = 8, HistoryTokens = 30 };
        Assert.Contains("question 7 makes a prompt of 17 tokens, of which 10 fit: use a larger promptTokens",
            Assert.Throws<SrpoException>(() => DebatePrompts.Make(Debates.Question(7), rules, 3, 0, "", "", Characters)).Message, StringComparison.Ordinal);
        Assert.Contains("historyTokens", Assert.Throws<SrpoException>(() => DebatePrompts.Make(Debates.Question(7), rules, 3, 1, "a", "b", Characters)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => DebatePrompts.Make(Debates.Question(), rules, 3, 3, "", "", Characters));
    }

    [Fact]
    public void Short_words_are_of_the_generators_characters() => Assert.DoesNotContain(
        string.Format(System.Globalization.CultureInfo.InvariantCulture, DebateWording.Short.Later, 1, 2, "", "").ToCharArray(), character => !ArithmeticQuestions.Characters.Contains(character, StringComparison.Ordinal));

    [Fact]
    public void Records_are_read_as_they_were_written()
    {
        var debate = new DebateRecord(Debates.Question(3), ["srpo/0", "caf\u00e9 \"b\""], [[Debates.Says("a\n\u2212#### 42"), new DebateResponse([5, 6], "x\ud83d\ude00", false)]]);
        var line = debate.ToJson();
        Assert.DoesNotContain('\n', line);
        var read = DebateRecord.FromJson(line);
        Assert.Equal(debate.Question, read.Question);
        Assert.Equal(debate.Debaters, read.Debaters);
        Assert.Equal("x\ud83d\ude00", read.Rounds[0][1].Text);
        Assert.Equal([5, 6], read.Rounds[0][1].Tokens);
        Assert.Equal((true, false), (read.Rounds[0][0].Ended, read.Rounds[0][1].Ended));
        Assert.Equal(line, read.ToJson());
        Assert.True(read.IsRight(0, 0, AnswerRule.Strict));
        foreach (var broken in new[] { "", "{}", line[..^5], line.Replace("\"answer\":\"42\"", "\"answer\":\"x\"", StringComparison.Ordinal), line.Replace("[5,6]", "null", StringComparison.Ordinal) })
            Assert.Equal(ErrorKind.Damaged, Assert.Throws<SrpoException>(() => DebateRecord.FromJson(broken)).Kind);
    }

    [Fact]
    public void The_page_has_the_settings_and_the_levels_as_the_program_knows_them()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Pages", "debate.md"));
        foreach (var (field, values, missing, description) in DebateRules.Fields) Assert.Contains($"| `{field}` | {values} | {missing} | {description} |\n", page, StringComparison.Ordinal);
        var language = typeof(LanguageSettings).GetProperties().Where(property => property.CanWrite && property.Name != nameof(LanguageSettings.Weights)).Select(property => $"language.{char.ToLowerInvariant(property.Name[0])}{property.Name[1..]}").ToArray();
        var known = SettingsTable.All.Select(setting => setting.Path).Concat(language).ToHashSet();
        var named = page.Split('\n').SkipWhile(line => line != "### Settings of training").TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]).ToArray();
        Assert.Empty(named.Except(known));
        Assert.Empty(language.Except(named));
        for (var level = 1; level <= ArithmeticQuestions.Levels; level++) Assert.Contains($"| {level} | {ArithmeticQuestions.Describe(level)} |", page, StringComparison.Ordinal);
        var example = new ArithmeticQuestions(4, QuestionSplit.Train)[0];
        Assert.Contains($"{example.Text}\n{example.Solution}".Replace("\n", "\n    ", StringComparison.Ordinal), page, StringComparison.Ordinal);
    }
}
