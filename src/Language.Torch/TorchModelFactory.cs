using Srpo.Language.Models;

namespace Srpo.Language.Torch;

/// <summary>Makes models on libtorch.</summary>
/// <param name="device">cpu, cuda, or cuda: and the number of a GPU.</param>
public sealed class TorchModelFactory(string device = "cpu") : ICausalModelFactory
{
    /// <inheritdoc/>
    public ICausalModel Open(ModelFolder folder, ModelPrecision precision) => TorchCausalModel.Open(folder, precision, device);

    /// <inheritdoc/>
    public ICausalModel Create(ModelConfig config, ModelPrecision precision, ulong seed) => TorchCausalModel.Create(config, precision, seed, device);
}
