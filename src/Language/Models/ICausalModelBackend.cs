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

    /// <summary>A model with <see cref="RandomWeights"/>, which do not learn.</summary>
    /// <param name="config">What it is made of.</param>
    /// <param name="precision">How numbers are rounded.</param>
    /// <param name="seed">Of the weights.</param>
    /// <param name="device">As for <see cref="Open"/>.</param>
    /// <exception cref="SrpoException">As <see cref="Open"/>.</exception>
    ICausalModel Create(ModelConfig config, ModelPrecision precision, ulong seed, string device);

    /// <summary>The order in which a copy of all weights stands in a vector of parameters. Loads nothing.</summary>
    /// <param name="config">The model.</param>
    ParameterLayout Weights(ModelConfig config);
}
