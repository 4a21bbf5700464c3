using System.Diagnostics;
using Srpo.Core.Random;
using Srpo.Core.Results;
using Srpo.Language.Models;
using Srpo.Language.Questions;
using Srpo.Language.Sampling;
using Srpo.Language.Templates;
using Srpo.Language.Tokenizers;

namespace Srpo.Language.Bases;

/// <summary>What a model does with one kind of prompt.</summary>
/// <param name="Name">The kind, in words.</param>
/// <param name="Right">Share of right answers, strictly.</param>
/// <param name="Answered">Share of responses with an answer, strictly.</param>
/// <param name="PromptTokens">Mean tokens of the prompts.</param>
/// <param name="ResponseTokens">Mean tokens of the responses, what ends them included.</param>
/// <param name="LongestTokens">Tokens of the longest prompt and response together.</param>
public sealed record PromptAccuracy(string Name, double Right, double Answered, double PromptTokens, double ResponseTokens, int LongestTokens);

/// <summary>How many questions of the part for validation a model answers, in a first round and in a later one, where its own response and its peer's are given.</summary>
public static class BaseModelAccuracy
{
    /// <summary>Responses at the same time.</summary>
    private const int Rows = 128;

    /// <summary>Most tokens of a response.</summary>
    private const int MostTokens = 96;

    /// <summary>Measures.</summary>
    /// <param name="recipe">The recipe that the model was trained by, for its words.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="model">The model.</param>
    /// <param name="level">Level of the questions.</param>
    /// <param name="split">Their part.</param>
    /// <param name="questions">How many, at least 1.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    /// <returns>A line for each kind of prompt, and the tokens that were generated in a second, prompts not counted.</returns>
    public static (IReadOnlyList<PromptAccuracy> Lines, double TokensPerSecond) Measure(
        BaseModelRecipe recipe, ModelFolder folder, ICausalModel model, int level, QuestionSplit split, int questions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var tokenizer = Tokenizer.Load(folder.Path);
        var texts = new BaseModelText(recipe, tokenizer, ChatTemplate.Of(folder.Path, tokenizer));
        var some = new ArithmeticQuestions(level, split);
        Question[] asked = [.. Enumerable.Range(0, questions).Select(number => some[number])];
        string[] wrong = [.. asked.Select((question, i) => Wrong(question, i, 1))];
        string[] otherwise = [.. asked.Select((question, i) => Wrong(question, i, 2))];
        var (made, watch) = (0L, new Stopwatch());
        var ends = folder.Config.EosTokenIds.ToHashSet();
        IReadOnlyList<PromptAccuracy> lines =
        [
            Line("alone, greedy", (question, _) => texts.Prompt(question), SamplingSettings.Greedy),
            Line("alone, sampled", (question, _) => texts.Prompt(question), SamplingSettings.Plain),
            Line("own wrong, peer right", (question, i) => texts.Prompt(question, wrong[i], question.Solution), SamplingSettings.Plain),
            Line("own right, peer wrong", (question, i) => texts.Prompt(question, question.Solution, wrong[i]), SamplingSettings.Plain),
            Line("both right", (question, _) => texts.Prompt(question, question.Solution, question.Solution), SamplingSettings.Plain),
            Line("both wrong", (question, i) => texts.Prompt(question, wrong[i], otherwise[i]), SamplingSettings.Plain),
        ];
        return (lines, made / Math.Max(1e-9, watch.Elapsed.TotalSeconds));

        PromptAccuracy Line(string name, Func<Question, int, int[]> prompt, SamplingSettings sampling)
        {
            int[][] prompts = [.. asked.Select(prompt)];
            using var generator = new TokenGenerator(model, sampling, ends, Math.Min(Rows, questions), prompts.Max(tokens => tokens.Length) + MostTokens);
            watch.Start();
            var responses = generator.Run([.. prompts.Select((tokens, i) => new ResponseRequest(tokens, MostTokens, token => new StreamId(recipe.Seed, 1, (uint)i, StreamPurpose.Tooling).Block(0, (uint)token)))], null, cancellation);
            watch.Stop();
            made += responses.Sum(response => response.Tokens.Count);
            var answers = responses.Select(response => AnswerExtraction.Extract(tokenizer.Decode([.. response.Tokens], skipSpecial: true), AnswerRule.Strict)).ToArray();
            return new PromptAccuracy(
                name, answers.Where((answer, i) => answer == asked[i].Answer).Count() / (double)questions, answers.Count(answer => answer is not null) / (double)questions,
                prompts.Average(tokens => tokens.Length), responses.Average(response => response.Tokens.Count), prompts.Zip(responses).Max(pair => pair.First.Length + pair.Second.Tokens.Count));
        }

        string Wrong(Question question, int number, int lane)
        {
            var random = new StreamId(recipe.Seed, 2, (uint)number, StreamPurpose.Tooling).Lane(lane);
            return BaseModelText.WrongSolution(question, ref random);
        }
    }
}
