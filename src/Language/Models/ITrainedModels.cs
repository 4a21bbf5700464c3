namespace Srpo.Language.Models;

/// <summary>Models that are trained here before they are used, by names. Thread-safe.</summary>
public interface ITrainedModels
{
    /// <summary>Their names.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The folder of a model, whether it is there or not.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="directory">Where such models are kept, absolute.</param>
    string FolderOf(string name, string directory);

    /// <summary>Trains a model, unless it is there.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="directory">Where such models are kept, absolute.</param>
    /// <param name="progress">Told how much is done, from 0 to 1, and how many tokens a second.</param>
    /// <param name="cancellation">Ends it; a part of a model is not kept.</param>
    /// <returns>Its folder.</returns>
    string Train(string name, string directory, Action<double, double>? progress, CancellationToken cancellation);

    /// <summary>Numbers of a model and tokens that its training reads, both rough, and most tokens of its context.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    (double Parameters, double TrainingTokens, int MaxPositions) SizeOf(string name);
}
