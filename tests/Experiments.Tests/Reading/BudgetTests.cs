using System.Text;
using Srpo.Experiments.Reading;

namespace Srpo.Experiments.Tests.Reading;

/// <summary>How long teams train, said in steps in place of updates.</summary>
public sealed class BudgetTests
{
    [Theory]
    [InlineData("ippo", "environmentSteps", 10_240, 10)]
    [InlineData("ippo", "environmentSteps", 10_241, 11)]
    [InlineData("ippo", "policySteps", 10_240, 10)]
    [InlineData("srpo", "environmentSteps", 10_240, 5)]
    [InlineData("srpo", "policySteps", 10_240, 10)]
    [InlineData("srpo", "policySteps", 1, 1)]
    public void Steps_are_as_many_updates_as_hold_them(string method, string key, int steps, int updates)
    {
        // A round of the preset has 1024 steps, with SRPO 1024 for each of two agents.
        Assert.Equal(updates, Iterations($$"""{ "populations": { "a": { "method": "{{method}}", "{{key}}": {{steps}} } } }"""));
        Assert.Equal(updates, Iterations($$"""{ "training": { "{{key}}": {{steps}} }, "populations": { "a": { "method": "{{method}}" } } }"""));
        Assert.Equal(updates, Iterations($$"""{ "populations": { "a": { "method": "{{method}}", "iterations": 3 } } }""", $"{key}={steps}"));
        Assert.Equal(updates, Iterations($$"""{ "training": { "iterations": 3 }, "populations": { "a": { "method": "{{method}}" } } }""", $"populations.a.{key}={steps}"));
    }

    [Theory]
    [InlineData("hanabi-2p", "ippo", 32_000)]
    [InlineData("hanabi-2p", "srpo", 16_000)]
    [InlineData("hanabi-4p", "srpo", 24_000)]
    public void In_turns_a_policy_has_its_share_of_the_moves(string preset, string method, int each) =>
        Assert.Equal(7, Iterations($$"""{ "preset": "{{preset}}", "populations": { "a": { "method": "{{method}}", "lanes": 1000, "horizon": 32, "policySteps": {{7 * each}} } } }"""));

    [Fact]
    public void The_last_word_on_it_counts()
    {
        const string Text = """{ "training": { "policySteps": 2048 }, "populations": { "a": { "method": "srpo" }, "b": { "method": "srpo", "iterations": 9 }, "c": { "method": "srpo", "environmentSteps": 2048 } } }""";
        Assert.Equal([2, 9, 1], All(Text));
        Assert.Equal([5, 5, 5], All(Text, "iterations=5"));
        Assert.Equal([4, 4, 4], All(Text, "environmentSteps=8192"));
        Assert.Equal([2, 6, 1], All(Text, "populations.b.policySteps=6144"));
    }

    [Theory]
    [InlineData("""{ "populations": { "a": { "iterations": 3, "policySteps": 5 } } }""", "populations.a.iterations: policySteps and iterations each say how long a team trains; leave one")]
    [InlineData("""{ "training": { "environmentSteps": 3, "policySteps": 5 }, "populations": { "a": {} } }""", "training.policySteps: environmentSteps and policySteps each say how long a team trains; leave one")]
    [InlineData("""{ "populations": { "a": { "policySteps": 0 } } }""", "populations.a.policySteps: 0 is not possible; use a whole number from 1 to")]
    [InlineData("""{ "populations": { "a": { "policySteps": 1.5 } } }""", "populations.a.policySteps: 1.5 is not possible")]
    public void Contradictions_and_nonsense_are_told_by_key(string text, string message) =>
        Assert.Contains(message, Assert.Throws<ExperimentException>(() => All(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("iterations=5", "environmentSteps=100000")]
    [InlineData("environmentSteps=100000", "training.policySteps=100000")]
    [InlineData("populations.a.policySteps=7", "populations.a.sweep.iterations=[7]")]
    public void Two_budgets_on_the_command_line_contradict_each_other(string first, string second)
    {
        const string Text = """{ "populations": { "a": {} } }""";
        Assert.Contains($"contradicts --set {first}", Assert.Throws<ExperimentException>(() => All(Text, first, second)).Message, StringComparison.Ordinal);
        Assert.Contains($"contradicts --set {second}", Assert.Throws<ExperimentException>(() => All(Text, second, first)).Message, StringComparison.Ordinal);
        Assert.Equal(1, Iterations(Text, "iterations=5", "populations.a.environmentSteps=2048"));
    }

    [Theory]
    [InlineData("""{ "populations": { "a": { "policySteps": 1000, "sweep": { "iterations": [3] } } } }""")]
    [InlineData("""{ "populations": { "a": { "sweep": { "environmentSteps": [3] } } } }""")]
    public void Steps_are_not_swept(string text) =>
        Assert.Contains("how long teams train cannot be swept in steps", Assert.Throws<ExperimentException>(() => All(text)).Message, StringComparison.Ordinal);

    private static int Iterations(string text, params string[] overrides) => Assert.Single(All(text, overrides));

    private static int[] All(string text, params string[] overrides) =>
        [.. ExperimentLoader.Load("test", "test.json", Encoding.UTF8.GetBytes(text), Path.GetTempPath(), overrides.Select(Override.Parse)).Populations.Select(population => population.Training.Iterations)];
}
