using Srpo.Core.Settings;

namespace Srpo.Learning.Devices;

/// <summary>Step sizes of Adam in an update: the same on every device.</summary>
/// <param name="Policy">Of the policy; with a shared trunk of all.</param>
/// <param name="Critic">Of the critic.</param>
public readonly record struct LearningRates(double Policy, double Critic)
{
    /// <summary>Those of an actor's next update.</summary>
    /// <param name="settings">Valid settings.</param>
    /// <param name="version">Updates behind the actor, see <see cref="LearnerState.Version"/>.</param>
    public static LearningRates Of(TrainingSettings settings, int version)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var share = Share(settings, version);
        return new(share * settings.LearningRate, share * (settings.CriticLearningRate ?? settings.LearningRate));
    }

    /// <summary>What decay leaves of every step size, 0 to 1: 1 - version/iterations, which is 1 in the first round and 1/iterations in the last.</summary>
    /// <param name="settings">Valid settings.</param>
    /// <param name="version">Updates behind the actor.</param>
    public static double Share(TrainingSettings settings, int version)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.LearningRateDecay == LearningRateDecay.Linear ? Math.Max(0, 1 - ((double)version / settings.Iterations)) : 1;
    }
}
