using System.Collections.Concurrent;
using Srpo.Language.Models;

namespace Srpo.Language.Bases;

/// <summary>The models of the recipes that the program brings along, as whoever needs one by name gets it.</summary>
/// <param name="models">Makes models.</param>
public sealed class TrainedModels(ICausalModelBackend models) : ITrainedModels
{
    private static readonly ConcurrentDictionary<string, BaseModelRecipe> Recipes = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => BaseModelRecipe.Names;

    /// <inheritdoc/>
    public string FolderOf(string name, string directory) => new BaseModelStore(directory, models).PathOf(Recipe(name));

    /// <inheritdoc/>
    public string Train(string name, string directory, Action<double, double>? progress, CancellationToken cancellation) =>
        new BaseModelStore(directory, models).Get(Recipe(name), at => progress?.Invoke((double)at.Step / at.Steps, at.TokensPerSecond), cancellation: cancellation);

    /// <inheritdoc/>
    public (double Parameters, double TrainingTokens, int MaxPositions) SizeOf(string name)
    {
        var recipe = Recipe(name);
        var config = recipe.Config(recipe.VocabularySize, 0, 0);
        return (ModelTensors.Of(config).Sum(tensor => (double)tensor.Count), (double)recipe.Steps * recipe.BatchTokens, config.MaxPositions);
    }

    private static BaseModelRecipe Recipe(string name) => Recipes.GetOrAdd(name, static known => BaseModelRecipe.Find(known));
}
