using Srpo.Core.Errors;

namespace Srpo.Language.Models;

/// <summary>What language models are computed with. Thread-safe.</summary>
public interface ICausalModelBackend
{
    /// <summary>GPUs that models could use here, judged without loading anything.</summary>
    int Gpus { get; }

    /// <summary>The model of a folder, whose weights do not learn. Models of equal weights, precision and place share them in memory.</summary>
    /// <param name="folder">The folder; it may be closed afterwards.</param>
    /// <param name="precision">How numbers are rounded.</param>
    /// <param name="device">cpu, cuda, or cuda: and the number of a GPU.</param>
    /// <exception cref="SrpoException">What it computes with cannot be had here, or there is not enough memory.</exception>
    ICausalModel Open(ModelFolder folder, ModelPrecision precision, string device);

    /// <summary>The order in which a copy of all weights stands in a vector of parameters. Loads nothing.</summary>
    /// <param name="config">The model.</param>
    ParameterLayout Weights(ModelConfig config);
}

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

    /// <summary>Numbers of a model, and tokens that its training reads; rough.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    (double Parameters, double TrainingTokens) SizeOf(string name);
}
