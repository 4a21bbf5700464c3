using Srpo.Core.Errors;

namespace Srpo.Language.Models;

/// <summary>Makes models, on a library that computes. Any number of threads may use it.</summary>
public interface ICausalModelFactory
{
    /// <summary>The model of a folder, whose weights do not learn. Models of equal weights and precision share them in memory.</summary>
    /// <param name="folder">The folder; it may be closed afterwards.</param>
    /// <param name="precision">How numbers are rounded.</param>
    /// <exception cref="SrpoException">What computes is not there, or there is not enough memory.</exception>
    ICausalModel Open(ModelFolder folder, ModelPrecision precision);

    /// <summary>A model with <see cref="RandomWeights"/>, which do not learn.</summary>
    /// <param name="config">What it is made of.</param>
    /// <param name="precision">How numbers are rounded.</param>
    /// <param name="seed">Of the weights.</param>
    /// <exception cref="SrpoException">As <see cref="Open"/>.</exception>
    ICausalModel Create(ModelConfig config, ModelPrecision precision, ulong seed);
}
