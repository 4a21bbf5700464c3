using Srpo.Language.Bases;
using Srpo.Language.Debate;
using Srpo.Language.Models;
using Srpo.Learning.Devices;

namespace Srpo.Language.Torch;

/// <summary>libtorch as what language models are computed with.</summary>
public sealed class TorchLanguage : ICausalModelBackend
{
    /// <summary>Makes language models, and debates of them, known to whoever asks for them by name. Loads nothing. Call it after the backend of devices was registered.</summary>
    public static void Register()
    {
        var torch = new TorchLanguage();
        DebateSource.Register(torch, new TrainedModels(torch));
    }

    /// <inheritdoc/>
    public int Gpus => LearnerDevices.Torch?.Gpus ?? 0;

    /// <inheritdoc/>
    public ICausalModel Open(ModelFolder folder, ModelPrecision precision, string device) => TorchCausalModel.Open(folder, precision, device);

    /// <inheritdoc/>
    public ICausalModel Create(ModelConfig config, ModelPrecision precision, ulong seed, string device) => TorchCausalModel.Create(config, precision, seed, device);

    /// <inheritdoc/>
    public ParameterLayout Weights(ModelConfig config) => config.Layout();
}
