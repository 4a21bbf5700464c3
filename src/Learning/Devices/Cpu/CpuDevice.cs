using Srpo.Core.Settings;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// The processor's cores, with this project's kernels: a team per core. Results do not depend on the width of the vectors, nor on the
/// machine.
/// </summary>
/// <param name="kernels">Kernels to use.</param>
public sealed class CpuDevice(KernelSet kernels) : ILearnerDevice
{
    /// <summary>Its name.</summary>
    public const string DeviceName = "cpu";

    /// <summary>The device with the best kernels for this processor.</summary>
    public static CpuDevice Default { get; } = new(KernelSet.Default);

    /// <inheritdoc/>
    public string Name => DeviceName;

    /// <inheritdoc/>
    public string Description => $"{kernels.Name} kernels";

    /// <inheritdoc/>
    public int Capacity(int workers) => workers;

    /// <inheritdoc/>
    public ITeamUpdater CreateUpdater(TrainingSettings settings, TeamPlan plan, ActorShape shape) => new CpuUpdater(settings, plan, shape, kernels);

    /// <inheritdoc/>
    public IPolicyNetwork CreatePolicy(NetworkShape shape) => new CpuPolicy(shape, kernels);

    /// <inheritdoc/>
    public ICriticNetwork CreateCritic(ActorShape shape) => new CpuCritic(shape, kernels);
}
