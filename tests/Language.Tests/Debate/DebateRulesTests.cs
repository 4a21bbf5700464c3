using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Language.Debate;
using Srpo.Language.Questions;

namespace Srpo.Language.Tests.Debate;

public sealed class DebateRulesTests
{
    public DebateRulesTests() => EnvironmentFactory.Register(DebateRules.Registration);

    [Fact]
    public void Rules_that_come_with_the_program_are_read_as_they_are_written()
    {
        Assert.Equal(["arithmetic-1", "arithmetic-2", "arithmetic-3", "arithmetic-4", "arithmetic-5", "arithmetic-6", "arithmetic-7", "gsm8k"], DebateRules.Names);
        foreach (var name in DebateRules.Names)
        {
            var rules = DebateRules.Load(name);
            Assert.Equal(rules, DebateRules.Parse(rules.ToJson()));
            var resolved = EnvironmentFactory.Resolve(new EnvironmentSettings("debate", name));
            Assert.Equal((name, rules), (resolved.Variant, DebateRules.Of(resolved)));
            Assert.Equal(rules, DebateRules.Of(new EnvironmentSettings("debate", name)));

            // As characters, the longest solution of many fits. Files are the user's.
            if (rules.Questions.StartsWith("gsm8k:", StringComparison.Ordinal)) continue;
            var questions = rules.Open(QuestionSplit.Train);
            Assert.All(Enumerable.Range(0, 200), number => Assert.InRange(questions[number].Solution.Length, 1, rules.ResponseTokens));
        }

        Assert.Contains("did you mean 'arithmetic-2'?", Assert.Throws<ArgumentException>(() => EnvironmentFactory.Resolve(new EnvironmentSettings("debate", "aritmetic-2"))).Message, StringComparison.Ordinal);
        var info = EnvironmentFactory.Info(new EnvironmentSettings("debate", "arithmetic-3"));
        Assert.Equal(("debate", "arithmetic-3", 2, 2, true), (info.Name, info.Variant, info.Seats, info.TeamSeats, info.SharedReward));
        Assert.Contains("not played step by step", Assert.Throws<ArgumentException>(() => EnvironmentFactory.Create(new EnvironmentSettings("debate", "arithmetic-3"), 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_out_is_as_the_authors_have_it()
    {
        var rules = DebateRules.Parse("""{"questions": "arithmetic:level=6", /* all else */ }""", "mine");
        Assert.Equal(("mine", 2048, 512, 4096, DebateWording.Full, AnswerRule.Strict, 1.0), (rules.Name, rules.PromptTokens, rules.ResponseTokens, rules.HistoryTokens, rules.Wording, rules.Reward, rules.EvaluationTemperature));
    }

    [Theory]
    [InlineData("{}", "questions: is missing; write for example \"arithmetic:level=2\"")]
    [InlineData("{\"questions\": \"arithmetic:level=9\"}", "'level=9' is no level; write arithmetic:level=N with N from 1 to 7 (line 1, column 15)")]
    [InlineData("{\"questions\": \"arithmetik:level=1\"}", "did you mean 'arithmetic'?")]
    [InlineData("{\"questions\": \"gsm8k:\"}", "the path is missing")]
    [InlineData("{\"questions\": \"gsm8k:data\"}", "'data' is relative to nothing; write the whole path")]
    [InlineData("{\"questions\": \"arithmetic:level=1\",\n \"respnseTokens\": 3}", "unknown field 'respnseTokens'; did you mean 'responseTokens'?")]
    [InlineData("{\"questions\": \"arithmetic:level=1\",\n \"responseTokens\": 0}", "responseTokens: must be a whole number between 1 and 1048576, not 0 (line 2, column 20)")]
    [InlineData("{\"questions\": \"arithmetic:level=1\", \"wording\": \"long\"}", "wording: 'long' is not known; use one of full, short")]
    [InlineData("{\"questions\": \"arithmetic:level=1\", \"reward\": \"all\"}", "reward: 'all' is not known; use one of strict, flexible")]
    [InlineData("{\"questions\": \"arithmetic:level=1\", \"evaluationTemperature\": -1}", "evaluationTemperature: must be at least 0 and at most 100, not -1")]
    [InlineData("{\"questions\": \"arithmetic:level=1\", \"promptTokens\": 4000}", "use historyTokens of at least 4512")]
    [InlineData("{\"questions\": \"arithmetic:level=1\", \"kind\": \"tag\"}", "kind: must be \"debate\", not \"tag\"")]
    public void What_is_wrong_is_named(string json, string message) => Assert.Contains(message, Assert.Throws<FormatException>(() => DebateRules.Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_path_of_questions_is_relative_to_the_file_of_the_rules()
    {
        var folder = Directory.CreateTempSubdirectory("srpo-rules-").FullName;
        try
        {
            var file = Path.Combine(folder, "mine.json");
            File.WriteAllText(file, """{"questions": "gsm8k:data/gsm8k"}""");
            var resolved = EnvironmentFactory.Resolve(new EnvironmentSettings("debate", file));
            Assert.Equal(("mine", "gsm8k:" + Path.Combine(folder, "data", "gsm8k")), (resolved.Variant, DebateRules.Of(resolved).Questions));
            Assert.Equal(resolved, EnvironmentFactory.Resolve(resolved));
            File.WriteAllText(file, "{\n \"question\": 1}");
            Assert.StartsWith($"{file}: ", Assert.Throws<FormatException>(() => EnvironmentFactory.Resolve(new EnvironmentSettings("debate", file))).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
