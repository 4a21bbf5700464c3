using System.Diagnostics;
using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Language.Models;
using Srpo.Language.Templates;
using Srpo.Language.Tokenizers;
using Srpo.Language.Training;

namespace Srpo.Language.Bases;

/// <summary>How far a training is.</summary>
/// <param name="Step">Steps that were taken.</param>
/// <param name="Steps">All steps.</param>
/// <param name="Loss">Mean loss of a token since the progress before, in nats.</param>
/// <param name="TokensPerSecond">Tokens that were read in a second, since the progress before.</param>
public sealed record BaseModelProgress(int Step, int Steps, double Loss, double TokensPerSecond);

/// <summary>Trains the model of a recipe: all weights, from random ones, with AdamW on <see cref="BaseModelText"/>.</summary>
public static class BaseModelTraining
{
    private const double SecondBeta = 0.98;
    private const double LastShare = 0.1;

    /// <summary>Steps between two tellings of progress.</summary>
    private const int Interval = 25;

    /// <summary>Trains, and writes the model's folder: it is there when the training is complete.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="path">The folder, absolute, which must not exist; the one that it lies in must.</param>
    /// <param name="models">Makes models.</param>
    /// <param name="progress">Told how far it is; null for nobody.</param>
    /// <param name="cancellation">Ends it between steps; nothing is left behind then.</param>
    /// <exception cref="SrpoException">The folder exists or cannot be written, or the training fails.</exception>
    public static void Run(BaseModelRecipe recipe, string path, ICausalModelBackend models, Action<BaseModelProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(models);
        path = Path.TrimEndingDirectorySeparator(path);
        ModelFolder.CheckNew(path);
        var files = BaseModelText.TokenizerFiles(recipe);
        var (tokenizer, template) = Text(path, files);
        var config = recipe.Config(tokenizer.VocabularySize, tokenizer.EndId!.Value, tokenizer.PaddingId!.Value);
        using var shared = models.Create(config, ModelPrecision.Float32, recipe.Seed, "cpu");
        using var model = shared.WithOwnWeights(values: false);
        Learn(recipe, model, new BaseModelText(recipe, tokenizer, template), progress, cancellation);
        var (layout, parameters) = (model.Learned, model.Save().Parameters);
        var generation = GenerationConfig.Of(config) with { DoSample = true, TopK = 0 };
        ModelFolder.Write(path, config, generation, TensorType.F32, writer =>
        {
            foreach (var tensor in ModelTensors.Of(config))
            {
                var part = layout.Find(tensor.Name)!;
                writer.Write(parameters.AsSpan((int)part.Offset, (int)part.Length));
            }
        }, new Dictionary<string, byte[]>(files) { ["recipe.json"] = recipe.Write() });
    }

    private static void Learn(BaseModelRecipe recipe, ICausalModel model, BaseModelText texts, Action<BaseModelProgress>? progress, CancellationToken cancellation)
    {
        var (watch, next, loss, tokens, since) = (Stopwatch.StartNew(), 0u, 0.0, 0L, 0);
        for (var step = 0; step < recipe.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (some, count) = (new List<TrainingText>(), 0);
            while (count < recipe.BatchTokens)
            {
                some.Add(texts[next++]);
                count += some[^1].Tokens.Count;
            }

            var batch = TokenBatch.Of([.. some.Select(text => text.Tokens)]);
            var predictions = recipe.LearnsPrompts ? batch.All() : batch.After([.. some.Select(text => text.Given)]);
            var entropy = new CrossEntropyLoss(predictions.Count);
            model.Backward(batch, predictions, 1, entropy);
            model.Step(new AdamWSettings(LearningRate(recipe, step), SecondBeta: SecondBeta, WeightDecay: recipe.WeightDecay));
            (loss, tokens, since) = (loss + entropy.Loss, tokens + count, since + 1);
            if ((step + 1) % Interval != 0 && step + 1 != recipe.Steps) continue;
            progress?.Invoke(new BaseModelProgress(step + 1, recipe.Steps, loss / since, tokens / watch.Elapsed.TotalSeconds));
            (loss, tokens, since) = (0, 0, 0);
            watch.Restart();
        }
    }

    /// <summary>The learning rate of a step: up along a line, down along a cosine.</summary>
    private static double LearningRate(BaseModelRecipe recipe, int step)
    {
        if (step < recipe.WarmUp) return recipe.LearningRate * (step + 1) / recipe.WarmUp;
        var done = (step - recipe.WarmUp) / (double)Math.Max(1, recipe.Steps - recipe.WarmUp);
        return recipe.LearningRate * (LastShare + ((1 - LastShare) * (1 + Math.Cos(Math.PI * done)) / 2));
    }

    /// <summary>Tokenizer and template as whoever opens the folder will read them.</summary>
    private static (Tokenizer Tokenizer, ChatTemplate Template) Text(string path, IReadOnlyDictionary<string, byte[]> files)
    {
        var folder = $"{path}.{Guid.NewGuid():N}.part";
        Directory.CreateDirectory(folder);
        try
        {
            foreach (var (name, content) in files) File.WriteAllBytes(Path.Combine(folder, name), content);
            var tokenizer = Tokenizer.Load(folder);
            return (tokenizer, ChatTemplate.Of(folder, tokenizer));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
