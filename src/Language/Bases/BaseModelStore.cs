using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Language.Models;

namespace Srpo.Language.Bases;

/// <summary>
/// Models that were trained by recipes, as folders NAME-HASH in a directory. A folder is there when it is complete. Of several who want the same model, in one process or
/// several, one trains it, and the others wait.
/// </summary>
/// <param name="directory">The directory, absolute. It is made when a model is.</param>
/// <param name="models">Makes models.</param>
public sealed class BaseModelStore(string directory, ICausalModelBackend models)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <summary>Where the model of a recipe is, or will be.</summary>
    public string PathOf(BaseModelRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return Path.Combine(directory, $"{recipe.Name}-{recipe.Hash}");
    }

    /// <summary>Whether the model of a recipe is there.</summary>
    public bool Has(BaseModelRecipe recipe) => File.Exists(Path.Combine(PathOf(recipe), ModelConfigFile.Name));

    /// <summary>The folder of a recipe's model, which is trained where it is not there.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="progress">Told how far a training is; null for nobody.</param>
    /// <param name="waiting">Told once where somebody else trains the same model; null for nobody.</param>
    /// <param name="cancellation">Ends training and waiting; what is not complete goes.</param>
    /// <exception cref="SrpoException">The directory cannot be written, or the training fails.</exception>
    public string Get(BaseModelRecipe recipe, Action<BaseModelProgress>? progress = null, Action? waiting = null, CancellationToken cancellation = default)
    {
        var path = PathOf(recipe);
        if (Has(recipe)) return path;
        using var held = Take(path, waiting, cancellation);
        if (Has(recipe)) return path;

        // Nobody else makes this model now: what others began was never finished.
        foreach (var part in Directory.EnumerateDirectories(directory, Path.GetFileName(path) + ".*.part")) Directory.Delete(part, recursive: true);
        BaseModelTraining.Run(recipe, path, models, progress, cancellation);
        return path;
    }

    private FileLock Take(string path, Action? waiting, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(directory);
            while (true)
            {
                if (FileLock.TryTake(path + ".lock") is { } held) return held;
                waiting?.Invoke();
                waiting = null;
                if (cancellation.WaitHandle.WaitOne(Patience)) cancellation.ThrowIfCancellationRequested();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SrpoException(ErrorKind.Environment, $"the model cannot be written to {directory}: {UserFile.WhyUnwritable(error)}. Choose another directory, make room, or change its permissions.", error);
        }
    }
}
