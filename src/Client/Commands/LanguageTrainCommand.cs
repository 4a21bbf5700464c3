using System.CommandLine;
using System.Diagnostics;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Language.Bases;
using Srpo.Language.Models;
using Srpo.Language.Questions;
using Srpo.Language.Torch;
using Srpo.Learning.Torch;
using Srpo.Reporting.Text;

namespace Srpo.Client.Commands;

/// <summary>`srpo language train`: a small model from random weights, by a recipe.</summary>
internal static class LanguageTrainCommand
{
    private const int DefaultQuestions = 512;

    private static readonly Argument<string?> Recipe = new("RECIPE") { Description = "The name of a recipe, as --list shows them, or a file of your own that ends in .json.", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<bool> List = new("--list") { Description = "List the recipes that are known by name, and whether their models are there." };

    private static readonly Option<string?> Out = new("--out") { Description = "The folder to make, which must not exist. Default: .models/NAME-HASH in the data directory, where a model that is there is used again.", HelpName = "FOLDER" };

    private static readonly Option<int?> Level = CommandExtensions.WholeOption("--level", "Level of the questions that the model is asked at the end. Default: the recipe's first.", 1, ArithmeticQuestions.Levels);

    private static readonly Option<int?> Questions = CommandExtensions.WholeOption("--questions", $"Questions that the model is asked at the end, 0 for none. Default: {DefaultQuestions}.", 0, 1 << 20);

    public static Command Create(Shell shell) =>
        new Command("train", "Train a small model from random weights on generated questions, for debates on a machine without models.") { Recipe, List, Out, Level, Questions }
            .OneOf(List, Out).OnThisMachine().Handle(shell, context => Task.FromResult(Run(context)));

    /// <summary>Where a data directory keeps models that were trained by recipes.</summary>
    public static string Models(CommandContext context) => context.Data.Models;

    private static int Run(CommandContext context)
    {
        if (context.Get(List)) return Show(context);
        var name = context.Find(Recipe) ?? throw new SrpoException(ErrorKind.Usage, $"say which recipe: {string.Join(", ", BaseModelRecipe.Names)}, or a file of your own; `srpo language train --list` shows what they are");
        var recipe = BaseModelRecipe.Find(name, context.Shell.Resolve);
        LibTorch.Load();
        var (models, watch, trained) = (new TorchLanguage(), Stopwatch.StartNew(), false);
        string path;
        if (context.Get(Out) is { } folder)
        {
            path = context.Shell.Resolve(folder);
            BaseModelTraining.Run(recipe, path, models, Tell, context.Cancellation);
        }
        else
        {
            path = new BaseModelStore(Models(context), models).Get(recipe, Tell, () => context.Error.WriteLine("another process trains this model; waiting for it"), context.Cancellation);
        }

        var seconds = watch.Elapsed.TotalSeconds;
        using var opened = ModelFolder.Open(path);
        var (level, questions) = (context.Get(Level) ?? recipe.Questions[0].Level, context.Get(Questions) ?? DefaultQuestions);
        IReadOnlyList<PromptAccuracy> lines = [];
        var rate = 0.0;
        if (questions > 0)
        {
            using var model = models.Open(opened, ModelPrecision.Float32, "cpu");
            (lines, rate) = BaseModelAccuracy.Measure(recipe, opened, model, level, QuestionSplit.Validation, questions, context.Cancellation);
        }

        if (context.Json)
        {
            context.PrintJson(new { Folder = path, Recipe = recipe.Name, recipe.Hash, Parameters = opened.ParameterCount, Trained = trained, Seconds = trained ? seconds : (double?)null, Level = level, Questions = questions, Accuracy = lines, GeneratedTokensPerSecond = questions > 0 ? rate : (double?)null });
            return (int)ExitCode.Ok;
        }

        context.Out.WriteLine($"{path}: {opened.Config.Architecture}, {opened.ParameterCount:#,0} parameters, {(trained ? $"trained in {Numbers.Duration(seconds)}" : "was there")}");
        if (questions == 0) return (int)ExitCode.Ok;
        context.Out.WriteLine($"{questions} questions of level {level} that it was not trained on:");
        Tables.Print(context.Shell, ["asked", "right#", "answered#", "prompt tokens#", "response tokens#", "longest#"], lines.Select(line => (IReadOnlyList<string>)
        [
            line.Name, Numbers.Percent(line.Right), Numbers.Percent(line.Answered), Numbers.Fixed(line.PromptTokens, 1), Numbers.Fixed(line.ResponseTokens, 1), line.LongestTokens.ToString(),
        ]));
        context.Out.WriteLine($"{rate:0} tokens of responses a second, up to 128 at a time");
        return (int)ExitCode.Ok;

        void Tell(BaseModelProgress progress)
        {
            trained = true;
            if (!context.Json) context.Error.WriteLine($"step {progress.Step} of {progress.Steps}: loss {Numbers.Fixed(progress.Loss, 3)}, {progress.TokensPerSecond:0} tokens/s");
        }
    }

    private static int Show(CommandContext context)
    {
        if (context.Find(Recipe) is not null) throw new SrpoException(ErrorKind.Usage, "--list shows all recipes; leave RECIPE out");
        var store = new BaseModelStore(Models(context), new TorchLanguage());
        var recipes = BaseModelRecipe.Names.Select(name => BaseModelRecipe.Find(name)).Select(recipe => (Recipe: recipe, Parameters: recipe.Config(recipe.VocabularySize, 0, 0).ParameterCount, IsThere: store.Has(recipe))).ToArray();
        if (context.Json)
        {
            context.PrintJson(recipes.Select(item => new { item.Recipe.Name, Family = item.Recipe.Family.ToString().ToLowerInvariant(), item.Recipe.Hash, item.Parameters, item.Recipe.Layers, item.Recipe.HiddenSize, item.Recipe.Steps, Folder = item.IsThere ? store.PathOf(item.Recipe) : null }));
            return (int)ExitCode.Ok;
        }

        Tables.Print(context.Shell, ["recipe", "family", "parameters, at most#", "layers#", "width#", "steps#", "model"], recipes.Select(item => (IReadOnlyList<string>)
        [
            item.Recipe.Name, item.Recipe.Family.ToString().ToLowerInvariant(), Numbers.Count(item.Parameters), item.Recipe.Layers.ToString(), item.Recipe.HiddenSize.ToString(), item.Recipe.Steps.ToString(),
            item.IsThere ? store.PathOf(item.Recipe) : "",
        ]));
        return (int)ExitCode.Ok;
    }
}
